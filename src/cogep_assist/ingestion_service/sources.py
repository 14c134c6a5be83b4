"""Sources: follow one, look at it, pause it, visit it now, let it go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.access import curated_collections, visible_collections
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, FollowedKind, FollowedSource, SourceItem
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.collections import ensure_collection, require_curated
from cogep_assist.ingestion_service.folder import allowed_folder
from cogep_assist.ingestion_service.schedule import (
    Schedule,
    describe,
    next_time,
    parse_schedule,
)
from cogep_assist.ingestion_service.sitemap import MAX_NAME_CHARS
from cogep_assist.ingestion_service.source_comeback import ask_all_again
from cogep_assist.ingestion_service.source_schemas import (
    SourceBody,
    SourceDetail,
    SourceItemReply,
    SourceProblem,
    SourceReply,
)
from cogep_assist.ingestion_service.submission import check_collection_name
from cogep_assist.integrations.http_url import canonical_url

VISIT = "visit_source"
DUE_AT_ONCE = 100
ITEMS_SHOWN = 200
NOW = sa.func.clock_timestamp()


async def create_source(
    session: AsyncSession, principal: Principal, body: SourceBody, settings: Settings
) -> SourceReply:
    """Follow something from now on; its first visit is due at once.

    Raises AppError("role_not_allowed"|"source_exists"|"source_folder_not_allowed"|
    "schedule_not_understood"|...) and those of ``canonical_url``.
    """
    principal.require(Act.MANAGE_SOURCES)
    schedule = parse_schedule(body.schedule)
    target = check_target(body.kind, body.target, settings)
    name = check_collection_name(body.collection)
    if not await ensure_collection(session, principal, name):
        await require_curated(session, principal, [name])
    collection_id = await session.scalar(
        sa.select(Collection.id).where(
            Collection.name == name, Collection.id.in_(visible_collections(principal))
        )
    )
    if collection_id is None:
        raise AppError("collection_not_found", name=name)
    now = await _now(session)
    source_id = await session.scalar(
        insert(FollowedSource)
        .values(
            id=uuid7(),
            collection_id=collection_id,
            kind=body.kind,
            target=target,
            every_seconds=schedule.every_seconds,
            cron=schedule.cron,
            time_zone=settings.timezone,
            next_due_at=next_time(schedule, now, ZoneInfo(settings.timezone)),
            misses_allowed=body.misses_allowed,
            created_by=principal.label,
        )
        .on_conflict_do_nothing()
        .returning(FollowedSource.id)
    )
    if source_id is None:
        raise AppError("source_exists")
    await audit.record(
        session, principal, "source_created", "source", source_id, {"kind": body.kind.value}
    )
    await enqueue_background(session, VISIT, str(source_id))
    return await find_source(session, principal, source_id)


def check_target(kind: FollowedKind, target: str, settings: Settings) -> str:
    """Return a target as it is stored. Raises AppError when it may not or cannot be followed."""
    if kind is FollowedKind.FOLDER:
        return str(allowed_folder(target, settings))
    address = canonical_url(target.strip())
    if len(address) > MAX_NAME_CHARS:
        raise invalid_field("target", f"deve ter no máximo {MAX_NAME_CHARS} caracteres")
    return address


async def list_sources(
    session: AsyncSession, principal: Principal, *, limit: int = 50, before: UUID | None = None
) -> tuple[list[SourceReply], UUID | None]:
    """Return sources, newest first, and the id after which the list goes on."""
    principal.require(Act.READ_SOURCES)
    statement = _listed(principal).order_by(FollowedSource.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(FollowedSource.id < before)
    rows = (await session.execute(statement)).all()
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return [SourceReply(**_fields(*row)) for row in rows[:limit]], more


async def find_source(session: AsyncSession, principal: Principal, source_id: UUID) -> SourceReply:
    """Return one source. Raises AppError("role_not_allowed"|"source_not_found")."""
    principal.require(Act.READ_SOURCES)
    row = (
        await session.execute(_listed(principal).where(FollowedSource.id == source_id))
    ).one_or_none()
    if row is None:
        raise AppError("source_not_found")
    return SourceReply(**_fields(*row))


async def describe_source(
    session: AsyncSession, principal: Principal, source_id: UUID
) -> SourceDetail:
    """Return one source with the documents that need a look. Raises as ``find_source``."""
    reply = await find_source(session, principal, source_id)
    items = await session.scalars(
        sa.select(SourceItem)
        .where(
            SourceItem.source_id == source_id,
            sa.or_(
                SourceItem.misses > 0,
                SourceItem.error_code.is_not(None),
                SourceItem.retired_at.is_not(None),
                SourceItem.excluded_at.is_not(None),
            ),
        )
        .order_by(SourceItem.retired_at.is_not(None), SourceItem.misses.desc(), SourceItem.name)
        .limit(ITEMS_SHOWN)
    )
    return SourceDetail(**reply.model_dump(), items=[_item(item) for item in items])


async def pause_source(session: AsyncSession, principal: Principal, source_id: UUID) -> SourceReply:
    """Visit a source no more until it is resumed; pausing a paused one changes nothing."""
    source = await _locked(session, principal, source_id)
    if source.paused_at is None:
        source.paused_at = NOW
        await session.flush()
        await audit.record(session, principal, "source_paused", "source", source_id)
    return await find_source(session, principal, source_id)


async def resume_source(
    session: AsyncSession, principal: Principal, source_id: UUID
) -> SourceReply:
    """Visit a source again by its schedule; resuming one that runs changes nothing."""
    source = await _locked(session, principal, source_id)
    if source.paused_at is not None:
        source.paused_at = None
        source.next_due_at = _next(source, await _now(session))
        await session.flush()
        await audit.record(session, principal, "source_resumed", "source", source_id)
    return await find_source(session, principal, source_id)


async def request_visit(
    session: AsyncSession, principal: Principal, source_id: UUID
) -> SourceReply:
    """Visit a source as soon as a worker is free. Raises AppError("source_paused")."""
    source = await _locked(session, principal, source_id)
    if source.paused_at is not None:
        raise AppError("source_paused")
    await ask_all_again(session, source_id)
    await enqueue_background(session, VISIT, str(source_id))
    await audit.record(session, principal, "source_visit_requested", "source", source_id)
    return await find_source(session, principal, source_id)


async def confirm_retirement(
    session: AsyncSession, principal: Principal, source_id: UUID
) -> SourceReply:
    """Let the documents that are held go: those that the next visit, due now, still misses.

    Raises AppError("source_nothing_to_confirm"|"source_paused").
    """
    source = await _locked(session, principal, source_id)
    if source.held_retirements == 0:
        raise AppError("source_nothing_to_confirm")
    if source.paused_at is not None:
        raise AppError("source_paused")
    source.retirement_confirmed_at = NOW
    await session.flush()
    await enqueue_background(session, VISIT, str(source_id))
    details = {"documents": source.held_retirements}
    await audit.record(
        session, principal, "source_retirement_confirmed", "source", source_id, details
    )
    return await find_source(session, principal, source_id)


async def remove_source(session: AsyncSession, principal: Principal, source_id: UUID) -> None:
    """Follow a source no more. Its documents stay as they are."""
    source = await _locked(session, principal, source_id)
    await session.delete(source)
    await session.flush()
    await audit.record(session, principal, "source_removed", "source", source_id)


async def take_due(session: AsyncSession) -> Sequence[UUID]:
    """Return the sources that are due by the database's clock, each with its next time set."""
    due = await session.scalars(
        sa.select(FollowedSource)
        .where(FollowedSource.next_due_at <= sa.func.now(), FollowedSource.paused_at.is_(None))
        .order_by(FollowedSource.next_due_at)
        .limit(DUE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = list(due)
    if found:
        now = await _now(session)
        for source in found:
            # From now and not from when it was due: what a long night missed is done once.
            source.next_due_at = _next(source, now)
        await session.flush()
    return [source.id for source in found]


def _next(source: FollowedSource, now: datetime) -> datetime:
    return next_time(_schedule(source), now, ZoneInfo(source.time_zone))


def _schedule(source: FollowedSource) -> Schedule:
    return Schedule(every_seconds=source.every_seconds, cron=source.cron)


async def _now(session: AsyncSession) -> datetime:
    now = await session.scalar(sa.select(sa.func.clock_timestamp()))
    assert isinstance(now, datetime)
    return now


async def _locked(session: AsyncSession, principal: Principal, source_id: UUID) -> FollowedSource:
    principal.require(Act.MANAGE_SOURCES)
    source = await session.scalar(
        sa.select(FollowedSource)
        .where(
            FollowedSource.id == source_id,
            FollowedSource.collection_id.in_(curated_collections(principal)),
        )
        .with_for_update()
    )
    if source is None:
        raise AppError("source_not_found")
    return source


def _listed(principal: Principal) -> sa.Select[FollowedSource, str, int, int, int, int]:
    def counted(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count())
            .select_from(SourceItem)
            .where(SourceItem.source_id == FollowedSource.id, *conditions)
            .correlate(FollowedSource)
            .scalar_subquery()
        )

    live = SourceItem.retired_at.is_(None)
    return (
        sa.select(
            FollowedSource,
            Collection.name,
            counted(live, SourceItem.document_id.is_not(None), SourceItem.excluded_at.is_(None)),
            counted(live, SourceItem.misses == 0, SourceItem.error_code.is_not(None)),
            counted(live, SourceItem.misses > 0),
            counted(~live),
        )
        .join(Collection, Collection.id == FollowedSource.collection_id)
        .where(Collection.id.in_(visible_collections(principal)))
        .execution_options(populate_existing=True)
    )


def _fields(
    source: FollowedSource,
    collection: str,
    documents: int,
    failing: int,
    missing: int,
    retired: int,
) -> dict[str, Any]:
    return {
        "id": source.id,
        "kind": source.kind,
        "target": source.target,
        "collection": collection,
        "schedule": describe(_schedule(source)),
        "time_zone": source.time_zone,
        "next_due_at": source.next_due_at,
        "paused_at": source.paused_at,
        "misses_allowed": source.misses_allowed,
        "visited_at": source.visited_at,
        "found": source.found,
        "error": _problem(source.error_code, source.error_details),
        "held_retirements": source.held_retirements,
        "documents": documents,
        "failing": failing,
        "missing": missing,
        "retired": retired,
        "created_at": source.created_at,
        "links": {"self": f"/sources/{source.id}"},
    }


def _item(item: SourceItem) -> SourceItemReply:
    return SourceItemReply(
        name=item.name,
        misses=item.misses,
        document_id=item.document_id,
        error=_problem(item.error_code, item.error_details),
        retired_at=item.retired_at,
        excluded_at=item.excluded_at,
    )


def _problem(code: str | None, details: dict[str, Any] | None) -> SourceProblem | None:
    if code is None:
        return None
    return SourceProblem(code=code, message=AppError(code, **(details or {})).message)
