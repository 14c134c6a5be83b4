"""Tickets: the request, the queue it waits in, its number."""

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
    personal,
    uuid_key,
)
from cogep_assist.core.models.crm_customers import stays_on_merge

TICKET_CONTENT = personal(
    "attend to what a person asked for",
    legal_basis="art. 7, V or III",
    retention="ticket retention, from the day it was closed",
)


class TicketStatus(enum.Enum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class WaitingOn(enum.Enum):
    """Whose turn it is while a ticket waits."""

    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"


class TicketLevel(enum.Enum):
    """How wide an impact is, or how soon something is needed."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class TicketPriority(enum.Enum):
    """What comes first; drawn from impact and urgency unless a person says otherwise."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TicketChannel(enum.Enum):
    """By which way a ticket came in."""

    WEB = "web"
    API = "api"
    EMAIL = "email"
    PHONE = "phone"
    ANSWER = "answer"
    IMPORT = "import"


class AssignmentRule(enum.Enum):
    """Who gets a ticket that comes into a queue."""

    MANUAL = "manual"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


STATUS = native_enum(TicketStatus, "ticket_status", "crm")
LEVEL = native_enum(TicketLevel, "ticket_level", "crm")
PRIORITY = native_enum(TicketPriority, "ticket_priority", "crm")
LIVE = sa.text("status <> 'closed' AND merged_into_id IS NULL")
# What waits to be solved.
BACKLOG = sa.text("status IN ('new', 'open', 'waiting') AND merged_into_id IS NULL")


class TicketQueue(Base):
    """Where tickets wait for a team; one without a team is open to every agent."""

    __tablename__ = "queue"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.Index(
            "uq_queue_default",
            "is_default",
            unique=True,
            postgresql_where=sa.text("is_default"),
        ),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    team_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.team.id", ondelete="RESTRICT"), index=True, info=NOT_PERSONAL
    )
    assignment: Mapped[AssignmentRule] = mapped_column(
        native_enum(AssignmentRule, "assignment_rule", "crm"),
        server_default=AssignmentRule.MANUAL.value,
        info=NOT_PERSONAL,
    )
    # Who had the last ticket that was dealt out in turn.
    last_assignee_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="SET NULL"), info=ACTOR
    )
    is_default: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
    archived_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class ProtocolCounter(Base):
    """The last ticket number of each year."""

    __tablename__ = "protocol_counter"
    __table_args__ = ({"schema": "crm"},)

    year: Mapped[int] = mapped_column(
        sa.SmallInteger, primary_key=True, autoincrement=False, info=NOT_PERSONAL
    )
    last: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)


class Ticket(Base):
    """What somebody asked for, from the first word to the last."""

    __tablename__ = "ticket"
    __table_args__ = (
        sa.UniqueConstraint("protocol"),
        # The lists that agents live in: a queue's, a person's, everybody's, newest first.
        sa.Index("ix_ticket_queue_status_id", "queue_id", "status", sa.text("id DESC")),
        sa.Index("ix_ticket_queue_id_id", "queue_id", sa.text("id DESC")),
        sa.Index(
            "ix_ticket_assignee_id",
            "assignee_id",
            sa.text("id DESC"),
            postgresql_where=LIVE,
        ),
        # All that somebody ever attended to, which may be nothing.
        sa.Index(
            "ix_ticket_assignee_id_id",
            "assignee_id",
            sa.text("id DESC"),
            postgresql_where=sa.text("assignee_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_ticket_unassigned_id",
            sa.text("id DESC"),
            postgresql_where=sa.text("assignee_id IS NULL AND merged_into_id IS NULL"),
        ),
        sa.Index("ix_ticket_status_id", "status", sa.text("id DESC")),
        # Reports count the backlog, and tell its age, without reading its tickets.
        sa.Index(
            "ix_ticket_backlog",
            "queue_id",
            postgresql_include=["assignee_id", "priority", "customer_id", "created_at"],
            postgresql_where=BACKLOG,
        ),
        sa.Index("ix_ticket_customer_id", "customer_id", sa.text("id DESC")),
        sa.Index("ix_ticket_opened_by", "opened_by", sa.text("id DESC")),
        sa.Index("ix_ticket_tags", "tags", postgresql_using="gin"),
        # What has been closed for longer than it is kept.
        sa.Index(
            "ix_ticket_closed_at",
            "closed_at",
            postgresql_where=sa.text("status = 'closed'"),
        ),
        sa.Index(
            "ix_ticket_external_number",
            "external_number",
            postgresql_where=sa.text("external_number IS NOT NULL"),
        ),
        sa.Index(
            "ix_ticket_wake_at",
            "wake_at",
            postgresql_where=sa.text("wake_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_ticket_merged_into_id",
            "merged_into_id",
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (waiting_on IS NOT NULL)", name="waits_on_somebody"
        ),
        sa.CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    # AAAA.NNNNNN-D, see ``crm_service.tickets.protocol``.
    protocol: Mapped[str] = mapped_column(sa.Text, info=TICKET_CONTENT)
    # The number it had in another system, and which one: people go on naming it.
    external_number: Mapped[str | None] = mapped_column(sa.Text, info=TICKET_CONTENT)
    external_system: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    subject: Mapped[str] = mapped_column(sa.Text, info=TICKET_CONTENT)
    status: Mapped[TicketStatus] = mapped_column(
        STATUS, server_default=TicketStatus.NEW.value, info=NOT_PERSONAL
    )
    status_reason: Mapped[str | None] = mapped_column(sa.Text, info=TICKET_CONTENT)
    waiting_on: Mapped[WaitingOn | None] = mapped_column(
        native_enum(WaitingOn, "waiting_on", "crm"), info=NOT_PERSONAL
    )
    # When a ticket that waits or sleeps comes back by itself.
    wake_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    snoozed: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL)
    impact: Mapped[TicketLevel] = mapped_column(
        LEVEL, server_default=TicketLevel.MEDIUM.value, info=NOT_PERSONAL
    )
    urgency: Mapped[TicketLevel] = mapped_column(
        LEVEL, server_default=TicketLevel.MEDIUM.value, info=NOT_PERSONAL
    )
    priority: Mapped[TicketPriority] = mapped_column(
        PRIORITY, server_default=TicketPriority.NORMAL.value, info=NOT_PERSONAL
    )
    # Set by hand: impact and urgency move it no more.
    priority_fixed: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
    channel: Mapped[TicketChannel] = mapped_column(
        native_enum(TicketChannel, "ticket_channel", "crm"), info=NOT_PERSONAL
    )
    queue_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.queue.id", ondelete="RESTRICT"), info=NOT_PERSONAL
    )
    assignee_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="SET NULL"), info=ACTOR
    )
    customer_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="RESTRICT"), info=TICKET_CONTENT
    )
    opened_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    # The answer that did not help, kept as an id: conversations have a shorter life.
    answer_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    tags: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=TICKET_CONTENT
    )
    # What was asked, searched and found, and where the conversation stood.
    handover: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=TICKET_CONTENT)
    merged_into_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="RESTRICT"),
        info=stays_on_merge("a chain of merges is taken back link by link"),
    )
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    reopened: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    first_replied_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    last_entry_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    resolved_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    closed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
