"""Try a job again, or stop it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, queue
from cogep_assist.core.errors import AppError
from cogep_assist.core.job_endings import tell_ended
from cogep_assist.core.models import IngestionJob, JobStatus, SourceKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.queue_archive import unarchive_job
from cogep_assist.ingestion_service.collections import require_curated_id
from cogep_assist.ingestion_service.job_queries import find_job
from cogep_assist.ingestion_service.job_words import STATUS
from cogep_assist.ingestion_service.schemas import JobReply
from cogep_assist.ingestion_service.submission import MAX_PRIORITY

NOWHERE = {"status": "?", "told": "fora da fila"}


async def retry_job(session: AsyncSession, principal: Principal, job_id: UUID) -> JobReply:
    """Put a failed or cancelled job back in line; the caller rings after the commit.

    Raises AppError("role_not_allowed"|"job_not_found"|"job_not_retryable"|"job_content_gone").
    """
    principal.require(Act.MANAGE_JOBS)
    await find_job(session, principal, job_id)
    await unarchive_job(session, job_id)
    await _require_curated(session, principal, job_id)
    before = await queue.retry(session, queue.INGESTION, job_id)
    if before not in {"failed", "cancelled"}:
        raise AppError("job_not_retryable", **_told(before))
    job = await session.get_one(IngestionJob, job_id, populate_existing=True)
    source = job.uri if job.source_kind is SourceKind.URL else job.blob_id
    if source is None:
        raise AppError("job_content_gone")
    await audit.record(session, principal, "job_retried", "ingestion_queue", job_id)
    return await find_job(session, principal, job_id)


async def cancel_job(session: AsyncSession, principal: Principal, job_id: UUID) -> JobReply:
    """Cancel a waiting job at once; ask a running one to stop at its next station.

    Raises AppError("role_not_allowed"|"job_not_found"|"job_not_cancellable").
    """
    principal.require(Act.MANAGE_JOBS)
    await find_job(session, principal, job_id)
    await _require_curated(session, principal, job_id)
    before = await queue.cancel(session, queue.INGESTION, job_id)
    if before not in {"pending", "processing"}:
        raise AppError("job_not_cancellable", **_told(before))
    if before == "pending":
        await tell_ended(session, [job_id])
    await audit.record(session, principal, "job_cancelled", "ingestion_queue", job_id)
    return await find_job(session, principal, job_id)


async def prioritise_job(session: AsyncSession, principal: Principal, job_id: UUID) -> JobReply:
    """Let a waiting job go before all others.

    Raises AppError("role_not_allowed"|"job_not_found"|"job_not_waiting").
    """
    principal.require(Act.MANAGE_JOBS)
    await find_job(session, principal, job_id)
    await _require_curated(session, principal, job_id)
    moved = await session.scalar(
        sa.update(IngestionJob)
        .where(IngestionJob.id == job_id, IngestionJob.status == JobStatus.PENDING)
        .values(priority=MAX_PRIORITY)
        .returning(IngestionJob.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise AppError("job_not_waiting")
    await audit.record(session, principal, "job_prioritised", "ingestion_queue", job_id)
    return await find_job(session, principal, job_id)


def _told(before: str | None) -> dict[str, str]:
    """Return a job's state for a machine and in the words of a person."""
    return {"status": before, "told": STATUS[JobStatus(before)]} if before else NOWHERE


async def _require_curated(session: AsyncSession, principal: Principal, job_id: UUID) -> None:
    """Refuse a job of a collection that another team looks after."""
    collection_id = await session.scalar(
        sa.select(IngestionJob.collection_id).where(IngestionJob.id == job_id)
    )
    if collection_id is not None:
        await require_curated_id(session, principal, collection_id)
