"""What a dead or frozen worker held comes back; nobody else's work is touched."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from cogep_assist.core import advisory_locks, schema
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.db import Database, conninfo, driver_connection
from cogep_assist.core.models import (
    BackgroundJob,
    BackgroundStatus,
    IngestionJob,
    JobStatus,
    Worker,
)
from cogep_assist.core.queue import INGESTION, Claim, complete, hold
from cogep_assist.core.queue_claim import claim
from cogep_assist.worker_service import reaper
from cogep_assist.worker_service.reaper import Reaped, reap, takes_lock
from cogep_assist.worker_service.registration import Registration

AddJob = Callable[..., Awaitable[UUID]]


async def register(database: Database) -> Registration:
    registration = Registration(database, capacity=4, lease_seconds=60)
    await registration.open()
    return registration


async def take(database: Database, worker_id: UUID, *, suspects: bool = False) -> list[Claim]:
    async with database.begin() as session:
        return await claim(
            await driver_connection(session),
            INGESTION,
            worker_id=worker_id,
            revision=schema.head(),
            limit=10,
            lease_seconds=60,
            suspects=suspects,
        )


async def round_of(database: Database) -> Reaped:
    async with database.begin() as session:
        return await reap(session)


async def die(database: Database, registration: Registration) -> None:
    """Lose the connection as a killed process does: the lock goes, the row stays."""
    assert registration._connection is not None
    pid = registration._connection.info.backend_pid
    await registration._close_connection()
    there = sa.text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = :pid")
    async with asyncio.timeout(10), database.begin() as session:
        while await session.scalar(there, {"pid": pid}):
            await asyncio.sleep(0.01)


async def test_a_living_worker_keeps_its_jobs(database: Database, add_job: AddJob) -> None:
    await add_job()
    registration = await register(database)
    (held,) = await take(database, registration.worker_id)
    assert await round_of(database) == Reaped()
    async with database.begin() as session:
        await hold(session, INGESTION, held)
    await registration.close()


async def test_a_dead_workers_jobs_come_back_at_once(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    await die(database, registration)
    assert await round_of(database) == Reaped(workers=1, returned=1)
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
        assert (job.status, job.crashes, job.worker_id) == (JobStatus.PENDING, 1, None)
        assert await session.scalar(sa.select(sa.func.count()).select_from(Worker)) == 0


async def test_a_frozen_workers_lease_runs_out(database: Database, add_job: AddJob) -> None:
    await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    async with database.begin() as session:
        await session.execute(
            sa.update(IngestionJob).values(lease_until=sa.func.now() - sa.text("interval '1 s'"))
        )
    assert await round_of(database) == Reaped(returned=1)
    await registration.close()


async def expire_leases(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(
            sa.update(IngestionJob).values(lease_until=sa.func.now() - sa.text("interval '1 s'"))
        )


async def test_a_heartbeat_renews_the_lease(database: Database, add_job: AddJob) -> None:
    await add_job()
    registration = await register(database)
    (held,) = await take(database, registration.worker_id)
    await expire_leases(database)
    await registration.beat(busy=1, held=[(INGESTION, [held.id])])
    assert await round_of(database) == Reaped()
    await registration.close()


async def test_a_job_that_its_worker_lost_sight_of_comes_free(
    database: Database, add_job: AddJob
) -> None:
    known, lost = await add_job(), await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    await expire_leases(database)
    await registration.beat(busy=1, held=[(INGESTION, [known])])
    assert await round_of(database) == Reaped(returned=1)
    async with database.begin() as session:
        assert (await session.get_one(IngestionJob, lost)).status is JobStatus.PENDING
        assert (await session.get_one(IngestionJob, known)).status is JobStatus.PROCESSING
    await registration.close()


async def test_a_row_that_is_locked_holds_neither_reaper_nor_heartbeat_up(
    database: Database, add_job: AddJob
) -> None:
    await add_job(), await add_job()
    registration = await register(database)
    locked, free = await take(database, registration.worker_id)
    await expire_leases(database)
    async with database.begin() as storing:
        await hold(storing, INGESTION, locked)
        async with asyncio.timeout(5):
            await registration.beat(busy=2, held=[(INGESTION, [locked.id])])
            assert await round_of(database) == Reaped(returned=1)
        await complete(storing, INGESTION, locked)
    async with database.begin() as session:
        assert (await session.get_one(IngestionJob, locked.id)).status is JobStatus.COMPLETED
        assert (await session.get_one(IngestionJob, free.id)).status is JobStatus.PENDING
    await registration.close()


async def test_a_dead_worker_is_remembered_until_its_last_job_is_free(
    database: Database, add_job: AddJob
) -> None:
    await add_job()
    registration = await register(database)
    (held,) = await take(database, registration.worker_id)
    await die(database, registration)
    async with database.begin() as last_transaction:
        await hold(last_transaction, INGESTION, held)
        assert await round_of(database) == Reaped(workers=1)
    assert await round_of(database) == Reaped(workers=1, returned=1)
    assert await round_of(database) == Reaped()


async def test_who_leaves_gives_back_what_it_holds(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    await registration.close()
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
    assert (job.status, job.crashes, job.worker_id) == (JobStatus.PENDING, 0, None)


async def test_a_lock_that_the_server_still_holds_is_replaced(database: Database) -> None:
    registration = await register(database)
    half_open = registration._connection
    assert half_open is not None
    registration._connection = None
    async with asyncio.timeout(5):
        await registration.open()
    assert await round_of(database) == Reaped()
    await half_open.close()
    assert await round_of(database) == Reaped()
    await registration.close()


async def test_a_suspect_is_given_only_to_who_runs_it_alone(
    database: Database, add_job: AddJob
) -> None:
    suspect, other = await add_job(crashes=1), await add_job()
    registration = await register(database)
    assert [c.id for c in await take(database, registration.worker_id)] == [other]
    assert [c.id for c in await take(database, registration.worker_id, suspects=True)] == [suspect]
    await registration.close()


async def test_poison_is_set_aside_after_three_crashes(database: Database, add_job: AddJob) -> None:
    poison = await add_job()
    for crash in range(3):
        registration = await register(database)
        assert await take(database, registration.worker_id, suspects=crash > 0)
        await die(database, registration)
        await round_of(database)
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, poison)
        assert (job.status, job.error_code) == (JobStatus.FAILED, "worker_crashed")


async def test_a_cancelled_job_of_a_dead_worker_ends_cancelled(
    database: Database, add_job: AddJob
) -> None:
    job_id = await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    async with database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(cancel_requested=True))
    await die(database, registration)
    await round_of(database)
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
        # It was to stop, and it did: the death of its worker is no error of its own.
        assert (job.status, job.error_code) == (JobStatus.CANCELLED, None)


async def test_what_was_completed_stays_completed(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    registration = await register(database)
    (held,) = await take(database, registration.worker_id)
    async with database.begin() as session:
        await complete(session, INGESTION, held)
    await die(database, registration)
    assert await round_of(database) == Reaped(workers=1)
    async with database.begin() as session:
        assert (await session.get_one(IngestionJob, job_id)).status is JobStatus.COMPLETED


async def test_only_one_reaper_works_at_a_time(database: Database, add_job: AddJob) -> None:
    await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    await die(database, registration)
    async with database.begin() as first, database.begin() as second:
        assert (await reap(first)).returned == 1
        assert await reap(second) == Reaped()


async def test_a_reaper_that_falls_asleep_gives_its_turn_away(
    database: Database, add_job: AddJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaper, "ASLEEP_AFTER", "300ms")
    await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    await die(database, registration)
    asleep = database.sessions()
    try:
        assert (await reap(asleep)).returned == 1
        async with asyncio.timeout(10):
            while (await round_of(database)).returned == 0:
                await asyncio.sleep(0.05)
        with pytest.raises(DBAPIError):
            await asleep.execute(sa.select(1))
    finally:
        await asleep.close()


async def test_a_workers_sessions_end_when_it_sleeps_in_them(database_url: URL) -> None:
    timeout = sa.text("SHOW idle_in_transaction_session_timeout")
    database = Database(database_url, pool_size=1)
    try:
        database.let_go_when_asleep(60)
        async with database.begin() as session:
            assert await session.scalar(timeout) == "1min"
            assert await session.scalar(sa.text("SELECT current_user")) == "cogep_app"
            assert await takes_lock(session, advisory_locks.REAPER)
            assert await session.scalar(timeout) == "5s"
        async with database.begin() as session:
            assert await session.scalar(timeout) == "1min"
    finally:
        await database.close()


async def running_duty(database: Database, registration: Registration, subject: str) -> UUID:
    job_id = uuid7()
    async with database.begin() as session:
        session.add(
            BackgroundJob(
                id=job_id,
                kind="merge_segments",
                subject=subject,
                status=BackgroundStatus.PROCESSING,
                worker_id=registration.worker_id,
                attempts=1,
            )
        )
    return job_id


async def test_a_duty_comes_back_although_another_of_its_kind_waits(
    database: Database, add_job: AddJob
) -> None:
    await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    held = [await running_duty(database, registration, "férias") for _ in range(2)]
    async with database.begin() as session:
        assert await enqueue_background(session, "merge_segments", "férias") == 1
        assert await enqueue_background(session, "merge_segments", "férias") == 0
    await die(database, registration)
    assert await round_of(database) == Reaped(workers=1, returned=3)
    async with database.begin() as session:
        waiting = await session.scalars(
            sa.select(BackgroundJob.id).where(BackgroundJob.status == BackgroundStatus.PENDING)
        )
        assert set(held) < set(waiting)


async def test_one_queues_trouble_does_not_hold_up_the_other(
    database: Database, database_url: URL, add_job: AddJob
) -> None:
    job_id = await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    await running_duty(database, registration, "ponto")
    with psycopg.connect(conninfo(database_url)) as owner:
        owner.execute(
            "ALTER TABLE access.background_job ADD CONSTRAINT never_again"
            " CHECK (status <> 'pending') NOT VALID"
        )
    await die(database, registration)
    assert (await round_of(database)).returned == 1
    async with database.begin() as session:
        assert (await session.get_one(IngestionJob, job_id)).status is JobStatus.PENDING
        # It still holds something, and must be found again.
        assert await session.get(Worker, registration.worker_id) is not None
