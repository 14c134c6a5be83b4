"""The drain: side by side, one bad job never stops the others, an orderly stop loses none."""

import asyncio
import time
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs
from tests.worker_service.conftest import AddJob, MakeDrainer, statuses

from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import IngestionJob, JobStatus
from cogep_assist.core.queue import INGESTION, CancelledJobError, Claim, complete
from cogep_assist.core.queue_claim import claim, complete_together
from cogep_assist.worker_service import drain, job_ends
from cogep_assist.worker_service.job_line import MAX_UNRECORDED
from cogep_assist.worker_service.registration import Registration


async def test_everything_due_is_done_and_no_more_at_a_time_than_slots(
    database: Database, drainer: MakeDrainer, add_job: AddJob
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

    assert await drainer(run).drain() == 10
    assert most == 3
    assert set((await statuses(database)).values()) == {JobStatus.COMPLETED}


async def test_one_bad_job_never_stops_the_others(
    database: Database, drainer: MakeDrainer, add_job: AddJob
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

    await drainer(run).drain()
    found = await statuses(database)
    assert found[refused] is JobStatus.FAILED
    assert found[broken] is JobStatus.PENDING  # it may pass; it waits for its next attempt
    assert found[cancelled] is JobStatus.CANCELLED
    assert found[good] is JobStatus.COMPLETED


async def test_the_words_of_an_unforeseen_error_stay_out_of_the_job(
    database: Database, drainer: MakeDrainer, add_job: AddJob
) -> None:
    job_id = await add_job()

    async def run(_: Claim) -> bool:
        raise ValueError("CPF de Conceição Araújo")

    await drainer(run).drain()
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
    assert job.error_code == "internal_error"
    assert job.error_details == {"kind": "ValueError"}


async def test_the_log_says_what_kind_of_unforeseen_error_ended_an_attempt(
    drainer: MakeDrainer, add_job: AddJob
) -> None:
    await add_job()

    async def run(_: Claim) -> bool:
        raise psycopg.errors.DeadlockDetected("João da Conceição")

    with capture_logs() as lines:
        await drainer(run).drain()
    (failed,) = [line for line in lines if line["event"] == "job_failed"]
    assert (failed["code"], failed["kind"]) == ("internal_error", "DeadlockDetected")
    assert "João" not in str(lines)


async def test_jobs_that_end_well_are_completed_together(
    database: Database, drainer: MakeDrainer, add_job: AddJob
) -> None:
    for _ in range(9):
        await add_job()

    async def run(_: Claim) -> bool:
        return True

    assert await drainer(run).drain() == 9
    assert set((await statuses(database)).values()) == {JobStatus.COMPLETED}


async def test_jobs_are_claimed_and_run_while_the_disk_has_yet_to_take_the_ends(
    database: Database,
    drainer: MakeDrainer,
    add_job: AddJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(20):
        await add_job()
    written, most = asyncio.Event(), 0

    async def slowly(*arguments: Any) -> None:
        await written.wait()
        await complete_together(*arguments)

    async def run(_: Claim) -> bool:
        nonlocal most
        most = max(most, len(working.held[0][1]))
        return True

    monkeypatch.setattr(job_ends, "complete_together", slowly)
    working = drainer(run)
    task = asyncio.create_task(working.run())
    async with asyncio.timeout(10):
        while working.busy or not len(working.held[0][1]) > MAX_UNRECORDED * 3:
            await asyncio.sleep(0.01)
    # Those are answered for until the table has their ends, and no more are taken meanwhile.
    assert set((await statuses(database)).values()) == {JobStatus.PROCESSING, JobStatus.PENDING}
    written.set()
    async with asyncio.timeout(10):
        while set((await statuses(database)).values()) != {JobStatus.COMPLETED}:
            await asyncio.sleep(0.01)
    working.stop()
    await task
    assert most <= (MAX_UNRECORDED + 1) * 3


async def test_an_orderly_stop_gives_unfinished_work_back_unharmed(
    database: Database, drainer: MakeDrainer, add_job: AddJob
) -> None:
    job_id = await add_job()
    started = asyncio.Event()

    async def run(_: Claim) -> bool:
        started.set()
        await asyncio.sleep(3600)
        return True

    working = drainer(run)
    task = asyncio.create_task(working.run())
    await started.wait()
    await working.shut_down(grace_seconds=0.01)
    await task
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
    assert (job.status, job.failures, job.crashes) == (JobStatus.PENDING, 0, 0)


async def test_an_orderly_stop_gives_back_what_it_claimed_and_had_not_begun(
    database: Database, drainer: MakeDrainer, add_job: AddJob
) -> None:
    jobs = [await add_job() for _ in range(20)]
    begun: list[UUID] = []
    stopping: list[asyncio.Task[None]] = []

    async def run(claimed: Claim) -> bool:
        if not begun:
            stopping.append(asyncio.create_task(working.shut_down(grace_seconds=0)))
        begun.append(claimed.id)
        # Longer than a turn, and without a wait: those behind it are claimed and do not begin.
        time.sleep(0.02)
        return True

    working = drainer(run, slots=20)
    task = asyncio.create_task(working.run())
    await asyncio.wait_for(task, 10)
    await stopping[0]
    async with database.begin() as session:
        rows = (await session.scalars(sa.select(IngestionJob))).all()
    assert 0 < len(begun) < len(jobs)
    claimed = {job.id for job in rows if job.attempts}
    unbegun = claimed - set(begun)
    assert unbegun
    for job in rows:
        done = job.id in begun
        assert job.status is (JobStatus.COMPLETED if done else JobStatus.PENDING)
        assert done or (job.worker_id, job.lease_until) == (None, None)
        assert (job.failures, job.crashes) == (0, 0)
        assert job.attempts == int(job.id in claimed)


async def test_a_suspect_runs_alone(
    database: Database, drainer: MakeDrainer, add_job: AddJob
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

    working = drainer(run)
    await working.drain()
    assert alongside[suspect] == 1
    assert len(alongside) == 5


async def test_a_ring_while_suspects_are_looked_for_is_not_forgotten(
    drainer: MakeDrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(_: Claim) -> bool:
        return True

    async def rung_meanwhile(*_: object) -> bool:
        working.wake()
        return False

    working = drainer(run)
    monkeypatch.setattr(drain, "has_suspects", rung_meanwhile)
    assert await working.step() == 0
    assert working._works[0].look


async def test_a_worker_on_another_schema_takes_nothing_and_says_why(
    registration: Registration, drainer: MakeDrainer, add_job: AddJob
) -> None:
    await add_job()
    registration.revision = "9999"
    await registration.beat(busy=0)

    async def run(_: Claim) -> bool:
        raise AssertionError("never called")

    assert await drainer(run).drain() == 0
    assert registration.idle_reason == "worker_schema_mismatch"


async def test_jobs_whose_claim_was_never_heard_of_come_back(
    database: Database, registration: Registration, drainer: MakeDrainer, add_job: AddJob
) -> None:
    """The connection is lost between the commit of a claim and its reply."""
    job_id = await add_job()
    async with database.begin() as session:
        await claim(
            await driver_connection(session),
            INGESTION,
            worker_id=registration.worker_id,
            revision=registration.revision,
            limit=1,
            lease_seconds=3600,
        )
    seen: list[UUID] = []

    async def run(claimed: Claim) -> bool:
        seen.append(claimed.id)
        return True

    assert await drainer(run).drain() == 1
    assert seen == [job_id]
    assert set((await statuses(database)).values()) == {JobStatus.COMPLETED}


async def test_slow_jobs_are_left_to_other_workers_and_quick_ones_are_not(
    database: Database, drainer: MakeDrainer, add_job: AddJob
) -> None:
    for _ in range(120):
        await add_job()
    release = asyncio.Event()
    held: list[int] = []

    async def slow(_: Claim) -> bool:
        await release.wait()
        return True

    working = drainer(slow, slots=400)
    task = asyncio.create_task(working.run())
    async with asyncio.timeout(10):
        while working.busy < 2 or working.busy != (held[-1] if held else 0):
            held.append(working.busy)
            await asyncio.sleep(0.2)
    assert working.busy <= 32
    release.set()
    async with asyncio.timeout(10):
        while set((await statuses(database)).values()) != {JobStatus.COMPLETED}:
            await asyncio.sleep(0.05)
    working.stop()
    await task
