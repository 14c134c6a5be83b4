"""A job as the queue's page shows it: a bar of stages with their times, cause and remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cogep_assist.core.models import JobStage, JobStatus
from cogep_assist.ingestion_service.job_words import STAGE, STATUS, words_of_warning
from cogep_assist.ingestion_service.schemas import JobReply
from cogep_assist.web.formats import duration_br
from cogep_assist.web.page_words import page_message

_KIND = {
    JobStatus.PENDING: ("", "clock"),
    JobStatus.PROCESSING: ("info", "activity"),
    JobStatus.COMPLETED: ("good", "check"),
    JobStatus.FAILED: ("bad", "circle-alert"),
    JobStatus.CANCELLED: ("warn", "ban"),
}


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage: done, under way, or still to come; and how long it took."""

    words: str
    state: str
    took: str


@dataclass(frozen=True, slots=True)
class JobView:
    """What a row of the queue shows."""

    id: UUID
    name: str
    collection: str
    words: str
    kind: str
    icon: str
    stages: Sequence[StageView]
    cause: str
    code: str
    warnings: Sequence[str]
    attempts: int
    document_id: UUID | None
    duplicate_of: UUID | None
    chunks: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    retryable: bool
    waiting: bool
    cancellable: bool
    facts: Sequence[tuple[str, str]]


def job_view(job: JobReply) -> JobView:
    """Arrange a job for the page."""
    kind, icon = _KIND[job.status]
    stopping = job.cancel_requested and job.status is JobStatus.PROCESSING
    words = "parando" if stopping else STATUS[job.status]
    if job.status is JobStatus.COMPLETED and job.warnings:
        words, kind, icon = "concluída com avisos", "warn", "triangle-alert"
    if job.status is JobStatus.COMPLETED and job.duplicate_of:
        words, kind, icon = "duplicada", "info", "copy"
    return JobView(
        id=job.id,
        name=job.title or job.file_name or job.uri or "Texto",
        collection=job.collection,
        words=words,
        kind=kind,
        icon=icon,
        stages=_stages(job),
        cause=page_message(job.error.message) if job.error else "",
        code=job.error.code if job.error else "",
        warnings=[words_of_warning(one) for one in job.warnings if not _told_by_link(job, one)],
        attempts=job.attempts,
        document_id=job.document_id,
        duplicate_of=job.duplicate_of,
        chunks=job.chunks,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        retryable=job.status in {JobStatus.FAILED, JobStatus.CANCELLED},
        waiting=job.status is JobStatus.PENDING,
        cancellable=job.status in {JobStatus.PENDING, JobStatus.PROCESSING} and not stopping,
        facts=_facts(job),
    )


def _told_by_link(job: JobReply, warning: str) -> bool:
    return job.duplicate_of is not None and warning == "unchanged"


def _facts(job: JobReply) -> list[tuple[str, str]]:
    """Return what whoever looks after the server asks for; nothing of it names a person."""
    took = ", ".join(f"{stage} {ms} ms" for stage, ms in job.timings_ms.items())
    told = (
        ("Tarefa", str(job.id)),
        ("Pedido", job.request_id),
        ("Código do erro", job.error.code if job.error else None),
        ("Parou na etapa", job.stage.value if job.error and job.stage else None),
        ("Avisos", ", ".join(job.warnings)),
        ("Tentativas", str(job.attempts)),
        ("Prioridade", str(job.priority)),
        ("Tempos", took),
    )
    return [(name, value) for name, value in told if value]


def _stages(job: JobReply) -> list[StageView]:
    reached = list(JobStage).index(job.stage) if job.stage else -1
    return [
        StageView(STAGE[stage], _state(job, place, reached), _took(job.timings_ms.get(stage.value)))
        for place, stage in enumerate(JobStage)
    ]


def _state(job: JobReply, place: int, reached: int) -> str:
    if job.status is JobStatus.COMPLETED or place < reached:
        return "done"
    if place == reached and job.status is JobStatus.PROCESSING:
        return "now"
    return "failed" if place == reached and job.status is JobStatus.FAILED else "ahead"


def _took(milliseconds: object) -> str:
    return duration_br(float(milliseconds)) if isinstance(milliseconds, int | float) else ""
