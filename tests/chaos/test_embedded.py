"""The embedded mode under fire: what was accepted is done, once, and never half seen."""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable

import psutil
import pytest
from chaos.history import History
from chaos.installation import Installation
from chaos.invariants import check, settled
from chaos.load import clients, new_document

pytestmark = pytest.mark.timeout(0)
LOAD_SECONDS = 2.0
DOCUMENTS = 6
VERSIONS = 3
Fault = Callable[[Installation, random.Random], Awaitable[None]]


async def kill_a_worker(installation: Installation, rng: random.Random) -> None:
    rng.choice(installation.workers).kill_group()


async def kill_every_worker(installation: Installation, rng: random.Random) -> None:
    for worker in installation.workers:
        worker.kill_group()


async def kill_the_api(installation: Installation, rng: random.Random) -> None:
    installation.parts["serve"].kill_group()


async def kill_the_database(installation: Installation, rng: random.Random) -> None:
    installation.kill_database()
    await asyncio.sleep(rng.uniform(0, 0.5))
    await asyncio.to_thread(installation.revive_database)


async def kill_a_server_process(installation: Installation, rng: random.Random) -> None:
    """One backend dies of itself: the server ends all the others and recovers."""
    backends = [
        child
        for child in psutil.Process(installation.postmaster).children()
        if any("cogep" in word for word in child.cmdline())
    ]
    if backends:
        rng.choice(backends).kill()


async def kill_all_three(installation: Installation, rng: random.Random) -> None:
    installation.kill_database()
    for part in installation.parts.values():
        part.kill_group()
    await asyncio.to_thread(installation.revive_database)


async def ask_a_worker_to_stop(installation: Installation, rng: random.Random) -> None:
    worker = rng.choice(installation.workers)
    # Before it has begun, a signal ends a process as it ends any other.
    await installation.until(lambda: worker.has_begun, 30, "the worker has begun")
    process = worker.process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert await asyncio.to_thread(process.wait, 40) == 0
    assert time.monotonic() - began < 30


FAULTS: list[Fault] = [
    kill_a_worker,
    kill_every_worker,
    kill_the_api,
    kill_the_database,
    kill_a_server_process,
    kill_all_three,
    ask_a_worker_to_stop,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_nothing_is_lost_doubled_or_half_seen(
    embedded: Installation, rng: random.Random, rounds: int, history: History, fault: Fault
) -> None:
    for _ in range(rounds):
        history.seen.clear()
        async with clients(embedded.address, embedded.key, history, rng) as load:
            submitting = [
                asyncio.create_task(load.submit_versions(new_document(), VERSIONS))
                for _ in range(DOCUMENTS)
            ]
            await asyncio.sleep(rng.uniform(0, LOAD_SECONDS))
            history.faults.append(f"{time.monotonic():.3f} {fault.__name__}")
            await fault(embedded, rng)
            await asyncio.sleep(rng.uniform(0, 0.5))
            await asyncio.wait_for(asyncio.gather(*submitting), 90)
            await settled(embedded)
            await asyncio.sleep(0.2)
        await check(embedded, history, disturbances=3)


@pytest.fixture(scope="module")
def history() -> History:
    """One record for the whole installation: the tables keep all of it."""
    return History()
