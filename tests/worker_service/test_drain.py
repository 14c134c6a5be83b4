"""The drain: side by side, one bad job never stops the others, an orderly stop loses none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import IngestionJob, JobStatus
from cogep_assist.core.queue import INGESTION, CancelledJobError, Claim, complete
from cogep_assist.worker_service.drain import Drainer, Work
from cogep_assist.worker_service.registration import Registration

AddJob = Callable[..., Awaitable[UUID]]
Run = Callable[[Claim], Awaitable[bool]]


@pytest.fixture
async def registration(database: Database) -> AsyncIterator[Registration]:
    opened = Registration(database, capacity=4, lease_seconds=60)
    await opened.open()
    yield opened
    await opened.close()


def drainer(database: Database, registration: Registration, run: Run, *, slots: int = 3) -> Drainer:
    return Drainer(
        database,
        registration,
        [Work(INGESTION, run, slots)],
        lease_seconds=60,
        poll_seconds=0.05,
    )


async def statuses(database: Database) -> dict[UUID, JobStatus]:
    async with database.begin() as session:
        rows = await session.execute(sa.select(IngestionJob.id, IngestionJob.status))
        return {row.id: row.status for row in rows}


async def test_everything_due_is_done_and_no_more_at_a_time_than_slots(
    database: Database, registration: Registration, add_job: AddJob
) -> None:
    for _ in range(10):
        await add_job()
    running, most = 0, 0

    async def run(claimed: Claim) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        async with database.begin() as session:
            await complete(session, INGESTION, claimed)
        running -= 1
        return False

    assert await drainer(database, registration, run).drain() == 10
    assert most == 3
    assert set((await statuses(database)).values()) == {JobStatus.COMPLETED}


async def test_one_bad_job_never_stops_the_others(
    database: Database, registration: Registration, add_job: AddJob
) -> None:
    refused, broken, cancelled, good = [await add_job() for _ in range(4)]

    async def run(claimed: Claim) -> bool:
        if claimed.id == refused:
            raise AppError("content_missing")
        if claimed.id == broken:
            raise ZeroDivisionError("texto de um documento")
        if claimed.id == cancelled:
            raise CancelledJobError
        return True

    await drainer(database, registration, run).drain()
    found = await statuses(database)
    assert found[refused] is JobStatus.FAILED
    assert found[broken] is JobStatus.PENDING  # it may pass; it waits for its next attempt
    assert found[cancelled] is JobStatus.CANCELLED
    assert found[good] is JobStatus.COMPLETED


async def test_the_words_of_an_unforeseen_error_stay_out_of_the_job(
    database: Database, registration: Registration, add_job: AddJob
) -> None:
    job_id = await add_job()

    async def run(_: Claim) -> bool:
        raise ValueError("CPF de Conceição Araújo")

    await drainer(database, registration, run).drain()
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
    assert job.error_code == "internal_error"
    assert job.error_details == {"kind": "ValueError"}


async def test_jobs_that_end_well_are_completed_together(
    database: Database, registration: Registration, add_job: AddJob
) -> None:
    for _ in range(9):
        await add_job()

    async def run(_: Claim) -> bool:
        return True

    assert await drainer(database, registration, run).drain() == 9
    assert set((await statuses(database)).values()) == {JobStatus.COMPLETED}


async def test_an_orderly_stop_gives_unfinished_work_back_unharmed(
    database: Database, registration: Registration, add_job: AddJob
) -> None:
    job_id = await add_job()
    started = asyncio.Event()

    async def run(_: Claim) -> bool:
        started.set()
        await asyncio.sleep(3600)
        return True

    working = drainer(database, registration, run)
    task = asyncio.create_task(working.run())
    await started.wait()
    await working.shut_down(grace_seconds=0.01)
    await task
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
    assert (job.status, job.failures, job.crashes) == (JobStatus.PENDING, 0, 0)


async def test_a_suspect_runs_alone(
    database: Database, registration: Registration, add_job: AddJob
) -> None:
    suspect = await add_job(crashes=2)
    for _ in range(4):
        await add_job()
    alongside: dict[UUID, int] = {}
    running: set[UUID] = set()

    async def run(claimed: Claim) -> bool:
        running.add(claimed.id)
        await asyncio.sleep(0.02)
        alongside[claimed.id] = len(running)
        async with database.begin() as session:
            await complete(session, INGESTION, claimed)
        running.discard(claimed.id)
        return False

    working = drainer(database, registration, run)
    await working.drain()
    assert alongside[suspect] == 1
    assert len(alongside) == 5


async def test_a_worker_on_another_schema_takes_nothing_and_says_why(
    database: Database, registration: Registration, add_job: AddJob
) -> None:
    await add_job()
    registration.revision = "9999"
    await registration.beat(busy=0)

    async def run(_: Claim) -> bool:
        raise AssertionError("never called")

    assert await drainer(database, registration, run).drain() == 0
    assert registration.idle_reason == "worker_schema_mismatch"
