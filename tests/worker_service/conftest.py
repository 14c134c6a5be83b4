"""Drainers on a test's own database, and how its jobs stand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.models import IngestionJob, JobStatus
from cogep_assist.core.queue import INGESTION, Claim
from cogep_assist.worker_service.drain import Drainer
from cogep_assist.worker_service.job_line import Work
from cogep_assist.worker_service.registration import Registration

AddJob = Callable[..., Awaitable[UUID]]
Run = Callable[[Claim], Awaitable[bool]]
MakeDrainer = Callable[..., Drainer]


@pytest.fixture
async def registration(database: Database) -> AsyncIterator[Registration]:
    opened = Registration(database, capacity=4, lease_seconds=60)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def drainer(database: Database, registration: Registration) -> AsyncIterator[MakeDrainer]:
    """Make drainers of this test; all are shut down at its end."""
    made: list[Drainer] = []

    def make(run: Run, *, slots: int = 3) -> Drainer:
        made.append(
            Drainer(
                database,
                registration,
                [Work(INGESTION, run, slots)],
                lease_seconds=60,
                poll_seconds=0.05,
            )
        )
        return made[-1]

    yield make
    for one in made:
        await one.shut_down(grace_seconds=0.1)


async def statuses(database: Database) -> dict[UUID, JobStatus]:
    async with database.begin() as session:
        rows = await session.execute(sa.select(IngestionJob.id, IngestionJob.status))
        return {row.id: row.status for row in rows}
