"""Visit a source: list it, submit what is new or changed, count what is missing."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import (
    Collection,
    Document,
    FollowedKind,
    FollowedSource,
    SourceItem,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.ingestion_service.batch_write import write_batch
from cogep_assist.ingestion_service.folder import allowed_folder, list_folder, read_file
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.sitemap import Listing, list_sitemap
from cogep_assist.ingestion_service.source_comeback import come_back
from cogep_assist.ingestion_service.source_plan import VisitPlan, plan_visit
from cogep_assist.ingestion_service.source_retirement import retire_missing
from cogep_assist.ingestion_service.submission import (
    MAX_EXTERNAL_ID_CHARS,
    HeldContent,
    Options,
    Submission,
    file_submission,
    url_submission,
)
from cogep_assist.integrations.http import GuardedClient

# What people send comes first.
PRIORITY = -10
BATCH_ITEMS = 200
BATCH_BYTES = 16 * 1024 * 1024
NOW = sa.func.clock_timestamp()
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a visit needs of its process."""

    settings: Settings
    database: Database
    client: GuardedClient


@dataclass(frozen=True, slots=True)
class Visited:
    """A source as it was when the visit began, free of any session."""

    id: UUID
    kind: FollowedKind
    target: str
    collection: str
    visited_at: datetime | None


async def visit_source(visitor: Visitor, source_id: UUID) -> None:
    """Visit one source; whatever is wrong with it is kept on it and raises nothing.

    Each batch of submissions commits with the marks of its documents, so that a visit that is
    cut short goes on where it stopped. Nothing is held open while the source is listed.
    """
    source = await _load(visitor.database, source_id)
    if source is None:
        return
    try:
        listing = await list_source(visitor, source.kind, source.target)
    except AppError as error:
        await _note_failure(visitor.database, source_id, error)
        return
    async with visitor.database.begin() as session:
        await _exclude_removed(session, source_id)
        items = await _items(session, source_id)
        now = (await session.execute(sa.select(NOW))).scalar_one()
    plan = plan_visit(listing, items)
    back = await come_back(visitor.client, visitor.database, source_id, items, plan.gone, now)
    plan.added += back
    plan.gone = [name for name in plan.gone if name not in back]
    if source.kind is FollowedKind.FOLDER:
        await _submit_files(visitor, source, listing, plan)
    else:
        for batch in _batches(plan.to_read):
            await _submit(visitor, source, listing, [_url(source, name) for name in batch], batch)
    await _conclude(visitor.database, source, listing, plan)


async def list_source(visitor: Visitor, kind: FollowedKind, target: str) -> Listing:
    """Return what a source holds now. Raises AppError when it cannot be listed at all."""
    most = visitor.settings.source_max_items
    if kind is FollowedKind.SITEMAP:
        return await list_sitemap(visitor.client, target, most=most)
    if kind is FollowedKind.FOLDER:
        root = allowed_folder(target, visitor.settings)
        return await asyncio.to_thread(list_folder, root, most=most)
    return Listing(marks={target: None})


async def preview_visit(
    visitor: Visitor, kind: FollowedKind, target: str, source_id: UUID | None = None
) -> tuple[Listing, VisitPlan]:
    """Tell what a visit would do, and do nothing."""
    listing = await list_source(visitor, kind, target)
    async with visitor.database.sessions() as session:
        items = await _items(session, source_id) if source_id is not None else {}
        return listing, plan_visit(listing, items)


async def _load(database: Database, source_id: UUID) -> Visited | None:
    async with database.begin() as session:
        row = (
            await session.execute(
                sa.select(FollowedSource, Collection.name)
                .join(Collection, Collection.id == FollowedSource.collection_id)
                .where(FollowedSource.id == source_id, FollowedSource.paused_at.is_(None))
            )
        ).one_or_none()
    if row is None:
        return None
    source, collection = row
    return Visited(source.id, source.kind, source.target, collection, source.visited_at)


async def _items(session: AsyncSession, source_id: UUID) -> dict[str, SourceItem]:
    found = await session.scalars(sa.select(SourceItem).where(SourceItem.source_id == source_id))
    return {item.name: item for item in found}


async def _exclude_removed(session: AsyncSession, source_id: UUID) -> None:
    """Keep away what somebody removed by hand since the last visit."""
    removed = sa.select(Document.id).where(Document.deleted_at.is_not(None))
    await session.execute(
        sa.update(SourceItem)
        .where(
            SourceItem.source_id == source_id,
            SourceItem.document_id.in_(removed),
            SourceItem.retired_at.is_(None),
            SourceItem.excluded_at.is_(None),
        )
        .values(excluded_at=NOW, job_id=None)
    )


async def _submit_files(
    visitor: Visitor, source: Visited, listing: Listing, plan: VisitPlan
) -> None:
    root = allowed_folder(source.target, visitor.settings)
    names, submissions, size = [], [], 0
    for name in plan.to_read:
        try:
            made = await asyncio.to_thread(_file, root, source, name, visitor.settings)
        except AppError as error:
            listing.pass_over(name, error)
            continue
        names.append(name)
        submissions.append(made)
        size += made.size
        if len(names) >= BATCH_ITEMS or size >= BATCH_BYTES:
            await _submit(visitor, source, listing, submissions, names)
            names, submissions, size = [], [], 0
    await _submit(visitor, source, listing, submissions, names)


def _file(root: Path, source: Visited, name: str, settings: Settings) -> Submission:
    data = read_file(root, name, most=settings.ingest_max_file_bytes)
    key = f"source:{source.id}:{name}"
    if len(key) > MAX_EXTERNAL_ID_CHARS:
        key = f"source:{source.id}:sha256:{hashlib.sha256(name.encode()).hexdigest()}"
    options = Options(collection=source.collection, external_id=key, priority=PRIORITY)
    return file_submission(name, None, HeldContent.of(data), options, settings)


def _url(source: Visited, name: str) -> Submission:
    return url_submission(name, Options(collection=source.collection, priority=PRIORITY))


async def _submit(
    visitor: Visitor,
    source: Visited,
    listing: Listing,
    submissions: Sequence[Submission],
    names: Sequence[str],
) -> None:
    """Put a batch into the queue together with what is remembered of it."""
    if not submissions:
        return
    request = IntakeRequest(SYSTEM, submissions)
    async with visitor.database.begin() as session:
        # Locked first: a source that was removed or paused meanwhile submits nothing more.
        if not await _lock(session, source.id):
            return
        await write_batch(
            await driver_connection(session),
            [request],
            max_attempts=visitor.settings.job_max_attempts,
        )
        rows = [
            {"source_id": source.id, "name": name, "mark": listing.marks[name], "job_id": job_id}
            for name, job_id in zip(names, request.job_ids, strict=True)
        ]
        statement = insert(SourceItem)
        fresh = {
            "mark": statement.excluded.mark,
            "job_id": statement.excluded.job_id,
            "seen_at": NOW,
            "retired_at": None,
            # What was retired is gone, and nobody removed it by hand.
            "document_id": sa.case((SourceItem.retired_at.is_(None), SourceItem.document_id)),
            "misses": sa.case((SourceItem.retired_at.is_(None), SourceItem.misses), else_=0),
        }
        await session.execute(
            statement.values(seen_at=NOW).on_conflict_do_update(
                index_elements=[SourceItem.source_id, SourceItem.name], set_=fresh
            ),
            rows,
        )
        await session.execute(sa.text("NOTIFY cogep_work"))


async def _lock(session: AsyncSession, source_id: UUID) -> bool:
    found = await session.scalar(
        sa.select(FollowedSource.id)
        .where(FollowedSource.id == source_id, FollowedSource.paused_at.is_(None))
        .with_for_update()
    )
    return found is not None


async def _conclude(
    database: Database, visited: Visited, listing: Listing, plan: VisitPlan
) -> None:
    source_id = visited.id
    async with database.begin() as session:
        source = await session.get(FollowedSource, source_id, with_for_update=True)
        if source is None or source.visited_at != visited.visited_at:
            # Another visit ended meanwhile: it has counted what is missing already.
            return
        for batch in _batches([*plan.unchanged, *plan.running]):
            await session.execute(
                _of(source_id, batch).values(
                    seen_at=NOW,
                    misses=sa.case((SourceItem.error_code.is_(None), 0), else_=SourceItem.misses),
                )
            )
        for batch in _batches(plan.missing):
            await session.execute(_of(source_id, batch).values(misses=SourceItem.misses + 1))
        source.visited_at = NOW
        source.error_code = source.error_details = None
        source.found = {**plan.counts(listing), "complete": listing.complete}
        await session.flush()
        await retire_missing(session, source)
    log.info("source_visited", source_id=str(source_id), **plan.counts(listing))


def _of(source_id: UUID, names: Sequence[str]) -> sa.Update:
    return (
        sa.update(SourceItem)
        .where(SourceItem.source_id == source_id, SourceItem.name.in_(names))
        .execution_options(synchronize_session=False)
    )


async def _note_failure(database: Database, source_id: UUID, error: AppError) -> None:
    """Keep why a source could not be listed. What it held before is not missing for that."""
    async with database.begin() as session:
        await session.execute(
            sa.update(FollowedSource)
            .where(FollowedSource.id == source_id)
            .values(visited_at=NOW, error_code=error.code, error_details=error.details, found={})
        )
    log.warning("source_not_listed", source_id=str(source_id), code=error.code)


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), BATCH_ITEMS):
        yield names[start : start + BATCH_ITEMS]
