"""Calendar feeds: addresses that a calendar program reads deadlines from, without a sign-in."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    CREDENTIAL,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class FeedKind(enum.Enum):
    """Whose deadlines a feed holds."""

    MY_TICKETS = "my_tickets"
    TEAM_TICKETS = "team_tickets"
    LEGAL_CLOCKS = "legal_clocks"


class CalendarFeed(Base):
    """One address of one person: whoever has it reads what that person may see of its kind."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.CheckConstraint("(kind = 'team_tickets') = (team_id IS NOT NULL)", name="team"),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    user_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="CASCADE"), index=True, info=ACTOR
    )
    kind: Mapped[FeedKind] = mapped_column(
        native_enum(FeedKind, "feed_kind", "access"), info=NOT_PERSONAL
    )
    team_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.team.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    last_used_at: Mapped[datetime | None] = mapped_column(info=ACTOR)
    created_at: Mapped[datetime] = created_at()
