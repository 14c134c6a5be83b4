"""The queue's promises: order, fences, retries, and one winner for each job."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import queue, schema
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import IngestionJob, JobStatus
from cogep_assist.core.queue import (
    INGESTION,
    CancelledJobError,
    Claim,
    FencedError,
    cancel,
    complete,
    fail,
    give_back,
    hold,
    retry,
    save_progress,
)
from cogep_assist.core.queue_claim import claim

AddJob = Callable[..., Awaitable[UUID]]


async def take(database: Database, limit: int = 10, **options: Any) -> list[Claim]:
    async with database.begin() as session:
        return await claim(
            await driver_connection(session),
            INGESTION,
            worker_id=options.pop("worker_id", None) or uuid7(),
            revision=options.pop("revision", schema.head()),
            limit=limit,
            lease_seconds=60,
            **options,
        )


async def row_of(database: Database, job_id: UUID) -> IngestionJob:
    async with database.begin() as session:
        return await session.get_one(IngestionJob, job_id)


async def test_jobs_come_by_priority_then_by_submission(
    database: Database, add_job: AddJob
) -> None:
    first, second = await add_job(), await add_job()
    urgent = await add_job(priority=5)
    assert [job.id for job in await take(database)] == [urgent, first, second]


async def test_no_more_than_the_free_slots_are_taken(database: Database, add_job: AddJob) -> None:
    for _ in range(5):
        await add_job()
    assert len(await take(database, limit=2)) == 2
    assert len(await take(database, limit=0)) == 0
    assert len(await take(database, limit=10)) == 3


async def test_many_claimants_share_the_jobs_and_none_is_taken_twice(
    database: Database, add_job: AddJob
) -> None:
    jobs = {await add_job() for _ in range(40)}
    taken = await asyncio.gather(*(take(database, limit=7) for _ in range(10)))
    ids = [job.id for batch in taken for job in batch]
    assert sorted(ids) == sorted(jobs)


async def test_jobs_of_one_document_run_one_after_the_other(
    database: Database, add_job: AddJob
) -> None:
    first = await add_job("external:portaria")
    second = await add_job("external:portaria", priority=9)
    (held,) = await take(database)
    assert held.id == first
    async with database.begin() as session:
        await complete(session, INGESTION, held)
    (held,) = await take(database)
    assert held.id == second


async def test_a_job_in_backoff_keeps_its_later_siblings_waiting(
    database: Database, add_job: AddJob
) -> None:
    await add_job("external:portaria")
    await add_job("external:portaria")
    (held,) = await take(database)
    async with database.begin() as session:
        assert await fail(session, INGESTION, held, AppError("database_unavailable"))
    assert await take(database) == []


async def test_a_worker_on_another_schema_revision_gets_nothing(
    database: Database, add_job: AddJob
) -> None:
    await add_job()
    assert await take(database, revision="9999") == []


Write = Callable[[AsyncSession, Claim], Awaitable[object]]


@pytest.mark.parametrize(
    "write",
    [
        lambda session, held: complete(session, INGESTION, held),
        lambda session, held: fail(session, INGESTION, held, AppError("internal_error")),
        lambda session, held: hold(session, INGESTION, held),
        lambda session, held: save_progress(session, INGESTION, held, progress=50),
    ],
)
async def test_a_late_worker_is_refused(database: Database, add_job: AddJob, write: Write) -> None:
    job_id = await add_job()
    (late,) = await take(database)
    async with database.begin() as session:
        await give_back(session, INGESTION, [late])
    (winner,) = await take(database)
    with pytest.raises(FencedError):
        async with database.begin() as session:
            await write(session, late)
    async with database.begin() as session:
        await complete(session, INGESTION, winner)
    assert (await row_of(database, job_id)).status is JobStatus.COMPLETED


async def test_the_same_worker_is_refused_for_an_earlier_attempt(
    database: Database, add_job: AddJob
) -> None:
    await add_job()
    worker_id = uuid7()
    (first,) = await take(database, worker_id=worker_id)
    async with database.begin() as session:
        await give_back(session, INGESTION, [first])
    await take(database, worker_id=worker_id)
    with pytest.raises(FencedError):
        async with database.begin() as session:
            await complete(session, INGESTION, first)


async def test_a_passing_error_is_retried_and_then_fails_with_its_cause(
    database: Database, add_job: AddJob
) -> None:
    job_id = await add_job(max_attempts=2)
    (held,) = await take(database)
    async with database.begin() as session:
        assert await fail(session, INGESTION, held, AppError("database_unavailable"))
    waiting = await row_of(database, job_id)
    assert (waiting.status, waiting.failures) == (JobStatus.PENDING, 1)
    assert await take(database) == []
    async with database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(available_at=sa.func.now()))
    (held,) = await take(database)
    async with database.begin() as session:
        assert not await fail(session, INGESTION, held, AppError("database_unavailable"))
    failed = await row_of(database, job_id)
    assert (failed.status, failed.error_code) == (JobStatus.FAILED, "database_unavailable")
    assert failed.finished_at is not None


async def test_an_error_that_will_not_pass_is_not_retried(
    database: Database, add_job: AddJob
) -> None:
    job_id = await add_job()
    (held,) = await take(database)
    async with database.begin() as session:
        assert not await fail(session, INGESTION, held, AppError("content_missing"))
    assert (await row_of(database, job_id)).status is JobStatus.FAILED


async def test_the_servers_wish_to_wait_is_kept(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    (held,) = await take(database)
    async with database.begin() as session:
        await fail(session, INGESTION, held, AppError("database_unavailable"), retry_after=300)
    async with database.begin() as session:
        wait = await session.scalar(
            sa.select(sa.func.extract("epoch", IngestionJob.available_at - sa.func.now())).where(
                IngestionJob.id == job_id
            )
        )
    assert wait is not None
    assert 290 < wait <= 300


async def test_a_waiting_job_is_cancelled_at_once(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    async with database.begin() as session:
        assert await cancel(session, INGESTION, job_id) == "pending"
    assert (await row_of(database, job_id)).status is JobStatus.CANCELLED
    assert await take(database) == []


async def test_a_running_job_is_asked_to_stop(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    (held,) = await take(database)
    async with database.begin() as session:
        assert await cancel(session, INGESTION, job_id) == "processing"
    with pytest.raises(CancelledJobError):
        async with database.begin() as session:
            await hold(session, INGESTION, held)


async def test_a_failed_job_can_be_tried_again(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    (held,) = await take(database)
    async with database.begin() as session:
        await fail(session, INGESTION, held, AppError("content_missing"))
    async with database.begin() as session:
        assert await retry(session, INGESTION, job_id) == "failed"
    again = await row_of(database, job_id)
    assert (again.status, again.failures, again.error_code) == (JobStatus.PENDING, 0, None)
    (held,) = await take(database)
    assert held.id == job_id


async def test_a_completed_job_stays_completed(database: Database, add_job: AddJob) -> None:
    job_id = await add_job()
    (held,) = await take(database)
    async with database.begin() as session:
        await complete(session, INGESTION, held)
    async with database.begin() as session:
        assert await retry(session, INGESTION, job_id) == "completed"
        assert await cancel(session, INGESTION, job_id) == "completed"
    assert (await row_of(database, job_id)).status is JobStatus.COMPLETED


async def test_what_does_not_exist_is_told(database: Database) -> None:
    async with database.begin() as session:
        assert await cancel(session, INGESTION, uuid7()) is None
        assert await retry(session, INGESTION, uuid7()) is None


async def test_who_falls_asleep_while_it_holds_a_job_loses_the_transaction(
    database: Database, add_job: AddJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ASLEEP_AFTER", "100ms")
    await add_job()
    (held,) = await take(database)

    async def fall_asleep() -> None:
        async with database.begin() as sleeping:
            await hold(sleeping, INGESTION, held)
            await asyncio.sleep(1)
            await complete(sleeping, INGESTION, held)

    with pytest.raises(DBAPIError):
        await fall_asleep()
    async with asyncio.timeout(5), database.begin() as session:
        await hold(session, INGESTION, held)
        await complete(session, INGESTION, held)
