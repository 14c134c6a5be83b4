"""Waiting for jobs: another worker is left to it, and where none lives this process works."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from cogep_assist.cli.waiting import Standing, has_worker, wait_for_jobs
from cogep_assist.core import secret_key
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.ingestion_service.submission import Options, text_submission
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.worker_service.process import work


@pytest.fixture
async def job(settings: Settings, database: Database) -> UUID:
    secret_key.load(settings)
    submission = text_submission("As férias são de trinta dias.", Options(), settings)
    (made,) = await submit(database, SYSTEM, [submission])
    return made


async def test_works_here_where_nobody_else_does(
    settings: Settings, database: Database, job: UUID
) -> None:
    told: list[Standing] = []
    assert not await has_worker(database)
    await wait_for_jobs(settings, database, [job], tell=told.append)
    assert (told[-1].ended, told[-1].failed, told[-1].total) == (1, 0, 1)
    assert not await has_worker(database)


async def test_leaves_the_work_to_another(
    settings: Settings, database: Database, job: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        pytest.fail("a second worker was started")

    monkeypatch.setattr("cogep_assist.cli.waiting.work", never)
    stop = asyncio.Event()
    worker = asyncio.create_task(work(settings, database, stop))
    async with asyncio.timeout(30):
        while not await has_worker(database):
            await asyncio.sleep(0.05)
        await wait_for_jobs(settings, database, [job], tell=lambda _: None)
    stop.set()
    await worker


async def test_a_worker_that_died_counts_no_more(settings: Settings, database: Database) -> None:
    stop = asyncio.Event()
    worker = asyncio.create_task(work(settings, database, stop))
    async with asyncio.timeout(30):
        while not await has_worker(database):
            await asyncio.sleep(0.05)
    stop.set()
    await worker
    assert not await has_worker(database)


async def test_a_job_that_is_gone_is_not_waited_for(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    async with asyncio.timeout(20):
        await wait_for_jobs(settings, database, [uuid7()], tell=lambda _: None)
