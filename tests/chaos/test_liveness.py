"""A dead worker's jobs run again at once; a frozen one's come free, and it writes nothing."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psutil
import pytest
from chaos.frozen import freeze_workers
from chaos.installation import Installation, installed, pool_of
from chaos.invariants import settled
from chaos.restart_times import p95, report_times, running_again, submit_url, until_processing
from chaos.rounds import Play
from chaos.slow_web import SlowWeb, slow_web
from chaos.topology import MODES, Mode, workers_are_there

pytestmark = pytest.mark.timeout(0)
# On a machine that others use as well, the bar is for the middle and the limit for the end.
BAR_SECONDS = {"embedded": 2.0, "scaled out": 5.0}
LIMIT_SECONDS = {"embedded": 6.0, "scaled out": 12.0}
MOST_TIMED = 30


@dataclass(frozen=True)
class Living:
    """An installation whose workers have one slot each, and the web that they read."""

    mode: Mode
    installation: Installation
    web: SlowWeb


@pytest.fixture(scope="module", params=MODES, ids=lambda mode: mode.name)
async def living(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Living]:
    mode: Mode = request.param
    async with (
        slow_web() as web,
        installed(tmp_path_factory.mktemp("vida"), celery=mode.celery) as made,
    ):
        variables = {"COGEP_FETCH_ALLOW_HOSTS": web.host, "COGEP_WORKER_CONCURRENCY": "1"}
        await mode.start(made, workers=6, **variables)
        yield Living(mode, made, web)


async def test_a_killed_workers_job_runs_again_soon(
    living: Living, rng: random.Random, rounds: int
) -> None:
    installation, times = living.installation, []
    for number in range(min(MOST_TIMED, max(3, rounds))):
        await workers_are_there(installation)
        job = await submit_url(installation, living.web.url(600, f"morte-{number}-{rng.random()}"))
        await submit_url(installation, living.web.url(0, f"vida-{number}-{rng.random()}"))
        process = await until_processing(installation, job)
        await asyncio.sleep(rng.uniform(0, 0.5))
        kill_whoever_has(installation, process)
        times.append(await running_again(installation, [job], 2))
        await settled(installation)
    name = living.mode.name
    report_times(f"{name}: running again after kill -9", times)
    assert sorted(times)[len(times) // 2] <= BAR_SECONDS[name], installation.logs()
    assert p95(times) <= LIMIT_SECONDS[name], installation.logs()


async def test_a_frozen_worker_loses_its_job_and_its_late_write_is_refused(
    living: Living, played: Play, rounds: int
) -> None:
    await workers_are_there(living.installation)
    await played(
        living.installation, freeze_workers(living.web), mode=living.mode.name, rounds=rounds
    )


def kill_whoever_has(installation: Installation, process: int) -> None:
    """Kill a worker with all that it started, or one process of a pool."""
    for worker in installation.workers:
        if worker.pid == process:
            worker.kill_group()
        elif process in [child.pid for child in pool_of(worker)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(process).kill()
