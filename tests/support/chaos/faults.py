"""What is done to an installation, in either mode."""

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import Awaitable, Callable

import psutil
import redis

from chaos.installation import Installation, Part, parsers_of, pool_of

# A fault tells how many times it struck where that is not once.
Fault = Callable[[Installation, random.Random], Awaitable[int | None]]
DRAINED_SECONDS = 30.0
DAYS = 86_400.0


async def a_worker(installation: Installation, rng: random.Random) -> Part:
    """Choose a worker that has begun; what is still starting is spared."""
    await installation.until(
        lambda: any(w.has_begun for w in installation.workers), 60, "a worker is there"
    )
    return rng.choice([w for w in installation.workers if w.has_begun])


async def kill_a_worker(installation: Installation, rng: random.Random) -> None:
    """A worker and its parser die; of a prefork pool, now and then one process alone."""
    worker = await a_worker(installation, rng)
    pool = pool_of(worker)
    if pool and rng.random() < 0.5:
        with contextlib.suppress(psutil.NoSuchProcess):
            rng.choice(pool).kill()
    else:
        worker.kill_group()


async def kill_a_parser(installation: Installation, rng: random.Random) -> None:
    """A process that reads documents dies under its worker."""
    parsers = [parser for worker in installation.workers for parser in parsers_of(worker)]
    if parsers:
        with contextlib.suppress(psutil.NoSuchProcess):
            rng.choice(parsers).kill()


async def kill_every_worker(installation: Installation, rng: random.Random) -> None:
    for worker in installation.workers:
        worker.kill_group()


async def kill_the_api(installation: Installation, rng: random.Random) -> None:
    installation.parts["serve"].kill_group()


async def kill_the_database(installation: Installation, rng: random.Random) -> None:
    installation.kill_database()
    await asyncio.sleep(rng.uniform(0, 0.3))
    await asyncio.to_thread(installation.revive_database)


async def kill_a_server_process(installation: Installation, rng: random.Random) -> None:
    """One backend dies of itself: the server ends all the others and recovers."""
    backends = [
        child
        for child in psutil.Process(installation.postmaster).children()
        if any("cogep" in word for word in child.cmdline())
    ]
    if backends:
        with contextlib.suppress(psutil.NoSuchProcess):
            rng.choice(backends).kill()


async def kill_all_three(installation: Installation, rng: random.Random) -> None:
    """API, workers, Beat and the database at once; a broker too, where there is one."""
    installation.kill_database()
    for part in installation.parts.values():
        part.kill_group()
    await asyncio.to_thread(installation.revive_database)


async def ask_a_worker_to_stop(installation: Installation, rng: random.Random) -> None:
    """A worker that is asked to end does so in time, whatever it holds."""
    worker = await a_worker(installation, rng)
    process = worker.process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    status = await asyncio.to_thread(process.wait, 60)
    took = time.monotonic() - began
    assert took < DRAINED_SECONDS, f"{worker.name} took {took:.1f} s\n{installation.logs()}"
    assert status == 0, f"{worker.name} ended with {status}\n{installation.logs()}"


async def move_the_clocks(installation: Installation, rng: random.Random) -> None:
    """Each process's wall clock jumps by hours or days, forwards or back, while it works."""
    for name in installation.parts:
        installation.move_clock(name, rng.uniform(-3 * DAYS, 3 * DAYS))


async def kill_redis(installation: Installation, rng: random.Random) -> None:
    """It comes back empty: it keeps nothing on disk."""
    installation.parts["redis"].kill_group()


async def empty_redis(installation: Installation, rng: random.Random) -> None:
    for _ in range(5):
        with contextlib.suppress(redis.RedisError):
            redis.Redis.from_url(broker_of(installation)).flushall()
        await asyncio.sleep(rng.uniform(0, 0.1))


async def leave_redis_away(installation: Installation, rng: random.Random) -> None:
    """Intake goes on without a broker; the work catches up."""
    broker = installation.parts["redis"]
    broker.wanted = False
    broker.kill_group()
    await asyncio.sleep(rng.uniform(1, 3))
    broker.wanted = True


async def freeze_redis(installation: Installation, rng: random.Random) -> None:
    """A broker that takes connections and answers nothing holds nobody up."""
    broker = installation.parts["redis"]
    broker.signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(rng.uniform(1, 3))
    finally:
        broker.signal(signal.SIGCONT)


def broker_of(installation: Installation) -> str:
    return installation.parts["serve"].environment["CELERY_BROKER_URL"]
