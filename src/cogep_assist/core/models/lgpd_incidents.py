"""Security incidents (art. 48, Res. CD/ANPD 15/2024): a register of every one, told or not."""

import enum
from datetime import date, datetime
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

INCIDENT_DATA = personal(
    "know and tell whom an incident reached",
    legal_basis="art. 7, II (art. 48)",
    retention="5 years from the register (Res. CD/ANPD 15/2024, art. 10)",
)


class IncidentStatus(enum.Enum):
    """Where an incident stands."""

    OPEN = "open"
    ASSESSED = "assessed"
    COMMUNICATED = "communicated"
    CLOSED = "closed"


class IncidentDecision(enum.Enum):
    """Whether the agency and the data subjects are told."""

    COMMUNICATE = "communicate"
    DO_NOT_COMMUNICATE = "do_not_communicate"


class IncidentStepKind(enum.Enum):
    """What happened in an incident."""

    REGISTERED = "registered"
    KNOWN = "known"
    CHANGED = "changed"
    ASSESSED = "assessed"
    DECIDED = "decided"
    NOTE = "note"
    SUBJECTS_SELECTED = "subjects_selected"
    AGENCY_TOLD = "agency_told"
    SUPPLEMENTED = "supplemented"
    SUBJECTS_TOLD = "subjects_told"
    PUBLIC_NOTICE = "public_notice"
    PROOF_FILED = "proof_filed"
    ALERTED = "alerted"
    CLOSED = "closed"


class Incident(Base):
    """One incident. ``known_at``: when it was known that personal data were affected.

    Clocks start there (Res. CD/ANPD 15/2024, arts. 6 and 9), not when it happened.
    """

    __tablename__ = "incident"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.CheckConstraint(
            "decision IS NULL OR btrim(decision_reason) <> ''", name="decision_has_its_reason"
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    number: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    title: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    status: Mapped[IncidentStatus] = mapped_column(
        native_enum(IncidentStatus, "incident_status", "lgpd"),
        server_default="open",
        info=NOT_PERSONAL,
    )
    circumstances: Mapped[str] = mapped_column(sa.Text, server_default="", info=INCIDENT_DATA)
    # Which were harmed: confidentiality, integrity, availability, authenticity.
    harmed: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=NOT_PERSONAL
    )
    data_kinds: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=NOT_PERSONAL
    )
    subject_kinds: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    subject_count: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    measures_before: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    measures_after: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    risks: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    delay_reason: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    # The questionnaire of art. 5, key to truth value.
    answers: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    relevant_risk: Mapped[bool | None] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    decision: Mapped[IncidentDecision | None] = mapped_column(
        native_enum(IncidentDecision, "incident_decision", "lgpd"), info=NOT_PERSONAL
    )
    decision_reason: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    agency_protocol: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    occurred_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    detected_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    known_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    agency_told_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    subjects_told_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # The public notice stands in for individual ones that are impossible.
    public_notice_until: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    closed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    keep_until_day: Mapped[date] = mapped_column(sa.Date, info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class IncidentStep(Base):
    """One thing that happened in an incident. The application role may insert and read alone."""

    __tablename__ = "incident_step"
    __table_args__ = (
        sa.Index("ix_incident_step_incident_id_id", "incident_id", "id"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    incident_id: Mapped[UUID] = mapped_column(sa.ForeignKey("lgpd.incident.id"), info=NOT_PERSONAL)
    kind: Mapped[IncidentStepKind] = mapped_column(
        native_enum(IncidentStepKind, "incident_step_kind", "lgpd"), info=NOT_PERSONAL
    )
    body: Mapped[str | None] = mapped_column(sa.Text, info=INCIDENT_DATA)
    details: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    actor: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    occurred_at: Mapped[datetime] = created_at()


class IncidentSubject(Base):
    """A data subject whom an incident reached, and when they were told."""

    __tablename__ = "incident_subject"
    __table_args__ = ({"schema": "lgpd"},)

    incident_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.incident.id"), primary_key=True, info=NOT_PERSONAL
    )
    customer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=INCIDENT_DATA,
    )
    added_at: Mapped[datetime] = created_at()
    told_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # Whoever has no e-mail address must be told some other way.
    unreachable: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
