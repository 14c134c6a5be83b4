"""Look up jobs, from what somebody may see."""

from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_jobs
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ArchivedJob, Collection, IngestionJob, JobStage, JobStatus
from cogep_assist.core.principal import Principal
from cogep_assist.ingestion_service.schemas import JobError, JobLinks, JobReply

Job = IngestionJob | ArchivedJob
Row = sa.Row[Job, str]


async def find_job(session: AsyncSession, principal: Principal, job_id: UUID) -> JobReply:
    """Return one job, from the queue or the archive. Raises AppError("job_not_found")."""
    for jobs in (IngestionJob, ArchivedJob):
        found = await session.execute(_visible(principal, jobs).where(jobs.id == job_id))
        if (row := found.one_or_none()) is not None:
            return _reply(row)
    raise AppError("job_not_found")


async def list_jobs(
    session: AsyncSession,
    principal: Principal,
    *,
    status: JobStatus | None = None,
    request_id: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> tuple[list[JobReply], int | None]:
    """Return jobs, newest first, and the sequence number after which the list goes on."""
    rows: list[Row] = []
    # The old and the new overlap: a job may wait for longer than another has been archived.
    for jobs in (IngestionJob, ArchivedJob):
        statement = _visible(principal, jobs).order_by(jobs.sequence.desc()).limit(limit + 1)
        if status is not None:
            statement = statement.where(jobs.status == status)
        if request_id is not None:
            statement = statement.where(jobs.request_id == request_id)
        if before is not None:
            statement = statement.where(jobs.sequence < before)
        rows += (await session.execute(statement)).all()
    rows.sort(key=lambda row: -row[0].sequence)
    more = rows[limit - 1][0].sequence if len(rows) > limit else None
    return [_reply(row) for row in rows[:limit]], more


def _visible(principal: Principal, jobs: type[Job]) -> sa.Select[Job, str]:
    statement = (
        sa.select(jobs, Collection.name)
        .join(Collection, Collection.id == jobs.collection_id)
        .where(jobs.id.in_(visible_jobs(principal, jobs)))
        .execution_options(populate_existing=True)
    )
    return cast("sa.Select[Job, str]", statement)


def _reply(row: Row) -> JobReply:
    job, collection = row
    document = f"/documents/{job.document_id}" if job.document_id else None
    return JobReply(
        id=job.id,
        status=job.status,
        stage=job.stage,
        progress=job.progress,
        attempts=job.attempts,
        error=_error(job),
        document_id=job.document_id,
        chunks=job.chunks,
        timings_ms=_in_order(job.timings_ms),
        source_kind=job.source_kind,
        collection=collection,
        uri=job.uri,
        title=job.title,
        file_name=job.file_name,
        priority=job.priority,
        warnings=job.warnings,
        duplicate_of=job.duplicate_of,
        cancel_requested=job.cancel_requested,
        request_id=job.request_id,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        links=JobLinks(self=f"/ingest/{job.id}", document=document),
    )


def _in_order(timings_ms: dict[str, Any]) -> dict[str, Any]:
    """Return the times in the order of the stages: the database keeps no order."""
    return {stage.value: timings_ms[stage.value] for stage in JobStage if stage.value in timings_ms}


def _error(job: Job) -> JobError | None:
    if job.error_code is None:
        return None
    error = AppError(job.error_code, **(job.error_details or {}))
    return JobError(code=error.code, message=error.message)
