"""Service levels: when time counts, how much of it a ticket may take, and where each stands."""

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
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
from cogep_assist.core.models.crm_tickets import PRIORITY, TicketPriority


class SlaTargetName(enum.Enum):
    """What a desk promises of a ticket."""

    FIRST_REPLY = "first_reply"
    RESOLUTION = "resolution"


class SlaStage(enum.Enum):
    """What people are told of a target: that its time is nearly over, and that it is over."""

    NEAR = "near"
    MISSED = "missed"


class BusinessCalendar(Base):
    """The hours in which time counts: shifts per weekday, holidays of country, state and town."""

    __tablename__ = "calendar"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    time_zone: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Seven lists of [from, until) in minutes from midnight; Monday comes first.
    week: Mapped[list[list[list[int]]]] = mapped_column(JSONB, info=NOT_PERSONAL)
    # Two letters of a state, for its holidays beside the national ones.
    state: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Whether holidays of the country and the state are kept at all.
    public_holidays: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL
    )
    # Whether days of ponto facultativo (Carnaval, Corpus Christi ...) are holidays too.
    optional_holidays: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL
    )
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class CalendarDay(Base):
    """A day that is unlike its weekday: a town's holiday, a half day, a Saturday of work."""

    __tablename__ = "calendar_day"
    __table_args__ = ({"schema": "crm"},)

    calendar_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.calendar.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True, info=NOT_PERSONAL)
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    shifts: Mapped[list[list[int]]] = mapped_column(JSONB, info=NOT_PERSONAL)


class SlaPolicy(Base):
    """Which tickets are promised what. Of those that fit, the one with the lowest position."""

    __tablename__ = "sla_policy"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.CheckConstraint("warn_percent BETWEEN 1 AND 100", name="warn_percent"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    position: Mapped[int] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    queue_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.queue.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )
    customer_class: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    calendar_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.calendar.id", ondelete="RESTRICT"), index=True, info=NOT_PERSONAL
    )
    # At which part of a target somebody is warned.
    warn_percent: Mapped[int] = mapped_column(
        sa.SmallInteger, server_default="80", info=NOT_PERSONAL
    )
    # Whether a missed target is told to who leads the team, too.
    escalates: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class SlaTarget(Base):
    """What a policy promises to the tickets of a priority, in minutes that count."""

    __tablename__ = "sla_target"
    __table_args__ = (
        sa.CheckConstraint("first_reply_minutes > 0", name="first_reply_minutes"),
        sa.CheckConstraint("resolution_minutes > 0", name="resolution_minutes"),
        {"schema": "crm"},
    )

    policy_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.sla_policy.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    priority: Mapped[TicketPriority] = mapped_column(PRIORITY, primary_key=True, info=NOT_PERSONAL)
    first_reply_minutes: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    resolution_minutes: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)


class TicketSla(Base):
    """Where a ticket stands against what was promised; worked out anew at every change."""

    __tablename__ = "ticket_sla"
    __table_args__ = (
        # What the ticker looks for: the next warning or miss.
        sa.Index(
            "ix_ticket_sla_next_check_at",
            "next_check_at",
            postgresql_where=sa.text("next_check_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_ticket_sla_due_at",
            "due_at",
            postgresql_where=sa.text("due_at IS NOT NULL"),
        ),
        {"schema": "crm"},
    )

    ticket_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="CASCADE"),
        primary_key=True,
        info=stays_on_merge("is worked out anew"),
    )
    policy_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.sla_policy.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    first_reply_due_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    first_reply_warned_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    first_reply_missed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    first_reply_met: Mapped[bool | None] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    resolution_due_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    resolution_warned_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    resolution_missed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    resolution_met: Mapped[bool | None] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    # The earlier of what is owed, be it due or missed already: by which lists are sorted.
    due_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    next_check_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class SlaNotice(Base):
    """What one person was told of one target of a ticket: once at each stage, whatever comes."""

    __tablename__ = "sla_notice"
    __table_args__ = (
        sa.Index("ix_sla_notice_user_id", "user_id", "closed_at"),
        {"schema": "crm"},
    )

    ticket_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="CASCADE"),
        primary_key=True,
        info=stays_on_merge("tells of the ticket's own clock"),
    )
    user_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="CASCADE"), primary_key=True, info=ACTOR
    )
    target: Mapped[SlaTargetName] = mapped_column(
        native_enum(SlaTargetName, "sla_target_name", "crm"), primary_key=True, info=NOT_PERSONAL
    )
    stage: Mapped[SlaStage] = mapped_column(
        native_enum(SlaStage, "sla_stage", "crm"), primary_key=True, info=NOT_PERSONAL
    )
    # When the target is missed, or was; and how many minutes that count were left, when told.
    due_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    minutes_left: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    # Whether a letter was wanted, and when it was put into the outbox.
    by_mail: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    mailed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    closed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
