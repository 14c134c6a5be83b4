"""Questions, answers, the exact spans that the answers cite, and what people thought of them."""

import enum
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
    QUESTION_CONTENT,
    Base,
    created_at,
    native_enum,
    personal,
    uuid_key,
)

COMMENT = personal(
    "learn what was wrong with an answer",
    legal_basis="art. 7, V or III",
    retention="conversation retention",
)


class AnswerMode(enum.Enum):
    """Whether sentences were taken from the passages or written by a model."""

    EXTRACTIVE = "extractive"
    GENERATIVE = "generative"


class Courtesy(enum.Enum):
    """What was said that asks nothing of the documents."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ACKNOWLEDGEMENT = "acknowledgement"
    ABOUT = "about"
    PERSON = "person"
    UNCLEAR = "unclear"


class FeedbackRating(enum.Enum):
    """Whether an answer helped."""

    UP = "up"
    DOWN = "down"


class FeedbackReason(enum.Enum):
    """What was wrong with an answer."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    WRONG_SOURCE = "wrong_source"


class Conversation(Base):
    """The questions that one person asked in a row."""

    __tablename__ = "conversation"
    __table_args__ = (
        sa.Index("ix_conversation_owner_id", "owner", "id"),
        sa.Index("ix_conversation_updated_at", "updated_at"),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    owner: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )


class Answer(Base):
    """One question and what was answered, or that nothing was found."""

    __tablename__ = "answer"
    __table_args__ = (
        sa.Index("ix_answer_conversation_id_id", "conversation_id", "id"),
        sa.Index("ix_answer_abstained", "id", postgresql_where=sa.text("abstained")),
        {"schema": "ai"},
    )

    id: Mapped[UUID] = uuid_key()
    conversation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.conversation.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    question: Mapped[str] = mapped_column(sa.Text, info=QUESTION_CONTENT)
    # What was looked for, where the question leaned on those before it.
    resolved_question: Mapped[str | None] = mapped_column(sa.Text, info=QUESTION_CONTENT)
    # The collections that were looked into. No foreign key: a question outlives them.
    searched: Mapped[list[UUID]] = mapped_column(
        ARRAY(sa.Uuid()), default=list, server_default="{}", info=NOT_PERSONAL
    )
    abstained: Mapped[bool] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    # The passages that came nearest where nothing was answered. No foreign key, as in citations.
    closest: Mapped[list[UUID]] = mapped_column(
        ARRAY(sa.Uuid()), default=list, server_default="{}", info=NOT_PERSONAL
    )
    # {"unknown": [...], "elsewhere": [...]}: words as the person wrote them that nothing held then.
    lacking: Mapped[dict[str, list[str]] | None] = mapped_column(
        JSONB(none_as_null=True), info=QUESTION_CONTENT
    )
    mode: Mapped[AnswerMode] = mapped_column(
        native_enum(AnswerMode, "answer_mode", "ai"), info=NOT_PERSONAL
    )
    # Set where nothing was asked: nothing was searched either, and nothing is missing.
    courtesy: Mapped[Courtesy | None] = mapped_column(
        native_enum(Courtesy, "courtesy", "ai"), info=NOT_PERSONAL
    )
    # [{"text": ..., "citations": [1]}]; a sentence is blanked when its document is removed.
    sentences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, info=DOCUMENT_CONTENT)
    # What wrote the sentences, and why something simpler did where it was to write them.
    model: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    prompt_version: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    notice_code: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    took_ms: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class Citation(Base):
    """A literal span of a stored version: ``quote == version.text[start:end]``."""

    __tablename__ = "citation"
    __table_args__ = (sa.Index("ix_citation_document_id", "document_id"), {"schema": "ai"})

    answer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.answer.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    number: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, info=NOT_PERSONAL)
    document_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.document.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    version: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    # No foreign key: passages come and go with versions, the citation stays.
    chunk_id: Mapped[UUID] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    page: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    start_offset: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    end_offset: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    quote: Mapped[str] = mapped_column(sa.Text, info=DOCUMENT_CONTENT)
    blanked_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class AnswerFeedback(Base):
    """What one person thought of one answer; the last word counts."""

    __tablename__ = "answer_feedback"
    __table_args__ = ({"schema": "ai"},)

    answer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.answer.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    owner: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=ACTOR)
    rating: Mapped[FeedbackRating] = mapped_column(
        native_enum(FeedbackRating, "feedback_rating", "ai"), info=NOT_PERSONAL
    )
    reasons: Mapped[list[FeedbackReason]] = mapped_column(
        ARRAY(native_enum(FeedbackReason, "feedback_reason", "ai")),
        default=list,
        server_default="{}",
        info=NOT_PERSONAL,
    )
    comment: Mapped[str | None] = mapped_column(sa.Text, info=COMMENT)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
