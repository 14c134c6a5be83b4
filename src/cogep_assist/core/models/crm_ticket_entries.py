"""What happens on a ticket: words, files, events, links, merges, the person's verdict."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)
from cogep_assist.core.models.crm_customers import stays_on_merge
from cogep_assist.core.models.crm_tickets import STATUS, TICKET_CONTENT, TicketStatus


class EntryKind(enum.Enum):
    """Who speaks to whom."""

    MESSAGE = "message"
    REPLY = "reply"
    NOTE = "note"


class LinkKind(enum.Enum):
    """How one ticket stands to another."""

    DUPLICATE_OF = "duplicate_of"
    CAUSED_BY = "caused_by"
    SPLIT_FROM = "split_from"
    FOLLOWS = "follows"
    RELATED_TO = "related_to"


def _of_ticket(*, stays: str | None = None, **options: Any) -> Mapped[UUID]:
    """Declare a reference to a ticket; ``stays``: why a merge of tickets does not move it."""
    label = NOT_PERSONAL if stays is None else stays_on_merge(stays)
    return mapped_column(sa.ForeignKey("crm.ticket.id", ondelete="CASCADE"), info=label, **options)


class TicketEntry(Base):
    """A message of the person, a reply to them, or a note that they never see."""

    __tablename__ = "ticket_entry"
    __table_args__ = (
        sa.Index("ix_ticket_entry_ticket_id_id", "ticket_id", "id"),
        sa.Index(
            "ix_ticket_entry_held_until",
            "held_until",
            postgresql_where=sa.text("held_until IS NOT NULL"),
        ),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    ticket_id: Mapped[UUID] = _of_ticket()
    kind: Mapped[EntryKind] = mapped_column(
        native_enum(EntryKind, "entry_kind", "crm"), info=NOT_PERSONAL
    )
    author: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    body: Mapped[str] = mapped_column(sa.Text, info=TICKET_CONTENT)
    # What a mail quoted below its own words, and its signature.
    folded: Mapped[str | None] = mapped_column(sa.Text, info=TICKET_CONTENT)
    mentions: Mapped[list[UUID]] = mapped_column(
        ARRAY(sa.Uuid()), server_default=sa.text("'{}'::uuid[]"), info=ACTOR
    )
    # [{"document_id", "version", "start", "end", "quote", "title"}]: what a reply leans on.
    citations: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=sa.text("'[]'::jsonb"), info=TICKET_CONTENT
    )
    # A reply that has not gone out: until then its author may take it back. ``held_then`` is the
    # state that the ticket gets as it goes.
    held_until: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    held_then: Mapped[TicketStatus | None] = mapped_column(STATUS, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class TicketAttachment(Base):
    """A file that came with an entry."""

    __tablename__ = "ticket_attachment"
    __table_args__ = (
        sa.Index("ix_ticket_attachment_entry_id", "entry_id"),
        sa.Index("ix_ticket_attachment_blob_id", "blob_id"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    entry_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.ticket_entry.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    blob_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.blob.id", ondelete="RESTRICT"), info=NOT_PERSONAL
    )
    name: Mapped[str] = mapped_column(sa.Text, info=TICKET_CONTENT)
    media_type: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    size_bytes: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)


class TicketEvent(Base):
    """Something that happened to a ticket: who, when, what."""

    __tablename__ = "ticket_event"
    __table_args__ = (
        sa.Index("ix_ticket_event_ticket_id_id", "ticket_id", "id"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    ticket_id: Mapped[UUID] = _of_ticket(stays="a ticket keeps its own history")
    kind: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    actor: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    details: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=TICKET_CONTENT
    )
    created_at: Mapped[datetime] = created_at()


class TicketLink(Base):
    """One ticket's relation to another, told from the first one's side."""

    __tablename__ = "ticket_link"
    __table_args__ = (
        sa.Index("ix_ticket_link_other_id", "other_id"),
        sa.CheckConstraint("ticket_id <> other_id", name="not_to_itself"),
        {"schema": "crm"},
    )

    ticket_id: Mapped[UUID] = _of_ticket(primary_key=True)
    other_id: Mapped[UUID] = _of_ticket(primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(
        native_enum(LinkKind, "link_kind", "crm"), primary_key=True, info=NOT_PERSONAL
    )
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class TicketMerge(Base):
    """One ticket taken into another; its ``crm.merge_change`` rows tell how to take it out."""

    __tablename__ = "ticket_merge"
    __table_args__ = (
        sa.Index("ix_ticket_merge_kept_id", "kept_id"),
        sa.Index(
            "uq_ticket_merge_standing",
            "merged_id",
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    kept_id: Mapped[UUID] = _of_ticket(stays="tells which was merged into which")
    merged_id: Mapped[UUID] = _of_ticket(stays="tells which was merged into which")
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    undone_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    undone_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class TicketRating(Base):
    """What the person thought of how their ticket was attended to."""

    __tablename__ = "ticket_rating"
    __table_args__ = (
        sa.CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        {"schema": "crm"},
    )

    ticket_id: Mapped[UUID] = _of_ticket(stays="is about that one ticket", primary_key=True)
    score: Mapped[int] = mapped_column(sa.SmallInteger, info=TICKET_CONTENT)
    comment: Mapped[str | None] = mapped_column(sa.Text, info=TICKET_CONTENT)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
