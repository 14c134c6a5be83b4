"""Waiting for jobs: watching their rows, and working in this process where nobody else does."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import IngestionJob, JobStage, JobStatus, Worker
from cogep_assist.worker_service.process import work
from cogep_assist.worker_service.reaper import LOCK_IS_GONE

LOOK_EVERY_SECONDS = 0.3
LOOK_FOR_WORKERS_SECONDS = 3.0
WORKER_LEAVES_SECONDS = 10.0
ENDED = {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the awaited jobs stand: how many ended, and how many are at each stage."""

    total: int
    ended: int
    failed: int
    stages: Counter[JobStage | None] = field(default_factory=Counter)
    share: float = 0.0


async def has_worker(database: Database) -> bool:
    """Tell whether a living worker takes jobs from this database."""
    recent = Worker.seen_at > sa.func.now() - sa.text("interval '30 seconds'")
    dead = sa.select(Worker.id).where(LOCK_IS_GONE).correlate(None)
    living = (
        sa.select(Worker.id)
        .where(Worker.id.not_in(dead), Worker.idle_reason.is_(None), recent)
        .limit(1)
    )
    async with database.begin() as session:
        return await session.scalar(living) is not None


async def wait_for_jobs(
    settings: Settings,
    database: Database,
    ids: Sequence[UUID],
    *,
    tell: Callable[[Standing], None],
) -> None:
    """Return once every job has ended; works here for as long as no other worker lives."""
    async with helper(settings, database) as help_out:
        waiting = set(ids)
        failed = rounds = 0
        while waiting:
            ended, broken, stages, share = await _look(database, waiting)
            waiting -= ended
            failed += broken
            done = len(ids) - len(waiting)
            tell(Standing(len(ids), done, failed, stages, done + share))
            if not waiting:
                return
            if rounds % round(LOOK_FOR_WORKERS_SECONDS / LOOK_EVERY_SECONDS) == 0:
                await help_out()
            rounds += 1
            await asyncio.sleep(LOOK_EVERY_SECONDS)


@asynccontextmanager
async def helper(
    settings: Settings, database: Database
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Give what makes this process work, for the block's time, if no other worker lives then."""
    stop = asyncio.Event()
    mine: asyncio.Task[None] | None = None

    async def help_out() -> None:
        nonlocal mine
        if mine is not None and mine.done():
            # It ends by itself only by an error, which is the person's to see.
            mine.result()
        if mine is None and not await has_worker(database):
            mine = asyncio.create_task(work(settings, database, stop))

    try:
        yield help_out
    finally:
        stop.set()
        if mine is not None:
            await _leave(mine)


async def _look(
    database: Database, waiting: set[UUID]
) -> tuple[set[UUID], int, Counter[JobStage | None], float]:
    statement = sa.select(
        IngestionJob.id, IngestionJob.status, IngestionJob.stage, IngestionJob.progress
    ).where(IngestionJob.id == sa.any_(sa.bindparam("ids", list(waiting), sa.ARRAY(sa.Uuid()))))
    async with database.begin() as session:
        rows = (await session.execute(statement)).all()
    ended = {row.id for row in rows if row.status in ENDED}
    failed = sum(row.status is JobStatus.FAILED for row in rows)
    running = [row for row in rows if row.status is JobStatus.PROCESSING]
    # A row that is gone will never end: it was swept, or its collection was.
    gone = waiting - {row.id for row in rows}
    return (
        ended | gone,
        failed,
        Counter(row.stage for row in running),
        sum(row.progress for row in running) / 100,
    )


async def _leave(worker: asyncio.Task[None]) -> None:
    await asyncio.wait([worker], timeout=WORKER_LEAVES_SECONDS)
    if not worker.done():
        worker.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await worker
