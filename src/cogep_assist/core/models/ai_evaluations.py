"""Questions that a curator keeps to measure the base with, and what each measurement found."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    DOCUMENT_CONTENT,
    NOT_PERSONAL,
    Base,
    created_at,
    uuid_key,
)

MOST_HOURS = 8_760


class QuestionSet(Base):
    """Questions about one collection, asked again every so many hours where that is wanted."""

    __tablename__ = "question_set"
    __table_args__ = (
        sa.UniqueConstraint("collection_id", "name"),
        sa.CheckConstraint(f"every_hours BETWEEN 1 AND {MOST_HOURS}", name="every_hours"),
        sa.CheckConstraint("(every_hours IS NULL) = (next_due_at IS NULL)", name="due_if_repeated"),
        sa.Index("ix_question_set_next_due_at", "next_due_at"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    name: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    every_hours: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    next_due_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # By a figure's dotted name, what it must come to.
    gate: Mapped[dict[str, float]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class SetQuestion(Base):
    """One question: the documents that answer it, the words of the answer, or that none does."""

    __tablename__ = "set_question"
    __table_args__ = (sa.UniqueConstraint("set_id", "number"), {"schema": "ai"})

    id: Mapped[UUID] = uuid_key()
    set_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.question_set.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    number: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    text: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    answers: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), info=DOCUMENT_CONTENT
    )
    # Addresses, identifiers or titles: a document that is replaced is still the one that is meant.
    documents: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), info=DOCUMENT_CONTENT
    )
    impossible: Mapped[bool] = mapped_column(server_default=sa.false(), info=NOT_PERSONAL)


class EvaluationRun(Base):
    """One measurement of a set: its figures, and those of each question for comparisons."""

    __tablename__ = "evaluation_run"
    __table_args__ = (
        sa.Index("ix_evaluation_run_set_id_id", "set_id", "id"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    set_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.question_set.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    release: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    questions: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class AnswerThreshold(Base):
    """How far the threshold of answers has moved in a collection, by its curator's questions."""

    __tablename__ = "answer_threshold"
    __table_args__ = (
        sa.CheckConstraint("shift BETWEEN -1 AND 1", name="shift"),
        sa.CheckConstraint("questions > 0", name="questions"),
        {"schema": "ai"},
    )

    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    # In log odds; less lets more answers pass.
    shift: Mapped[float] = mapped_column(sa.Float, info=NOT_PERSONAL)
    questions: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
