"""The shapes of articles."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from cogep_assist.core.models import ArticleStatus, TicketLevel
from cogep_assist.crm_service.tickets.ticket_schemas import Body, Line, Name, Reason

Prose = Annotated[str, Field(max_length=50_000)]
CollectionName = Annotated[str, Field(min_length=1, max_length=64)]


class FromTicketBody(Body):
    """An article out of a ticket that was resolved."""

    ticket_id: UUID
    collection: CollectionName | None = None


class FromGapBody(Body):
    """An article out of a gap: its answer is still to be written."""

    gap_id: UUID
    collection: CollectionName | None = None


class TicketFromGapBody(Body):
    """A ticket that asks somebody to find out what nobody could answer."""

    gap_id: UUID
    queue: Name | None = None
    urgency: TicketLevel = TicketLevel.MEDIUM


class ArticleChange(Body):
    """What is to change; what is left out stays."""

    title: Line | None = None
    question: Prose | None = None
    answer: Prose | None = None
    collection: CollectionName | None = None


class ReturnBody(Body):
    """Why an article goes back to whoever wrote it."""

    reason: Reason


class ArticleReply(BaseModel):
    """An article. ``removed``: personal data that was taken out of the draft, by kind."""

    id: UUID
    status: ArticleStatus
    title: str
    question: str
    answer: str
    removed: dict[str, int]
    collection: str
    ticket_id: UUID | None
    gap_id: UUID | None
    document_id: UUID | None = Field(description="O documento que a publicação fez, quando pronto.")
    revision: int
    created_at: datetime
    updated_at: datetime
    reviewed_at: datetime | None
    published_at: datetime | None
    links: dict[str, str]


class ArticlePage(BaseModel):
    """Articles, the newest first."""

    items: list[ArticleReply]
    next_cursor: str | None
