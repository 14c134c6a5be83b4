"""What people are told of tickets beside their deadlines."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import ACTOR, NOT_PERSONAL, Base, native_enum
from cogep_assist.core.models.crm_customers import stays_on_merge


class TicketNoticeKind(enum.Enum):
    """Why somebody is told of a ticket."""

    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    # Who asked wrote again, to who attends it.
    MESSAGE = "message"
    # The desk replied, or ended it, to who asked.
    REPLIED = "replied"
    RESOLVED = "resolved"
    # The base has come to answer what the ticket asks.
    ANSWERABLE = "answerable"


class TicketNotice(Base):
    """That one person has something to see on a ticket; told again, the same row is fresh."""

    __tablename__ = "ticket_notice"
    __table_args__ = (
        sa.Index(
            "ix_ticket_notice_user_id",
            "user_id",
            "told_at",
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        {"schema": "crm"},
    )

    ticket_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="CASCADE"),
        primary_key=True,
        info=stays_on_merge("tells of what happened on the ticket itself"),
    )
    user_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="CASCADE"), primary_key=True, info=ACTOR
    )
    kind: Mapped[TicketNoticeKind] = mapped_column(
        native_enum(TicketNoticeKind, "ticket_notice_kind", "crm"),
        primary_key=True,
        info=NOT_PERSONAL,
    )
    told_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    # When it was seen, or put aside.
    closed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
