"""One run of one side, in a process of its own; prints one line of JSON.

    sides.py work SIDE ADDRESS JOBS      sides.py wake SIDE ADDRESS JOBS
    sides.py enqueue SIDE ADDRESS JOBS   (16 clients; SIDE-batch: 100 jobs a call)

Every side runs on the plain asyncio loop, with its documented defaults. The clock runs from the
first job that a handler is given to the last one whose end is in the table.
"""

import asyncio
import json
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import procrastinate
import psycopg
from clocks import Begun, Stopwatch
from pgqueuer.applications import PgQueuer
from pgqueuer.db import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.core.queue import BACKGROUND, INGESTION, Claim
from cogep_assist.core.secret_key import load as load_secret
from cogep_assist.ingestion_service.group_commit import GroupCommit
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.submission import Options, url_submission
from cogep_assist.worker_service import process
from cogep_assist.worker_service.drain import Drainer
from cogep_assist.worker_service.job_line import Work

SECRET_KEY = "uma-chave-de-medida-com-trinta-e-dois-bytes"
CLIENTS = 16
PER_CALL = 100
WAKE_PAUSE_SECONDS = 0.05
Result = dict[str, Any]


# --- a worker and its no-op jobs ---------------------------------------------------------


async def work_ours(address: str, jobs: int) -> Result:
    """The Drainer with registration, heartbeat, reaper and ticker, and the shipped slots."""
    url = make_url(address)
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute("TRUNCATE access.background_job")
        connection.execute(
            "INSERT INTO access.background_job (id, kind, subject)"
            " SELECT uuidv7(), 'noop', i::text FROM generate_series(1, %s) i",
            [jobs],
        )
    database, settings = Database(url), load_settings()
    watch = Stopwatch(jobs)

    async def run(_: Claim) -> bool:
        watch.tick()
        return True

    registration = process.make_registration(settings, database)
    await registration.open()
    works = [
        Work(INGESTION, run, settings.worker_concurrency),
        Work(BACKGROUND, run, process.BACKGROUND_SLOTS),
    ]
    drainer = Drainer(
        database,
        registration,
        works,
        lease_seconds=settings.worker_lease_seconds,
        poll_seconds=settings.worker_poll_seconds,
    )
    beside = [
        asyncio.create_task(process.beat_forever(registration, drainer, settings)),
        asyncio.create_task(process.reap_and_tick(database, drainer)),
    ]
    running = asyncio.create_task(drainer.run())
    await watch.all.wait()
    while drainer.unrecorded:
        await asyncio.sleep(0.001)
    seconds = time.perf_counter() - watch.began
    await drainer.shut_down(1)
    for task in [*beside, running]:
        task.cancel()
    await asyncio.gather(*beside, running, return_exceptions=True)
    await registration.close()
    await database.close()
    with psycopg.connect(conninfo(url)) as connection:
        left = connection.execute(
            "SELECT count(*) FROM access.background_job WHERE status <> 'completed' AND kind='noop'"
        ).fetchone()
    assert left == (0,), left
    return {"per_s": jobs / seconds}


def work_pgqueuer(batch: int) -> Callable[[str, int], Awaitable[Result]]:
    async def work(address: str, jobs: int) -> Result:
        connection = await asyncpg.connect(plain(address))
        application = PgQueuer(AsyncpgDriver(connection))
        await connection.execute("TRUNCATE pgqueuer")
        for start in range(0, jobs, 1000):
            number = min(1000, jobs - start)
            await application.qm.queries.enqueue(["noop"] * number, [None] * number, [0] * number)
        watch = Stopwatch(jobs)

        @application.entrypoint("noop")
        async def noop(_: Job) -> None:
            watch.tick()

        await application.run(
            dequeue_timeout=timedelta(seconds=1),
            batch_size=batch,
            mode=QueueExecutionMode.drain,
        )
        seconds = watch.ended - watch.began
        await connection.close()
        return {"per_s": jobs / seconds}

    return work


async def work_procrastinate(address: str, jobs: int) -> Result:
    application = procrastinate_app(address)
    watch = Stopwatch(jobs)

    @application.task(name="noop", pass_context=False)
    async def noop() -> None:
        watch.tick()

    async with application.open_async():
        await application.connector.execute_query_async("TRUNCATE procrastinate_jobs CASCADE")
        await noop.batch_defer_async(*[{} for _ in range(jobs)])
        await application.run_worker_async(wait=False, install_signal_handlers=False)
    return {"per_s": jobs / (watch.ended - watch.began)}


# --- 16 clients that enqueue -------------------------------------------------------------


def enqueue_ours(per_call: int) -> Callable[[str, int], Awaitable[Result]]:
    async def enqueue(address: str, jobs: int) -> Result:
        """The intake's group commit: with audit, order, blobs and room checks."""
        database = Database(make_url(address))
        settings = load_settings(secret_key=SECRET_KEY)
        load_secret(settings)
        writer = GroupCommit(database, NotifyBell(database), max_pending=10_000_000, max_attempts=3)
        writer.start()

        # Checking an address is the endpoint's work and not the queue's: it is done before.
        ready = iter(
            [
                [
                    url_submission(f"https://www.exemplo.gov.br/{uuid7()}/{n}", Options())
                    for n in range(per_call)
                ]
                for _ in range(1 + CLIENTS + jobs // per_call)
            ]
        )

        async def call() -> None:
            await writer.submit(IntakeRequest(SYSTEM, next(ready)))

        result = await clients(call, jobs, per_call)
        await writer.close()
        await database.close()
        return result

    return enqueue


def enqueue_pgqueuer(per_call: int) -> Callable[[str, int], Awaitable[Result]]:
    async def enqueue(address: str, jobs: int) -> Result:
        async with asyncpg.create_pool(plain(address), min_size=CLIENTS, max_size=CLIENTS) as pool:
            queries = Queries(AsyncpgPoolDriver(pool))

            async def call() -> None:
                if per_call == 1:
                    await queries.enqueue("noop", b"{}")
                else:
                    await queries.enqueue(["noop"] * per_call, [b"{}"] * per_call, [0] * per_call)

            return await clients(call, jobs, per_call)

    return enqueue


def enqueue_procrastinate(per_call: int) -> Callable[[str, int], Awaitable[Result]]:
    async def enqueue(address: str, jobs: int) -> Result:
        application = procrastinate_app(address, min_size=CLIENTS, max_size=CLIENTS)

        @application.task(name="noop")
        async def noop(number: int) -> None:  # noqa: ARG001
            raise AssertionError

        async with application.open_async():

            async def call() -> None:
                if per_call == 1:
                    await noop.defer_async(number=1)
                else:
                    await noop.batch_defer_async(*[{"number": n} for n in range(per_call)])

            return await clients(call, jobs, per_call)

    return enqueue


async def clients(call: Callable[[], Awaitable[None]], jobs: int, per_call: int) -> Result:
    """Let 16 clients call one after the other until all jobs are in."""
    calls = iter(range(max(CLIENTS, jobs // per_call)))
    made = 0

    async def client() -> None:
        nonlocal made
        for _ in calls:
            await call()
            made += per_call

    await call()
    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return {"per_s": made / (time.perf_counter() - began)}


# --- how soon an idle worker begins ------------------------------------------------------


async def wake_ours(address: str, jobs: int) -> Result:
    """Submit to the intake and wait until the handler has it: all that the embedded mode runs."""
    database, settings = Database(make_url(address)), load_settings(secret_key=SECRET_KEY)
    load_secret(settings)
    bell, begun = NotifyBell(database), Begun()
    writer = GroupCommit(database, bell, max_pending=10_000_000, max_attempts=3)
    writer.start()

    async def run(_: Claim) -> bool:
        begun.set()
        return True

    registration = process.make_registration(settings, database)
    await registration.open()
    drainer = Drainer(
        database,
        registration,
        [
            Work(INGESTION, run, settings.worker_concurrency),
            Work(BACKGROUND, run, process.BACKGROUND_SLOTS),
        ],
        lease_seconds=settings.worker_lease_seconds,
        poll_seconds=settings.worker_poll_seconds,
    )
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(drainer.run()),
        asyncio.create_task(process.listen(registration, drainer, stop)),
    ]

    async def send() -> None:
        link = f"https://www.exemplo.gov.br/{uuid7()}"
        await writer.submit(IntakeRequest(SYSTEM, [url_submission(link, Options())]))

    result = await pings(send, begun, jobs)
    await writer.close()
    stop.set()
    await drainer.shut_down(1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await registration.close()
    await bell.close()
    await database.close()
    return result


async def wake_pgqueuer(address: str, jobs: int) -> Result:
    connection = await asyncpg.connect(plain(address))
    sending = await asyncpg.connect(plain(address))
    application, sender = PgQueuer(AsyncpgDriver(connection)), Queries(AsyncpgDriver(sending))
    begun = Begun()

    @application.entrypoint("noop")
    async def noop(_: Job) -> None:
        begun.set()

    running = asyncio.create_task(application.run())
    await asyncio.sleep(1)

    async def send() -> None:
        await sender.enqueue("noop", b"{}")

    result = await pings(send, begun, jobs)
    application.shutdown.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return result


async def wake_commit(address: str, jobs: int) -> Result:
    """One committed insert, for the scale of things."""
    database = Database(make_url(address))
    sender, begun = await database.connect(), Begun()

    async def send() -> None:
        await sender.execute(
            "INSERT INTO access.background_job (id, kind, subject, status)"
            " VALUES (%s, 'noop', '', 'completed')",
            [uuid7()],
            prepare=True,
        )
        begun.set()

    result = await pings(send, begun, jobs)
    await sender.close()
    await database.close()
    return result


async def pings(send: Callable[[], Awaitable[None]], begun: Begun, jobs: int) -> Result:
    times = []
    for _ in range(jobs + 5):
        await asyncio.sleep(WAKE_PAUSE_SECONDS)
        begun.clear()
        began = time.perf_counter()
        await send()
        await begun.wait()
        times.append((begun.at - began) * 1000)
    return {"p50_ms": statistics.median(times[5:])}


# -----------------------------------------------------------------------------------------


def procrastinate_app(address: str, **pool: Any) -> procrastinate.App:
    return procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=plain(address), **pool)
    )


def plain(address: str) -> str:
    return conninfo(make_url(address))


SIDES: dict[str, dict[str, Callable[[str, int], Awaitable[Result]]]] = {
    "work": {
        "ours": work_ours,
        "pgqueuer": work_pgqueuer(10),
        "pgqueuer-100": work_pgqueuer(100),
        "procrastinate": work_procrastinate,
    },
    "enqueue": {
        "ours": enqueue_ours(1),
        "ours-batch": enqueue_ours(PER_CALL),
        "pgqueuer": enqueue_pgqueuer(1),
        "pgqueuer-batch": enqueue_pgqueuer(PER_CALL),
        "procrastinate": enqueue_procrastinate(1),
        "procrastinate-batch": enqueue_procrastinate(PER_CALL),
    },
    "wake": {"ours": wake_ours, "pgqueuer": wake_pgqueuer, "commit": wake_commit},
}


def main() -> None:
    what, side, address, jobs = sys.argv[1:]
    configure_logging("ERROR")
    logging.getLogger().setLevel(logging.ERROR)
    print(json.dumps(asyncio.run(SIDES[what][side](address, int(jobs)))))


if __name__ == "__main__":
    main()
