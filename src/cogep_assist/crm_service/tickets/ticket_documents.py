"""What a ticket keeps of an answer and of its sources, as the contract shows it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel

from cogep_assist.core.described import DescribedBy


class EntryCitation(BaseModel):
    """A literal span of a document's version that a reply leans on."""

    document_id: UUID
    version: int
    start: int
    end: int
    quote: str
    title: str


class HandoverTurn(BaseModel):
    """A question of the conversation; ``withheld``: its answer is from what you may not read."""

    question: str
    answer: str
    abstained: bool
    asked_at: datetime
    documents: list[UUID] | None = None
    withheld: bool | None = None


class HandoverSource(BaseModel):
    """A passage that the answer leant on."""

    document_id: UUID
    version: int
    title: str
    start: int
    end: int


class HandoverNote(BaseModel):
    """Where things stood when a person took over."""

    session_id: str | None
    last_step_completed: str | None
    current_objective: str | None
    decisions: list[str]
    open_issues: list[str]


class Handover(BaseModel):
    """What a ticket brings along: of an answer its conversation, of a gap its id."""

    state: HandoverNote
    question: str | None = None
    abstained: bool | None = None
    conversation_id: UUID | None = None
    gap_id: UUID | None = None
    collection: str | None = None
    turns: list[HandoverTurn] | None = None
    found: list[HandoverSource] | None = None


KeptCitation = Annotated[dict[str, Any], DescribedBy(EntryCitation)]
KeptHandover = Annotated[dict[str, Any], DescribedBy(Handover)]
