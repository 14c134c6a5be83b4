"""The shapes of conversations and of what people thought of an answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models import FeedbackRating, FeedbackReason
from cogep_assist.rag_service.schemas import AskReply

MAX_COMMENT_CHARS = 2000


class ConversationSummary(BaseModel):
    """A conversation by its first question."""

    id: UUID
    title: str = Field(description="A primeira pergunta.")
    questions: int
    created_at: datetime
    updated_at: datetime


class ConversationPage(BaseModel):
    """Conversations, the one begun last first."""

    items: list[ConversationSummary]
    next_cursor: str | None


class FeedbackReply(BaseModel):
    """What one person thought of one answer."""

    answer_id: UUID
    rating: FeedbackRating
    reasons: list[FeedbackReason]
    comment: str | None
    updated_at: datetime


class ConversationTurn(BaseModel):
    """A question, its answer as it stands today, and what the person thought of it."""

    question: str
    asked_at: datetime
    answer: AskReply
    feedback: FeedbackReply | None


class ConversationReply(ConversationSummary):
    """A conversation with its last turns, oldest first."""

    turns: list[ConversationTurn]


class FeedbackBody(BaseModel):
    """Whether an answer helped; reasons say what was wrong with it."""

    model_config = ConfigDict(extra="forbid")

    rating: FeedbackRating
    reasons: Annotated[list[FeedbackReason], Field(max_length=len(FeedbackReason))] = []
    comment: Annotated[str, Field(max_length=MAX_COMMENT_CHARS)] | None = None


class AnswerNoticeBody(BaseModel):
    """Whether a letter is wanted when the base has the answer."""

    model_config = ConfigDict(extra="forbid")

    by_mail: bool


class AnswerNoticeReply(BaseModel):
    """A question of one's own that found nothing. ``told_at``: since when the base answers it."""

    answer_id: UUID
    question: str
    asked_at: datetime
    by_mail: bool
    told_at: datetime | None


class AnswerNoticeList(BaseModel):
    """What somebody is yet to hear of, five at most."""

    items: list[AnswerNoticeReply]
