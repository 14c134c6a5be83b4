"""Legal holds: what nobody deletes or changes until two persons have said so."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    personal,
    uuid_key,
)

HOLD_REASON = personal(
    "know why data are preserved",
    legal_basis="art. 7, VI (exercise of rights in proceedings)",
    retention="never deleted",
)


class HoldKind(enum.Enum):
    """What a hold is on: a subject, one ticket, one document, or everything of a type."""

    SUBJECT = "subject"
    TICKET = "ticket"
    DOCUMENT = "document"
    TYPE = "type"


class HeldType(enum.Enum):
    """What can be held as a whole."""

    CUSTOMER = "customer"
    TICKET = "ticket"
    DOCUMENT = "document"
    CONVERSATION = "conversation"


class LegalHold(Base):
    """A hold with its reason. It is never deleted; a release needs a second person."""

    __tablename__ = "hold"
    __table_args__ = (
        sa.Index("ix_hold_active", "id", postgresql_where=sa.text("released_at IS NULL")),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> release_asked_by", name="two_persons"
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    kind: Mapped[HoldKind] = mapped_column(
        native_enum(HoldKind, "hold_kind", "lgpd"), info=NOT_PERSONAL
    )
    object_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    held_type: Mapped[HeldType | None] = mapped_column(
        native_enum(HeldType, "held_type", "lgpd"), info=NOT_PERSONAL
    )
    reason: Mapped[str] = mapped_column(sa.Text, info=HOLD_REASON)
    placed_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    placed_at: Mapped[datetime] = created_at()
    release_asked_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    release_asked_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    release_reason: Mapped[str | None] = mapped_column(sa.Text, info=HOLD_REASON)
    released_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    released_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class HoldTarget(Base):
    """What a hold covers: a kind of thing and its key, which the database's triggers look up."""

    __tablename__ = "hold_target"
    __table_args__ = (sa.Index("ix_hold_target_key", "kind", "key"), {"schema": "lgpd"})

    hold_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.hold.id", ondelete="RESTRICT"), primary_key=True, info=NOT_PERSONAL
    )
    # customer, actor, ticket, document or type.
    kind: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    key: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=ACTOR)
