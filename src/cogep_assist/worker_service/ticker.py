"""Start recurring duties when they are due; one ticker at a time, by the database's clock."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.models import BackgroundJob, ScheduleRun
from cogep_assist.retrieval.merge import collections_due

TICKER_LOCK = 7_204_115_903
EVERY = {"sweep_blobs": timedelta(hours=1), "sweep_expired": timedelta(minutes=15)}


async def tick(session: AsyncSession) -> int:
    """Enqueue what is due and return how many jobs that made; safe to call at any time."""
    if not await session.scalar(
        sa.text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": TICKER_LOCK}
    ):
        return 0
    made = await _merges(session)
    for name, every in EVERY.items():
        made += await _scheduled(session, name, every)
    return made


async def _merges(session: AsyncSession) -> int:
    made = 0
    for collection_id in await collections_due(session):
        made += await _enqueue(session, "merge_segments", str(collection_id))
    return made


async def _scheduled(session: AsyncSession, name: str, every: timedelta) -> int:
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
    return await _enqueue(session, name, "") if ran is not None else 0


async def _enqueue(session: AsyncSession, kind: str, subject: str) -> int:
    # One that waits is enough; one that runs may have looked already, so a second may wait.
    made = await session.execute(
        insert(BackgroundJob)
        .values(id=uuid7(), kind=kind, subject=subject)
        .on_conflict_do_nothing(
            index_elements=["kind", "subject"], index_where=sa.text("status = 'pending'")
        )
        .returning(BackgroundJob.id)
    )
    return len(made.all())
