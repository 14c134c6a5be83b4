"""Learn how a source's submissions ended, and retire what has gone for good."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import (
    ArchivedJob,
    FollowedKind,
    FollowedSource,
    IngestionJob,
    JobStatus,
    SourceItem,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.ingestion_service.source_plan import GONE_CODES

# More than this share of a source's documents never goes in one visit unless a person says so.
MOST_RETIRED = 0.2
SOURCES_PER_LOOK = 50
ENDED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
NOW = sa.func.clock_timestamp()
log = get_logger(__name__)


async def sources_to_settle(session: AsyncSession) -> list[UUID]:
    """Return sources of which a submission has ended since anybody looked."""
    running = sa.exists().where(
        IngestionJob.id == SourceItem.job_id, IngestionJob.status.not_in(ENDED)
    )
    found = await session.scalars(
        sa.select(SourceItem.source_id)
        .where(SourceItem.job_id.is_not(None), ~running)
        .distinct()
        .limit(SOURCES_PER_LOOK)
    )
    return list(found)


async def settle_source(session: AsyncSession, source_id: UUID) -> None:
    """Note how the source's submissions ended; once all have, retire what has gone."""
    source = await session.get(FollowedSource, source_id, with_for_update=True)
    if source is None:
        return
    await _note_ends(session, source_id)
    await retire_missing(session, source)


async def retire_missing(session: AsyncSession, source: FollowedSource) -> int:
    """Retire documents that were missed often enough and return how many.

    Nothing happens while submissions run, so that a visit is judged as a whole. When more than a
    fifth of a listing would go, all are held until somebody confirms.
    """
    of_source = (
        SourceItem.source_id == source.id,
        SourceItem.retired_at.is_(None),
        SourceItem.excluded_at.is_(None),
    )
    if await _count(session, SourceItem.source_id == source.id, SourceItem.job_id.is_not(None)):
        return 0
    gone = list(
        await session.scalars(
            sa.select(SourceItem).where(*of_source, SourceItem.misses >= source.misses_allowed)
        )
    )
    living = await _count(session, *of_source, SourceItem.document_id.is_not(None))
    leaving = sum(item.document_id is not None for item in gone)
    confirmed = source.retirement_confirmed_at is not None
    # One address that is gone is a fact about that address; a listing may itself be broken.
    listed = source.kind is not FollowedKind.URL
    if listed and not confirmed and leaving > MOST_RETIRED * living:
        if source.held_retirements != leaving:
            log.warning("source_retirement_held", source_id=str(source.id), documents=leaving)
        source.held_retirements = leaving
        return 0
    for item in gone:
        await _retire(session, item)
    source.held_retirements = 0
    source.retirement_confirmed_at = None
    if gone:
        log.warning("source_documents_retired", source_id=str(source.id), documents=leaving)
        source.found = {**source.found, "retired": leaving}
    await session.flush()
    return leaving


async def _note_ends(session: AsyncSession, source_id: UUID) -> None:
    items = {
        item.job_id: item
        for item in await session.scalars(
            sa.select(SourceItem).where(
                SourceItem.source_id == source_id, SourceItem.job_id.is_not(None)
            )
        )
    }
    known: set[UUID | None] = set()
    for table in (IngestionJob, ArchivedJob):
        rows = await session.execute(
            sa.select(
                table.id, table.status, table.error_code, table.error_details, table.document_id
            ).where(table.id == sa.any_(sa.bindparam("ids", list(items), sa.ARRAY(sa.Uuid()))))
        )
        for row in rows:
            known.add(row.id)
            if row.status in ENDED:
                _note_end(items[row.id], row)
    for lost in items.keys() - known:
        # Swept meanwhile: read again at the next visit.
        _fail(items[lost], "job_not_found", None)
    await session.flush()


def _note_end(item: SourceItem, job: "sa.Row[Any]") -> None:
    if job.status is JobStatus.COMPLETED:
        item.job_id = None
        item.misses, item.error_code, item.error_details = 0, None, None
        item.document_id = job.document_id
    elif job.status is JobStatus.CANCELLED:
        _fail(item, "source_job_cancelled", None)
    else:
        _fail(item, job.error_code or "internal_error", job.error_details)
        if job.error_code in GONE_CODES:
            item.misses += 1


def _fail(item: SourceItem, code: str, details: dict[str, Any] | None) -> None:
    item.job_id, item.error_code, item.error_details = None, code, details


async def _retire(session: AsyncSession, item: SourceItem) -> None:
    if item.document_id is not None and not await _still_followed(session, item):
        try:
            await remove_document(session, SYSTEM, item.document_id)
        except AppError as error:
            if error.code not in {"document_removed", "document_not_found"}:
                raise
    item.retired_at = NOW
    item.mark = None


async def _still_followed(session: AsyncSession, item: SourceItem) -> bool:
    """Tell whether another source has the same document and sees it."""
    other = await session.scalar(
        sa.select(sa.literal(1))
        .where(
            SourceItem.document_id == item.document_id,
            SourceItem.source_id != item.source_id,
            SourceItem.retired_at.is_(None),
            SourceItem.excluded_at.is_(None),
            SourceItem.misses == 0,
        )
        .limit(1)
    )
    return other is not None


async def _count(session: AsyncSession, *conditions: sa.ColumnElement[bool]) -> int:
    statement = sa.select(sa.func.count()).select_from(SourceItem).where(*conditions)
    return await session.scalar(statement) or 0
