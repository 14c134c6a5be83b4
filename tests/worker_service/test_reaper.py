"""What a dead or frozen worker held comes back; nobody else's work is touched."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core import schema
from cogep_assist.core.db import Database
from cogep_assist.core.models import IngestionJob, JobStatus, Worker
from cogep_assist.core.queue import INGESTION, Claim, claim, complete, hold
from cogep_assist.worker_service.reaper import Reaped, reap
from cogep_assist.worker_service.registration import Registration

AddJob = Callable[..., Awaitable[UUID]]


async def register(database: Database) -> Registration:
    registration = Registration(database, capacity=4, lease_seconds=60)
    await registration.open()
    return registration


async def take(database: Database, worker_id: UUID, *, suspects: bool = False) -> list[Claim]:
    async with database.begin() as session:
        return await claim(
            session,
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


async def die(registration: Registration) -> None:
    """Lose the connection as a killed process does: the lock goes, the row stays."""
    await registration._close_connection()


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
    await die(registration)
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


async def test_a_heartbeat_renews_the_lease(database: Database, add_job: AddJob) -> None:
    await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    async with database.begin() as session:
        await session.execute(
            sa.update(IngestionJob).values(lease_until=sa.func.now() - sa.text("interval '1 s'"))
        )
    await registration.beat(busy=1)
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
        await die(registration)
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
    await die(registration)
    await round_of(database)
    async with database.begin() as session:
        assert (await session.get_one(IngestionJob, job_id)).status is JobStatus.CANCELLED


async def test_what_was_completed_stays_completed(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    registration = await register(database)
    (held,) = await take(database, registration.worker_id)
    async with database.begin() as session:
        await complete(session, INGESTION, held)
    await die(registration)
    assert await round_of(database) == Reaped(workers=1)
    async with database.begin() as session:
        assert (await session.get_one(IngestionJob, job_id)).status is JobStatus.COMPLETED


async def test_only_one_reaper_works_at_a_time(database: Database, add_job: AddJob) -> None:
    await add_job()
    registration = await register(database)
    await take(database, registration.worker_id)
    await die(registration)
    async with database.begin() as first, database.begin() as second:
        assert (await reap(first)).returned == 1
        assert await reap(second) == Reaped()
