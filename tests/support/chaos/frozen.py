"""Workers that stand still past their lease: others do their work, and their late write is refused.

Each of several workers holds a job of its own when it is stopped, so that a lease's length is
waited for once for all of them.
"""

import asyncio
import json
import os
import random
import signal
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from chaos.faults import Fault
from chaos.installation import LEASE_SECONDS, Installation
from chaos.restart_times import submit_url
from chaos.slow_web import SlowWeb
from cogep_assist.core.models import Document, DocumentVersion, IngestionJob, JobStatus, Worker

PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Held:
    """A job, and the process that held it when it was stopped."""

    job_id: UUID
    process_id: int


def freeze_workers(web: SlowWeb) -> Fault:
    """Return the fault: all workers but one are stopped in the midst of a job, and go on later."""

    async def freeze(installation: Installation, rng: random.Random) -> int:
        workers = await _process_ids(installation)
        names = [f"gelo-{rng.random()}" for _ in workers]
        urls = {name: web.held_url(name) for name in names}
        jobs = {await submit_url(installation, url): name for name, url in urls.items()}
        everybody = await _all_held(installation, list(jobs))
        held = everybody[: len(workers) - 1]
        await asyncio.sleep(rng.uniform(0, 0.5))
        for one in held:
            os.kill(one.process_id, signal.SIGSTOP)
        try:
            web.let_go(jobs[everybody[-1].job_id])
            await _taken_over(installation, [one.job_id for one in held])
        finally:
            for one in held:
                os.kill(one.process_id, signal.SIGCONT)
        await asyncio.sleep(rng.uniform(0, 0.5))
        for one in held:
            web.let_go(jobs[one.job_id])
        await _refused(installation, held)
        await _each_once(installation, list(urls.values()))
        return len(held)

    freeze.__name__ = "freeze_workers"
    return freeze


async def _process_ids(installation: Installation) -> list[int]:
    async with installation.database.begin() as session:
        return list(await session.scalars(sa.select(Worker.process_id)))


async def _all_held(installation: Installation, jobs: list[UUID]) -> list[Held]:
    """Wait until every job is held, each by a worker of its own, as each has one slot."""
    holders = (
        sa.select(IngestionJob.id, Worker.process_id)
        .join(Worker, Worker.id == IngestionJob.worker_id)
        .where(IngestionJob.id.in_(jobs), IngestionJob.status == JobStatus.PROCESSING)
    )
    rows: list[tuple[UUID, int]] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(rows) < len(jobs):
            await asyncio.sleep(0.02)
            async with installation.database.begin() as session:
                rows = [tuple(row) for row in await session.execute(holders)]
    return [Held(*row) for row in rows]


async def _taken_over(installation: Installation, jobs: list[UUID]) -> None:
    """Wait until others have done what the stopped ones held."""
    done = sa.select(sa.func.count()).where(
        IngestionJob.id.in_(jobs), IngestionJob.status == JobStatus.COMPLETED
    )
    async with asyncio.timeout(LEASE_SECONDS + PATIENCE_SECONDS):
        while True:
            async with installation.database.begin() as session:
                if await session.scalar(done) == len(jobs):
                    return
            await asyncio.sleep(0.05)


async def _refused(installation: Installation, held: list[Held]) -> None:
    wanted = {str(one.job_id) for one in held}
    await installation.until(
        lambda: wanted <= _fenced(installation), PATIENCE_SECONDS, "late writes are refused"
    )


def _fenced(installation: Installation) -> set[str]:
    lines = [line for worker in installation.workers for line in worker.said_now.splitlines()]
    events = map(_as_event, (line for line in lines if "job_fenced" in line))
    return {str(e.get("job_id")) for e in events if e.get("event") == "job_fenced"}


def _as_event(line: str) -> dict[str, object]:
    try:
        found = json.loads(line[line.index("{") :])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _each_once(installation: Installation, urls: list[str]) -> None:
    versions = (
        sa.select(Document.uri, sa.func.count())
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(Document.uri.in_(urls))
        .group_by(Document.uri)
    )
    async with installation.database.begin() as session:
        found = dict((await session.execute(versions)).all())
    assert found == dict.fromkeys(urls, 1), f"versions of each: {found}"
