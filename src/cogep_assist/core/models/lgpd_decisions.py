"""Automated decisions (art. 20): what the assistant did to a person, and its human review."""

import enum
from datetime import datetime
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
    personal,
    uuid_key,
)

DECISION_DATA = personal(
    "explain automated decisions and review them",
    legal_basis="art. 7, II (art. 20)",
    retention="as the record that the decision was about",
)


class DecisionKind(enum.Enum):
    """What is decided without a person."""

    ANSWER_ABSTAINED = "answer_abstained"
    TICKET_CLASSIFIED = "ticket_classified"
    TICKET_PRIORITIZED = "ticket_prioritized"
    TICKET_CLOSED = "ticket_closed"
    REQUEST_REFUSED = "request_refused"


class ReviewOutcome(enum.Enum):
    """What a person found on looking again."""

    UPHELD = "upheld"
    CHANGED = "changed"
    ANNULLED = "annulled"


class AutomatedDecision(Base):
    """The dossier of one decision. The application role may insert and read.

    It holds no word of what was decided upon: a hash, which rule or model decided, on which
    sources, how sure it was, and what came of it.
    """

    __tablename__ = "automated_decision"
    __table_args__ = (
        sa.Index("ix_automated_decision_object", "object_type", "object_id"),
        sa.CheckConstraint("confidence_permille BETWEEN 0 AND 1000", name="confidence"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    kind: Mapped[DecisionKind] = mapped_column(
        native_enum(DecisionKind, "decision_kind", "lgpd"), info=NOT_PERSONAL
    )
    object_type: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    object_id: Mapped[UUID] = mapped_column(info=NOT_PERSONAL)
    customer_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="SET NULL"), index=True, info=DECISION_DATA
    )
    # The label of who was decided upon ("user:<uuid>"), where they came in as themselves.
    subject: Mapped[str] = mapped_column(sa.Text, index=True, info=ACTOR)
    input_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    model: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    prompt_version: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    sources: Mapped[list[Any]] = mapped_column(
        JSONB, server_default=sa.text("'[]'::jsonb"), info=NOT_PERSONAL
    )
    confidence_permille: Mapped[int | None] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    effect: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    made_at: Mapped[datetime] = created_at()


class DecisionReview(Base):
    """A person looks again at a decision, because the one it was about asked for it."""

    __tablename__ = "decision_review"
    __table_args__ = (
        sa.CheckConstraint(
            "(outcome IS NULL) = (reviewed_at IS NULL)", name="an_outcome_has_its_moment"
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    decision_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.automated_decision.id", ondelete="CASCADE"),
        index=True,
        info=NOT_PERSONAL,
    )
    request_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("lgpd.subject_request.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    requested_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    requested_at: Mapped[datetime] = created_at()
    outcome: Mapped[ReviewOutcome | None] = mapped_column(
        native_enum(ReviewOutcome, "review_outcome", "lgpd"), info=NOT_PERSONAL
    )
    explanation: Mapped[str | None] = mapped_column(sa.Text, info=DECISION_DATA)
    reviewed_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    reviewed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
