"""The drain while connections are lost or the database is away: no job is, nor its end."""

import asyncio
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from tests.worker_service.conftest import AddJob, MakeDrainer, statuses

from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import IngestionJob, JobStatus
from cogep_assist.core.queue import Claim
from cogep_assist.worker_service import job_ends
from cogep_assist.worker_service.outcome import record_outcome


@pytest.mark.slow
async def test_a_connection_that_is_lost_under_claims_or_ends_costs_no_job(
    database: Database, drainer: MakeDrainer, add_job: AddJob
) -> None:
    for _ in range(20):
        await add_job()
    ran: list[UUID] = []

    async def run(claimed: Claim) -> bool:
        ran.append(claimed.id)
        if len(ran) in {3, 8}:
            await terminate(database, "query LIKE '%%FOR UPDATE SKIP LOCKED%%'")
        if len(ran) in {11, 16}:
            await terminate(database, "query LIKE '%%SET status = ''completed''%%'")
        return True

    working = drainer(run)
    task = asyncio.create_task(working.run())
    async with asyncio.timeout(30):
        while set((await statuses(database)).values()) != {JobStatus.COMPLETED}:
            await asyncio.sleep(0.05)
    working.stop()
    await task
    assert len(set(ran)) == 20


async def test_a_database_that_goes_away_under_a_job_is_not_its_fault(
    database: Database, drainer: MakeDrainer, add_job: AddJob
) -> None:
    job_id = await add_job()

    async def run(_: Claim) -> bool:
        async with database.begin() as session:
            mine = await session.scalar(sa.text("SELECT pg_backend_pid()"))
            await terminate(database, "pid = %s", mine)
            await session.execute(sa.text("SELECT 1"))
        return True

    await drainer(run).drain()
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
    assert (job.status, job.failures, job.crashes) == (JobStatus.PENDING, 0, 0)
    assert job.available_at > job.created_at


async def test_the_end_of_a_job_is_written_once_the_database_is_back(
    database: Database,
    drainer: MakeDrainer,
    add_job: AddJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = await add_job()
    away = 3

    async def now_and_then(*arguments: object) -> None:
        nonlocal away
        away -= 1
        if away > 0:
            raise psycopg.OperationalError("server closed the connection")
        await record_outcome(*arguments)  # type: ignore[arg-type]  # passed on as given

    monkeypatch.setattr(job_ends, "record_outcome", now_and_then)

    async def run(_: Claim) -> bool:
        raise AppError("empty_text")

    working = drainer(run)
    task = asyncio.create_task(working.run())
    async with asyncio.timeout(20):
        while (await statuses(database))[job_id] is not JobStatus.FAILED:
            await asyncio.sleep(0.05)
    working.stop()
    await task
    assert not working.unrecorded


async def terminate(database: Database, which: LiteralString, *values: object) -> None:
    """End server processes of this database, as their owner may."""
    async with await psycopg.AsyncConnection.connect(conninfo(database.url)) as owner:
        ended = await owner.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND " + which,
            values,
        )
        assert ended.rowcount > 0
