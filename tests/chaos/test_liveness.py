"""A dead worker's jobs run again at once; a frozen one's come free, and it writes nothing."""

import asyncio
import json
import random
import signal
from collections.abc import AsyncIterator
from functools import partial

import pytest
import sqlalchemy as sa
from chaos.installation import COGEP, LEASE_SECONDS, Installation, Part, installed
from chaos.invariants import settled
from chaos.restart_times import p95, report, running_again, submit_url, until_processing
from chaos.slow_web import SlowWeb, slow_web

from cogep_assist.core.models import Document, DocumentVersion, IngestionJob, JobStatus

pytestmark = pytest.mark.timeout(0)
# On a machine that others use as well, the bar is for the middle and the limit for the end.
BAR_SECONDS = 2.0
LIMIT_SECONDS = 6.0


@pytest.fixture(scope="module")
async def web() -> AsyncIterator[SlowWeb]:
    async with slow_web() as serving:
        yield serving


@pytest.fixture(scope="module")
async def installation(
    tmp_path_factory: pytest.TempPathFactory, web: SlowWeb
) -> AsyncIterator[Installation]:
    async with installed(tmp_path_factory.mktemp("vida")) as made:
        serve = (*COGEP, "serve", "--host", "127.0.0.1", "--port", str(made.port))
        made.add("serve", serve)
        for number in (1, 2):
            made.add(
                f"worker{number}",
                (*COGEP, "worker"),
                COGEP_FETCH_ALLOW_HOSTS=f"127.0.0.1:{web.port}",
            )
        await made.until(lambda: made.is_ready, 60, "the API is ready")
        await workers_are_there(made)
        yield made


async def workers_are_there(installation: Installation) -> None:
    await installation.until(
        lambda: all(worker.has_begun for worker in installation.workers), 60, "workers are there"
    )


async def test_a_killed_workers_job_runs_again_soon(
    installation: Installation, web: SlowWeb, rng: random.Random, rounds: int
) -> None:
    times = []
    for number in range(max(3, rounds)):
        await workers_are_there(installation)
        job = await submit_url(installation, web.url(60, f"morte-{number}-{rng.random()}"))
        process = await until_processing(installation, job)
        await asyncio.sleep(rng.uniform(0, 0.5))
        victim = next(w for w in installation.workers if w.pid == process)
        victim.kill_group()
        times.append(await running_again(installation, [job], 2))
        await installation.cancel(job)
        await settled(installation)
    report("running again after kill -9, embedded", times)
    assert sorted(times)[len(times) // 2] <= BAR_SECONDS, installation.logs()
    assert p95(times) <= LIMIT_SECONDS, installation.logs()


async def test_a_frozen_worker_loses_its_job_and_its_late_write_is_refused(
    installation: Installation, web: SlowWeb, rng: random.Random, rounds: int
) -> None:
    for number in range(rounds):
        await workers_are_there(installation)
        name = f"gelo-{number}-{rng.random()}"
        job = await submit_url(installation, web.url(1.5, name))
        process = await until_processing(installation, job)
        frozen = next(w for w in installation.workers if w.pid == process)
        frozen.signal(signal.SIGSTOP)
        try:
            await running_again(installation, [job], 2, seconds=LEASE_SECONDS + 20)
        finally:
            frozen.signal(signal.SIGCONT)
        refused = partial(was_fenced, frozen, str(job))
        await installation.until(refused, 30, "the late write is refused")
        await settled(installation)
        async with installation.database.begin() as session:
            row = await session.get_one(IngestionJob, job)
            versions = await session.scalar(
                sa.select(sa.func.count())
                .select_from(DocumentVersion)
                .join(Document, Document.id == DocumentVersion.document_id)
                .where(Document.uri == web.url(1.5, name))
            )
        assert (row.status, row.attempts, versions) == (JobStatus.COMPLETED, 2, 1)


def was_fenced(worker: Part, job: str) -> bool:
    events = map(as_event, worker.said.splitlines())
    return any(e.get("event") == "job_fenced" and e.get("job_id") == job for e in events)


def as_event(line: str) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
