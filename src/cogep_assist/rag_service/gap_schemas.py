"""The shapes of gaps."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from cogep_assist.core.models import GapCause, GapStatus
from cogep_assist.rag_service.schemas import ClosestDocument


class GapDocument(BaseModel):
    """A document that closed a gap."""

    document_id: UUID
    title: str


class GapReply(BaseModel):
    """Questions of one meaning that found no good answer."""

    id: UUID
    status: GapStatus
    question: str = Field(description="A primeira das perguntas, como foi entendida.")
    collections: list[str] = Field(description="Onde se procurou.")
    asks: int = Field(description="Quantas vezes foi perguntado.")
    askers: int = Field(description="Quantas pessoas ou chaves diferentes perguntaram.")
    rated_down: int = Field(description="Destas, quantas foram respondidas e não ajudaram.")
    first_asked_at: datetime
    last_asked_at: datetime
    checked_at: datetime = Field(description="Quando se perguntou de novo pela última vez.")
    closed_at: datetime | None
    answered_by: GapDocument | None


class GapPage(BaseModel):
    """Gaps, the newest first."""

    items: list[GapReply]
    next_cursor: str | None


class GapQuestion(BaseModel):
    """One way in which it was asked."""

    question: str
    cause: GapCause
    asks: int
    last_asked_at: datetime


class GapDetail(GapReply):
    """A gap with its questions and with what comes nearest to an answer today."""

    questions: list[GapQuestion]
    closest: list[ClosestDocument]
