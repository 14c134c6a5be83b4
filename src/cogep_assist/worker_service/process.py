"""A worker process: registered, woken by the bell, reaping, ticking, stopped in order."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import psycopg
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis.connection import refuse_shared_session
from cogep_assist.core.logging import get_logger
from cogep_assist.core.queue import (
    BACKGROUND,
    INGESTION,
    CancelledJobError,
    Claim,
    FencedError,
)
from cogep_assist.integrations.otel import tracing
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.progress import Progress, note_where_it_failed
from cogep_assist.pipeline.run import Stations, run
from cogep_assist.pipeline.vector_fill import ask_for_vectors
from cogep_assist.worker_service.drain import Drainer
from cogep_assist.worker_service.duties import Workbench, perform
from cogep_assist.worker_service.job_line import Work
from cogep_assist.worker_service.job_trace import traced_run
from cogep_assist.worker_service.mail_watch import MailWatch
from cogep_assist.worker_service.outage import Outage
from cogep_assist.worker_service.reaper import reap
from cogep_assist.worker_service.registration import Registration
from cogep_assist.worker_service.sealer import Sealer
from cogep_assist.worker_service.stations import open_stations
from cogep_assist.worker_service.ticker import tick

REAP_EVERY_SECONDS = 1.0
# Background work is claimed in batches; how many heavy duties run at once, duties.py says.
BACKGROUND_SLOTS = 400
GRACE_SECONDS = 25.0
# Short: whoever is back late after a restart of the server is taken for dead.
RECONNECT_SECONDS = 0.25
# No transaction of a worker waits that long between two statements, unless it is frozen.
ASLEEP_SECONDS = 60
log = get_logger(__name__)


async def work(
    settings: Settings,
    database: Database,
    stop: asyncio.Event,
    *,
    grace_seconds: float = GRACE_SECONDS,
    began: Callable[[Drainer], None] | None = None,
) -> None:
    """Work until ``stop`` is set; then what runs may end, and the rest is given back.

    ``began`` is handed what can be woken by other bells than NOTIFY, once it can.
    Raises AppError("database_refused") behind a pooler in transaction mode.
    """
    if settings.external_database is not None:
        # A worker is known to live by a lock of its session, which would outlive it there.
        await refuse_shared_session(database.url)
    database.let_go_when_asleep(ASLEEP_SECONDS)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(tracing(settings, "worker"))
        stations = await stack.enter_async_context(open_stations(settings, database))
        registration = make_registration(settings, database)
        drainer = make_drainer(settings, database, registration, stations)
        database.ring = _waking(drainer)
        await _open_patiently(registration, stop)
        if stations.embedding is not None and not stop.is_set():
            await ask_for_vectors(database, stations.embedding.embedder)
        tasks = [
            asyncio.create_task(drainer.run(), name="drain"),
            asyncio.create_task(listen(registration, drainer, stop), name="listen"),
            asyncio.create_task(beat_forever(registration, drainer, settings), name="beat"),
            asyncio.create_task(reap_and_tick(database, drainer), name="reap"),
            asyncio.create_task(Sealer(database, settings.data_dir).run(), name="seal"),
            asyncio.create_task(stop.wait(), name="stop"),
        ]
        if MailWatch.is_wanted(settings):
            watch = MailWatch(database, settings)
            tasks.append(asyncio.create_task(watch.run(), name="watch_mail"))
        log.info("worker_started", worker_id=str(registration.worker_id))
        if began is not None:
            began(drainer)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await drainer.shut_down(grace_seconds)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _close(registration)
            log.info("worker_stopped")


async def drain_once(
    settings: Settings, database: Database, parsers: ParserPool | None = None
) -> int:
    """Run everything that is due now in this process and return how many jobs that were.

    Who drains again and again may give ``parsers`` that stay warm.
    """
    database.let_go_when_asleep(ASLEEP_SECONDS)
    async with open_stations(settings, database, parsers) as stations:
        registration = make_registration(settings, database)
        await registration.open()
        drainer = make_drainer(settings, database, registration, stations)
        # What a dead worker left behind is due now as well, as after a restore.
        async with database.begin() as session:
            await reap(session)
        beat = asyncio.create_task(beat_forever(registration, drainer, settings))
        reaper = asyncio.create_task(reap_and_tick(database, drainer))
        try:
            return await drainer.drain()
        finally:
            await drainer.shut_down(GRACE_SECONDS)
            for task in (beat, reaper):
                task.cancel()
            await asyncio.gather(beat, reaper, return_exceptions=True)
            await _close(registration)


def make_drainer(
    settings: Settings, database: Database, registration: Registration, stations: Stations
) -> Drainer:
    """Join the two queues with what is done about a claim of each."""

    bench = Workbench.of(stations)

    async def ingest(claimed: Claim) -> bool:
        progress = Progress()
        try:
            await run(claimed, stations, progress)
        except (FencedError, CancelledJobError):
            raise
        except Exception:
            await note_where_it_failed(database, claimed, progress)
            raise
        return False

    async def background(claimed: Claim) -> bool:
        return await perform(bench, claimed)

    return Drainer(
        database,
        registration,
        [
            Work(INGESTION, traced_run(INGESTION, ingest), settings.worker_concurrency),
            Work(BACKGROUND, traced_run(BACKGROUND, background), BACKGROUND_SLOTS),
        ],
        lease_seconds=settings.worker_lease_seconds,
        poll_seconds=settings.worker_poll_seconds,
    )


def make_registration(settings: Settings, database: Database) -> Registration:
    """Make this process's identity; it is announced when it is opened."""
    return Registration(
        database,
        capacity=settings.worker_concurrency,
        lease_seconds=settings.worker_lease_seconds,
    )


def _waking(drainer: Drainer) -> Callable[[], Awaitable[None]]:
    """Return the bell of a worker's own acts: it wakes itself, and others look by and by."""

    async def ring() -> None:
        drainer.wake()

    return ring


async def _open_patiently(registration: Registration, stop: asyncio.Event) -> None:
    outage = Outage()
    while not stop.is_set():
        try:
            await registration.open()
        except (DBAPIError, psycopg.Error, OSError) as error:
            outage.goes_on(error)
            await asyncio.sleep(RECONNECT_SECONDS)
        else:
            outage.ends()
            return


async def listen(registration: Registration, drainer: Drainer, stop: asyncio.Event) -> None:
    """Wake the drainer at each ring, over connections that come and go."""
    while not stop.is_set():
        try:
            await registration.listen(drainer.wake)
        except (psycopg.Error, OSError) as error:
            log.warning("bell_connection_lost", error=type(error).__name__)
        await _open_patiently(registration, stop)
        drainer.wake()


async def beat_forever(registration: Registration, drainer: Drainer, settings: Settings) -> None:
    """Say every few seconds that this worker lives, and renew its leases."""
    every = min(5.0, settings.worker_lease_seconds / 4)
    while True:
        await asyncio.sleep(every)
        try:
            await registration.beat(busy=drainer.busy, held=drainer.held)
        except (DBAPIError, psycopg.Error, OSError) as error:
            log.warning("heartbeat_missed", error=type(error).__name__)


async def reap_and_tick(database: Database, drainer: Drainer) -> None:
    """Each second, take back what dead workers held and start the duties that are due."""
    while True:
        await asyncio.sleep(REAP_EVERY_SECONDS)
        try:
            async with database.begin() as session:
                reaped = await reap(session)
            async with database.begin() as session:
                started = await tick(session)
        except (DBAPIError, psycopg.Error, OSError) as error:
            log.warning("reaper_missed", error=type(error).__name__)
            continue
        if reaped.workers or reaped.returned or reaped.set_aside:
            log.info(
                "reaped",
                workers=reaped.workers,
                returned=reaped.returned,
                set_aside=reaped.set_aside,
            )
        if reaped.returned or started:
            drainer.wake()


async def _close(registration: Registration) -> None:
    try:
        await registration.close()
    except (DBAPIError, psycopg.Error, OSError) as error:
        log.warning("worker_left_silently", error=type(error).__name__)
