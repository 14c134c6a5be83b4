"""Look up jobs, from what somebody may see."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_jobs
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, IngestionJob, JobStatus
from cogep_assist.core.principal import Principal
from cogep_assist.ingestion_service.schemas import JobError, JobLinks, JobReply

Row = sa.Row[IngestionJob, str]


async def find_job(session: AsyncSession, principal: Principal, job_id: UUID) -> JobReply:
    """Return one job. Raises AppError("job_not_found")."""
    row = (
        await session.execute(_visible(principal).where(IngestionJob.id == job_id))
    ).one_or_none()
    if row is None:
        raise AppError("job_not_found")
    return _reply(row)


async def list_jobs(
    session: AsyncSession,
    principal: Principal,
    *,
    status: JobStatus | None = None,
    limit: int = 50,
    before: int | None = None,
) -> tuple[list[JobReply], int | None]:
    """Return jobs, newest first, and the sequence number after which the list goes on."""
    statement = _visible(principal).order_by(IngestionJob.sequence.desc()).limit(limit + 1)
    if status is not None:
        statement = statement.where(IngestionJob.status == status)
    if before is not None:
        statement = statement.where(IngestionJob.sequence < before)
    rows: Sequence[Row] = (await session.execute(statement)).all()
    more = rows[limit - 1][0].sequence if len(rows) > limit else None
    return [_reply(row) for row in rows[:limit]], more


def _visible(principal: Principal) -> sa.Select[IngestionJob, str]:
    return (
        sa.select(IngestionJob, Collection.name)
        .join(Collection, Collection.id == IngestionJob.collection_id)
        .where(IngestionJob.id.in_(visible_jobs(principal)))
        .execution_options(populate_existing=True)
    )


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
        timings_ms=job.timings_ms,
        source_kind=job.source_kind,
        collection=collection,
        uri=job.uri,
        title=job.title,
        file_name=job.file_name,
        priority=job.priority,
        warnings=job.warnings,
        duplicate_of=job.duplicate_of,
        cancel_requested=job.cancel_requested,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        links=JobLinks(self=f"/ingest/{job.id}", document=document),
    )


def _error(job: IngestionJob) -> JobError | None:
    if job.error_code is None:
        return None
    error = AppError(job.error_code, **(job.error_details or {}))
    return JobError(code=error.code, message=error.message)
