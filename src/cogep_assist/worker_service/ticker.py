"""Start recurring duties when they are due; one ticker at a time, by the database's clock."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.models import ScheduleRun
from cogep_assist.core.outbox import DELIVER
from cogep_assist.core.outbox_delivery import due_lanes
from cogep_assist.crm_service.desk.desk_clock import DESK_CLOCK, desk_clock_is_due
from cogep_assist.crm_service.mail.mail_collect import COLLECT
from cogep_assist.crm_service.reports.report_fold import FOLD, has_changes
from cogep_assist.crm_service.tickets.reply_hold import SEND, replies_to_send
from cogep_assist.ingestion_service.source_retirement import sources_to_settle
from cogep_assist.ingestion_service.sources import VISIT, take_due
from cogep_assist.lgpd_service.audit.access_record_sweep import SWEEP_ACCESS_RECORDS
from cogep_assist.lgpd_service.erasure.erasure_run import unfinished_erasures
from cogep_assist.lgpd_service.erasure.erasures import RUN as ERASE
from cogep_assist.lgpd_service.keeping.retention import NIGHTLY
from cogep_assist.lgpd_service.legal.deadline_alerts import ALERTS
from cogep_assist.lgpd_service.legal.officer_alerts import OFFICER_ALERTS
from cogep_assist.pipeline.vector_fill import FILL
from cogep_assist.rag_service.conversations import FORGET
from cogep_assist.rag_service.gap_grouping import GROUP, GROUP_EVERY, gaps_to_group
from cogep_assist.rag_service.gap_recheck import RECHECK, RECHECK_EVERY, collections_to_recheck
from cogep_assist.rag_service.question_set_state import EVALUATE
from cogep_assist.rag_service.question_sets import take_due_sets
from cogep_assist.retrieval.merge import collections_due
from cogep_assist.worker_service.archive import ARCHIVE
from cogep_assist.worker_service.reaper import takes_lock

EVERY = {
    FILL: timedelta(minutes=5),
    ARCHIVE: timedelta(minutes=15),
    ALERTS: timedelta(minutes=10),
    OFFICER_ALERTS: timedelta(days=7),
    FORGET: timedelta(hours=1),
    NIGHTLY: timedelta(days=1),
    "sweep_blobs": timedelta(hours=1),
    "sweep_copies": timedelta(hours=6),
    "sweep_customers": timedelta(hours=6),
    "sweep_expired": timedelta(minutes=15),
    SWEEP_ACCESS_RECORDS: timedelta(hours=6),
    "sweep_mail": timedelta(hours=6),
    "sweep_notices": timedelta(hours=6),
    # Does nothing where no mailbox is set.
    COLLECT: timedelta(seconds=30),
}

SETTLE_EVERY = timedelta(seconds=5)
OUTBOX_EVERY = timedelta(seconds=5)
DESK_EVERY = timedelta(seconds=5)
REPLIES_EVERY = timedelta(seconds=1)
# Reports read what is not packed yet one by one: a minute's tickets are few.
FOLD_EVERY = timedelta(minutes=1)
ERASE_EVERY = timedelta(minutes=1)


async def tick(session: AsyncSession) -> int:
    """Enqueue what is due and return how many jobs that made; safe to call at any time."""
    if not await takes_lock(session, advisory_locks.TICKER):
        return 0
    made = await _merges(session) + await _sources(session) + await _gaps(session)
    made += await _evaluations(session)
    made += await _desk(session)
    made += await _reports(session)
    made += await _outbox(session)
    made += await _erasures(session)
    for name, every in EVERY.items():
        made += await _scheduled(session, name, every)
    return made


async def _sources(session: AsyncSession) -> int:
    made = 0
    for source_id in await take_due(session):
        made += await enqueue_background(session, VISIT, str(source_id))
    if await _has_turn(session, "settle_sources", SETTLE_EVERY):
        for source_id in await sources_to_settle(session):
            made += await enqueue_background(session, "settle_source", str(source_id))
    return made


async def _gaps(session: AsyncSession) -> int:
    made = 0
    if await _has_turn(session, GROUP, GROUP_EVERY) and await gaps_to_group(session):
        made += await enqueue_background(session, GROUP, "")
    if await _has_turn(session, RECHECK, RECHECK_EVERY):
        for collection_id in await collections_to_recheck(session):
            made += await enqueue_background(session, RECHECK, str(collection_id))
    return made


async def _evaluations(session: AsyncSession) -> int:
    made = 0
    for set_id in await take_due_sets(session):
        made += await enqueue_background(session, EVALUATE, str(set_id))
    return made


async def _desk(session: AsyncSession) -> int:
    """Let go the replies whose time has come; run the desk's clock when a moment has come."""
    made = 0
    if await _has_turn(session, SEND, REPLIES_EVERY):
        for entry_id in await replies_to_send(session):
            made += await enqueue_background(session, SEND, str(entry_id))
    if not await _has_turn(session, DESK_CLOCK, DESK_EVERY) or not await desk_clock_is_due(session):
        return made
    return made + await enqueue_background(session, DESK_CLOCK, "")


async def _reports(session: AsyncSession) -> int:
    """Pack the tickets that have changed, for reports."""
    if not await _has_turn(session, FOLD, FOLD_EVERY) or not await has_changes(session):
        return 0
    return await enqueue_background(session, FOLD, "")


async def _outbox(session: AsyncSession) -> int:
    """Look for messages whose next try has come."""
    if not await _has_turn(session, DELIVER, OUTBOX_EVERY):
        return 0
    made = 0
    for lane in await due_lanes(session):
        made += await enqueue_background(session, DELIVER, lane)
    return made


async def _erasures(session: AsyncSession) -> int:
    """Take up again what was confirmed and not brought to its end, whatever ended its worker."""
    if not await _has_turn(session, ERASE, ERASE_EVERY):
        return 0
    made = 0
    for erasure_id in await unfinished_erasures(session):
        made += await enqueue_background(session, ERASE, str(erasure_id))
    return made


async def _merges(session: AsyncSession) -> int:
    made = 0
    for collection_id in await collections_due(session):
        made += await enqueue_background(session, "merge_segments", str(collection_id))
    return made


async def _scheduled(session: AsyncSession, name: str, every: timedelta) -> int:
    if not await _has_turn(session, name, every):
        return 0
    return await enqueue_background(session, name, "")


async def _has_turn(session: AsyncSession, name: str, every: timedelta) -> bool:
    """Tell whether a thing was last done long enough ago, and note that it is done now."""
    ran = await session.scalar(
        insert(ScheduleRun)
        .values(name=name, ran_at=sa.func.now())
        .on_conflict_do_update(
            index_elements=[ScheduleRun.name],
            set_={"ran_at": sa.func.now()},
            where=ScheduleRun.ran_at <= sa.func.now() - every,
        )
        .returning(ScheduleRun.name)
    )
    return ran is not None
