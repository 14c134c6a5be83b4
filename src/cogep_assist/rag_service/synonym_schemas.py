"""The shapes of synonyms."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models import SynonymDirection

MAX_PHRASE_CHARS = 120
MAX_ALTERNATIVES = 20

Phrase = Annotated[str, Field(min_length=1, max_length=MAX_PHRASE_CHARS)]


class SynonymBody(BaseModel):
    """A phrase and what it is also looked for by; ``both``: each of them stands for all others."""

    model_config = ConfigDict(extra="forbid")

    phrase: Phrase
    alternatives: Annotated[list[Phrase], Field(min_length=1, max_length=MAX_ALTERNATIVES)]
    direction: SynonymDirection = SynonymDirection.BOTH


class SynonymReply(BaseModel):
    """An entry as it stands."""

    id: UUID
    phrase: str
    alternatives: list[str]
    direction: SynonymDirection
    created_at: datetime
    updated_at: datetime


class SynonymPage(BaseModel):
    """Entries by their phrase."""

    items: list[SynonymReply]
    next_cursor: str | None


class AcronymReply(BaseModel):
    """A short form, what it stands for, and one of the documents that say so."""

    model_config = ConfigDict(from_attributes=True)

    short: str
    long: str
    passages: int
    document_id: UUID
    title: str


class AcronymPage(BaseModel):
    """Acronyms in order."""

    items: list[AcronymReply]
    next_cursor: str | None
