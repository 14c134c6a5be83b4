"""Legal deadlines: who the organisation is, which terms hold, and the clocks that run."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import NOT_PERSONAL, Base, created_at, native_enum, uuid_key


class DeadlineUnit(enum.Enum):
    """What a term is counted in."""

    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"
    YEARS = "years"


class ClockObject(enum.Enum):
    """What a clock runs for."""

    REQUEST = "request"
    INCIDENT = "incident"


DEADLINE_UNIT = native_enum(DeadlineUnit, "deadline_unit", "lgpd")


class OrganizationProfile(Base):
    """What the law asks to know of the organisation; one row.

    ``high_risk_answers`` are those of the test by which a small agent loses its doubled terms
    (Res. CD/ANPD 2/2022, arts. 3 and 4).
    """

    __tablename__ = "organization_profile"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="one_row"),
        {"schema": "lgpd"},
    )

    id: Mapped[int] = mapped_column(
        sa.SmallInteger, primary_key=True, server_default="1", info=NOT_PERSONAL
    )
    name: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    # Two letters of a state, for its holidays beside the national ones.
    state: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    public_body: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL
    )
    # Whether days of ponto facultativo (Carnaval, Corpus Christi ...) are days without work.
    optional_holidays: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL
    )
    small_agent: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
    high_risk_answers: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )


class LegalDay(Base):
    """A day unlike what the law's calendar says: a town's holiday, or a holiday that is worked."""

    __tablename__ = "legal_day"
    __table_args__ = ({"schema": "lgpd"},)

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True, info=NOT_PERSONAL)
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    is_business_day: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )


class DeadlineRule(Base):
    """A term and where it is written; every number can be changed, and says who must confirm it.

    ``small_amount`` and ``small_extension`` hold for small agents (Res. CD/ANPD 2/2022, art. 14);
    empty: as for everybody. ``starts_on_business_day``: what comes in on a day without work counts
    as of the next day of work.
    """

    __tablename__ = "deadline_rule"
    __table_args__ = (
        sa.CheckConstraint("amount >= 0 AND small_amount >= 0", name="amounts"),
        sa.CheckConstraint("extension > 0 AND small_extension > 0", name="extensions"),
        {"schema": "lgpd"},
    )

    key: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    unit: Mapped[DeadlineUnit] = mapped_column(DEADLINE_UNIT, info=NOT_PERSONAL)
    amount: Mapped[int] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    small_amount: Mapped[int | None] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    extension: Mapped[int | None] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    small_extension: Mapped[int | None] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    ends_on_business_day: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL
    )
    starts_on_business_day: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
    reference: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    note: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    confirm_with_counsel: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL
    )
    position: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )


class LegalClock(Base):
    """A term that runs, with the rule as it stood when it began.

    ``due_on`` is the last day; ``due_at`` is its end, in the organisation's time zone. ``alerted``
    is the last warning that was sent, in days before the end (-1: it was told as missed).
    """

    __tablename__ = "legal_clock"
    __table_args__ = (
        sa.UniqueConstraint("object_kind", "object_id", "rule_key"),
        sa.Index(
            "ix_legal_clock_running_due_at",
            "due_at",
            postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    object_kind: Mapped[ClockObject] = mapped_column(
        native_enum(ClockObject, "clock_object", "lgpd"), info=NOT_PERSONAL
    )
    object_id: Mapped[UUID] = mapped_column(info=NOT_PERSONAL)
    rule_key: Mapped[str] = mapped_column(
        sa.ForeignKey("lgpd.deadline_rule.key"), index=True, info=NOT_PERSONAL
    )
    rule_revision: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    unit: Mapped[DeadlineUnit] = mapped_column(DEADLINE_UNIT, info=NOT_PERSONAL)
    amount: Mapped[int] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    small_agent: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    reference: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    starts_on: Mapped[date] = mapped_column(sa.Date, info=NOT_PERSONAL)
    due_on: Mapped[date] = mapped_column(sa.Date, info=NOT_PERSONAL)
    due_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    extended_by: Mapped[int | None] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    extension_reason: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    alerted: Mapped[int | None] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    met_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    stopped_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
