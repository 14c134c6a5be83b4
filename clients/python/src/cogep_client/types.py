"""The shapes of what is sent and answered, as far as programs use them; a test compares them
with the contract."""

from typing import Any, Literal, NotRequired, TypedDict

JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]
TicketStatus = Literal["new", "open", "waiting", "resolved", "closed"]


class Job(TypedDict):
    """Where the ingestion of one source stands."""

    id: str
    status: JobStatus
    stage: str | None
    progress: int
    attempts: int
    error: dict[str, Any] | None
    document_id: str | None
    chunks: int | None
    links: dict[str, str]


class Hit(TypedDict):
    """A passage that a search found."""

    chunk_id: str
    document_id: str
    title: str
    uri: str | None
    text: str
    start: int
    end: int
    score: float


class Found(TypedDict):
    """What a search found."""

    query: str
    took_ms: int
    results: list[Hit]


class Citation(TypedDict):
    """A literal span of a stored version."""

    n: int
    document_id: str
    version: int
    title: str
    quote: str
    start: int
    end: int


class Sentence(TypedDict):
    """A sentence of an answer and the numbers of its citations."""

    text: str
    citations: list[int]


class Answer(TypedDict):
    """An answer with the source of each sentence, or an abstention."""

    id: str
    conversation_id: str
    answer: str
    abstained: bool
    sentences: list[Sentence]
    citations: list[Citation]
    mode: Literal["extractive", "generative"]
    took_ms: int


class Ticket(TypedDict):
    """A ticket, without what was written on it."""

    id: str
    protocol: str
    subject: str
    status: TicketStatus
    priority: str
    queue: str
    revision: int


class Webhook(TypedDict):
    """A subscription; ``secret`` is told once."""

    id: str
    name: str
    target: str
    events: list[str]
    status: Literal["pending", "active", "paused", "disabled"]
    secret: NotRequired[str | None]
