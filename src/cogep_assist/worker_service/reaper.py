"""Give back what dead or frozen workers held; only the database's clock decides."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks
from cogep_assist.core.job_endings import tell_ended
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import Worker
from cogep_assist.core.queue import BACKGROUND, INGESTION, MAX_CRASHES, Queue, status_literal

QUEUES = (INGESTION, BACKGROUND)
ASLEEP_AFTER = "5s"
log = get_logger(__name__)
# A registration takes its lock before it writes its row, so a row without a lock is dead. After a
# restart of the server nobody has a lock: who was there before gets some seconds to come back.
LOCK_IS_GONE = sa.text(
    """(access.worker.seen_at >= pg_postmaster_start_time()
        OR clock_timestamp() > pg_postmaster_start_time() + interval '5 seconds')
       AND NOT EXISTS (
        SELECT FROM pg_locks held
        WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
          AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND ((held.classid::bigint << 32) | held.objid::bigint) = access.worker.lock_key
    )"""
)


@dataclass(frozen=True, slots=True)
class Reaped:
    """What one round found: workers that died, jobs returned, jobs set aside for good."""

    workers: int = 0
    returned: int = 0
    set_aside: int = 0


async def reap(session: AsyncSession) -> Reaped:
    """Return the jobs of dead workers and of leases that ran out.

    One reaper at a time. A job under which a worker died counts a crash and waits to be
    run alone; after three crashes it is failed with its cause, so that it stops no one.
    """
    if not await takes_lock(session, advisory_locks.REAPER):
        return Reaped()
    dead = list(await session.scalars(sa.select(Worker.id).where(LOCK_IS_GONE)))
    returned = set_aside = 0
    for queue in QUEUES:
        try:
            async with session.begin_nested():
                ended = await _reap_queue(session, queue, dead)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            # What is wrong with one queue must not keep the other's jobs from coming back.
            # The server's own words may quote a row.
            log.warning("queue_not_reaped", queue=queue.table.name, kind=type(error.orig).__name__)
            continue
        returned += ended.count("pending")
        set_aside += ended.count("failed") + ended.count("cancelled")
    if returned:
        # Not to the worker of this reaper alone, which may be busy.
        await session.execute(sa.text("NOTIFY cogep_work"))
    if dead:
        await session.execute(
            sa.delete(Worker).where(
                Worker.id.in_(dead),
                # The last transaction of a worker that died may hold a row for a moment longer.
                *(~sa.exists().where(*_held_by(queue, Worker.id)) for queue in QUEUES),
            )
        )
    return Reaped(len(dead), returned, set_aside)


async def takes_lock(session: AsyncSession, key: int) -> bool:
    """Take one of the locks under which one worker acts for all, for this transaction.

    It is lost with the transaction by a worker that falls asleep while it acts: nobody else
    could act in its place.
    """
    taken = await session.scalar(
        sa.text(
            "SELECT pg_try_advisory_xact_lock(:key) FROM"
            " set_config('idle_in_transaction_session_timeout', :asleep, true)"
        ),
        {"key": key, "asleep": ASLEEP_AFTER},
    )
    return bool(taken)


async def _reap_queue(session: AsyncSession, queue: Queue, dead: list[UUID]) -> list[str]:
    ended = []
    if dead:
        of_the_dead = queue.table.c.worker_id.in_(dead)
        ended = await _give_back(session, queue, of_the_dead, crashed=True)
    late = queue.table.c.lease_until < sa.func.now()
    return ended + await _give_back(session, queue, late, crashed=False)


async def _give_back(
    session: AsyncSession, queue: Queue, condition: sa.ColumnElement[bool], *, crashed: bool
) -> list[str]:
    table = queue.table
    poison = table.c.crashes + 1 >= MAX_CRASHES
    cancelled = table.c.get("cancel_requested", sa.false())
    status = sa.case(
        (cancelled, status_literal(table, "cancelled")),
        (poison, status_literal(table, "failed")),
        else_=status_literal(table, "pending"),
    )
    over = sa.or_(cancelled, poison)
    code = "worker_crashed" if crashed else "lease_expired"
    # A row that somebody holds is left for the next round: one frozen worker in the midst of a
    # transaction must not keep all others' jobs from coming back.
    free = (
        sa.select(table.c.id)
        .where(table.c.status == "processing", condition)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    rows = await session.execute(
        sa.update(table)
        .where(table.c.id == free.c.id)
        .values(
            status=status,
            crashes=table.c.crashes + 1,
            worker_id=None,
            lease_until=None,
            finished_at=sa.case((over, sa.func.now()), else_=sa.null()),
            # Whoever asked that a job stops got what they wanted: that is no error.
            error_code=sa.case((cancelled, sa.null()), (poison, code), else_=table.c.error_code),
        )
        .returning(table.c.id, table.c.status)
    )
    found = rows.all()
    if queue is INGESTION:
        await tell_ended(session, [job_id for job_id, _ in found])
    return [str(getattr(value, "value", value)) for _, value in found]


def _held_by(queue: Queue, worker_id: Any) -> list[sa.ColumnElement[bool]]:
    table = queue.table
    return [table.c.worker_id == worker_id, table.c.status == "processing"]
