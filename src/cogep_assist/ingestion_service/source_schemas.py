"""The shapes of what is said about sources."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models import FollowedKind
from cogep_assist.ingestion_service.schedule import MAX_CHARS
from cogep_assist.ingestion_service.sitemap import MAX_NAME_CHARS


class SourceBody(BaseModel):
    """Something to follow, and when."""

    model_config = ConfigDict(extra="forbid")

    kind: FollowedKind
    target: Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]
    schedule: Annotated[str, Field(min_length=1, max_length=MAX_CHARS)] = "todo dia às 03:00"
    collection: str | None = None
    misses_allowed: Annotated[int, Field(ge=1, le=100)] = 3


class PreviewBody(BaseModel):
    """Something that might be followed."""

    model_config = ConfigDict(extra="forbid")

    kind: FollowedKind
    target: Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]


class SourceProblem(BaseModel):
    """Why a visit, or one document of it, did not succeed."""

    code: str
    message: str


class SourceReply(BaseModel):
    """A source as it stands. ``schedule`` is in words."""

    id: UUID
    kind: FollowedKind
    target: str
    collection: str
    schedule: str
    time_zone: str
    next_due_at: datetime
    paused_at: datetime | None
    misses_allowed: int
    visited_at: datetime | None
    found: dict[str, int | bool]
    error: SourceProblem | None
    held_retirements: int
    documents: int
    failing: int = Field(description="Documentos cuja última leitura falhou.")
    missing: int
    retired: int
    created_at: datetime
    links: dict[str, str]


class SourcePage(BaseModel):
    """Sources, newest first; ``next_cursor`` is null at the end."""

    items: list[SourceReply]
    next_cursor: str | None


class SourceItemReply(BaseModel):
    """A document of a source that is not simply there."""

    name: str
    misses: int
    document_id: UUID | None
    error: SourceProblem | None
    retired_at: datetime | None
    excluded_at: datetime | None


class SourceDetail(SourceReply):
    """A source with the documents that went missing, failed, were retired or excluded."""

    items: list[SourceItemReply]


class PreviewReply(BaseModel):
    """What a visit would do; at most 100 names of each, with the whole count beside."""

    added: list[str]
    updated: list[str]
    missing: list[str]
    skipped: dict[str, str]
    reasons: dict[str, str] = Field(description="O que ficaria de fora, e por quê, em palavras.")
    counts: dict[str, int]
    complete: bool
