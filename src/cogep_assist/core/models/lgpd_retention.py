"""Retention: how long each class of data is kept, and what each run took away."""

import enum
from datetime import date, datetime
from typing import Any
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


class RetentionFate(enum.Enum):
    """What becomes of data whose time is over."""

    ELIMINATE = "eliminate"
    ANONYMIZE = "anonymize"


class RetentionRunStatus(enum.Enum):
    """Where a run stands: many records wait for a second person."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    EXECUTED = "executed"
    REJECTED = "rejected"


class RetentionRule(Base):
    """How long a class is kept, from which event, and on which legal ground."""

    __tablename__ = "retention_rule"
    __table_args__ = (
        sa.CheckConstraint("days BETWEEN 1 AND 36500", name="days"),
        {"schema": "lgpd"},
    )

    # A class that the product knows: conversations, closed tickets, removed customers ...
    data_class: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    days: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    fate: Mapped[RetentionFate] = mapped_column(
        native_enum(RetentionFate, "retention_fate", "lgpd"), info=NOT_PERSONAL
    )
    reference: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    enabled: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL)
    changed_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    changed_at: Mapped[datetime] = created_at()


class RetentionRun(Base):
    """One night's proposal for one class: how many records, their hash, and what came of it."""

    __tablename__ = "retention_run"
    __table_args__ = (
        sa.Index(
            "ix_retention_run_open",
            "data_class",
            postgresql_where=sa.text("status IN ('proposed', 'approved')"),
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    data_class: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    status: Mapped[RetentionRunStatus] = mapped_column(
        native_enum(RetentionRunStatus, "retention_run_status", "lgpd"),
        server_default=RetentionRunStatus.PROPOSED.value,
        info=NOT_PERSONAL,
    )
    # What is older than this day goes.
    before: Mapped[date] = mapped_column(sa.Date, info=NOT_PERSONAL)
    records: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    # SHA-256 over the ids in order: a second run over the same records has the same.
    ids_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    held_back: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    needs_second: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_PERSONAL)
    proposed_at: Mapped[datetime] = created_at()
    approved_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    second_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    executed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
