"""The shapes of the intake's, the documents' and the collections' replies."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models import (
    JobStage,
    JobStatus,
    PersonalDataPolicy,
    SourceKind,
    Visibility,
)


class IngestItem(BaseModel):
    """One source: a URL to fetch, or a text. Exactly one of ``url`` and ``text``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: Annotated[str, Field(max_length=4096)] | None = None
    text: str | None = None
    title: str | None = None
    collection: str | None = None
    external_id: str | None = None
    metadata: dict[str, Any] | None = None
    priority: int | None = None
    callback_url: Annotated[str, Field(max_length=4096)] | None = None


class IngestBatch(BaseModel):
    """Up to 1,000 sources, accepted together or not at all; the rest are defaults for each."""

    model_config = ConfigDict(extra="forbid", strict=True)

    items: Annotated[list[IngestItem], Field(min_length=1)]
    collection: str | None = None
    metadata: dict[str, Any] | None = None
    priority: int | None = None
    callback_url: Annotated[str, Field(max_length=4096)] | None = None


class JobLinks(BaseModel):
    """Where a job is followed, and what came of it."""

    self: str
    document: str | None = None


class AcceptedJob(BaseModel):
    """A submission that is safely in the queue."""

    id: UUID
    status: Literal["pending"] = "pending"
    links: JobLinks


class AcceptedBatch(BaseModel):
    """Submissions that are safely in the queue, in the order in which they came."""

    items: list[AcceptedJob]


class JobError(BaseModel):
    """Why a job failed: a stable code, and the cause and the remedy in Portuguese."""

    code: str
    message: str


class JobReply(BaseModel):
    """A job as it stands."""

    id: UUID
    status: JobStatus
    stage: JobStage | None
    progress: int
    attempts: int
    error: JobError | None
    document_id: UUID | None
    chunks: int | None
    timings_ms: dict[str, int]
    source_kind: SourceKind
    collection: str
    uri: str | None
    title: str | None
    file_name: str | None
    priority: int
    warnings: list[str]
    duplicate_of: UUID | None
    cancel_requested: bool
    request_id: str | None = Field(
        description="O X-Request-ID do pedido que trouxe a tarefa; os registros trazem o mesmo."
    )
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: JobLinks


class JobPage(BaseModel):
    """Jobs, newest first; ``next_cursor`` is null at the end."""

    items: list[JobReply]
    next_cursor: str | None


class DocumentReply(BaseModel):
    """A document and its current version."""

    id: UUID
    collection: str
    title: str
    uri: str | None
    media_type: str
    version: int | None
    chunks: int
    hidden: bool = Field(description="Fora das respostas, sem ter sido removido da base.")
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    links: dict[str, str]


class DocumentPage(BaseModel):
    """Documents, newest first; ``next_cursor`` is null at the end."""

    items: list[DocumentReply]
    next_cursor: str | None


class DocumentChange(BaseModel):
    """What is to change about a document: what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    hidden: bool = Field(
        description="Com true, o documento sai das respostas e continua na base; com false, volta."
    )


class VersionReply(BaseModel):
    """What a document said at one time."""

    number: int
    title: str
    media_type: str
    page_count: int | None
    characters: int
    current: bool
    created_at: datetime
    retired_at: datetime | None
    links: dict[str, str]


class VersionList(BaseModel):
    """A document's versions, newest first."""

    items: list[VersionReply]


class PassageReply(BaseModel):
    """A passage of the current version, at ``start:end`` of its text."""

    id: UUID
    ordinal: int
    start: int
    end: int
    page: int | None
    heading: str
    text: str
    hidden: bool = Field(description="Fora das respostas, por si ou com o documento inteiro.")
    refused: bool = Field(description="O modelo recusou o vetor: só as palavras o encontram.")


class PassagePage(BaseModel):
    """Passages in the order of the text; ``next_cursor`` is null at the end."""

    items: list[PassageReply]
    next_cursor: str | None


class PassageUseBody(BaseModel):
    """Whether the answers leave a passage out."""

    model_config = ConfigDict(extra="forbid")

    hidden: bool


class PassageTextBody(BaseModel):
    """What a passage is to say."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=16_000)


class CollectionBody(BaseModel):
    """What a collection is to be."""

    model_config = ConfigDict(extra="forbid")

    visibility: Visibility
    readers: list[str] | None = Field(
        default=None,
        max_length=100,
        description="Nomes das equipes que leem a coleção, com a visibilidade “teams”.",
    )
    curators: list[str] | None = Field(
        default=None,
        max_length=100,
        description="Nomes das equipes que cuidam do conteúdo; sem nenhuma, todo curador.",
    )
    personal_data: PersonalDataPolicy | None = Field(
        default=None,
        description="O que fazer com dados pessoais nos documentos: aceitar (allow), avisar "
        "(warn), ocultar (redact) ou recusar o documento (refuse).",
    )


class CollectionReply(BaseModel):
    """A collection that this person may see."""

    name: str
    visibility: Visibility
    personal_data: PersonalDataPolicy
    readers: list[str] = Field(description="Equipes que leem a coleção.")
    curators: list[str] = Field(description="Equipes que cuidam do conteúdo.")
    documents: int
    expires_at: datetime | None
    created_at: datetime


class CollectionList(BaseModel):
    """Collections by name."""

    items: list[CollectionReply]
