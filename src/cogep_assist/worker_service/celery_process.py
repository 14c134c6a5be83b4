"""One event-loop thread per Celery process, whatever the pool: prefork, threads or solo.

``asyncio.run`` per task over a pool made elsewhere fails ("another operation is in
progress"); so the engine is made after the fork, inside the one loop that uses it.
"""

import asyncio
import os
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from cogep_assist.core import secret_key
from cogep_assist.core.config import Settings, get_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import configure_logging, get_logger
from cogep_assist.core.models import BackgroundJob, IngestionJob
from cogep_assist.worker_service.drain import Drainer
from cogep_assist.worker_service.process import beat_forever, make_drainer, make_registration
from cogep_assist.worker_service.reaper import reap
from cogep_assist.worker_service.registration import Registration
from cogep_assist.worker_service.stations import open_stations
from cogep_assist.worker_service.ticker import tick

# One ring may claim for so long: a stop that waits for the task must not wait much longer.
CLAIM_SECONDS = 8.0
GRACE_SECONDS = 15.0
LOOK_AFTER_SECONDS = 1.0
T = TypeVar("T")
log = get_logger(__name__)

_lock = threading.Lock()
_processes: dict[int, "CeleryProcess"] = {}


def this_process() -> "CeleryProcess":
    """Return this process's worker, made on its first ring and so after any fork."""
    with _lock:
        found = _processes.get(os.getpid())
        if found is None or not found.alive:
            _processes.clear()
            found = _processes[os.getpid()] = CeleryProcess()
        return found


def close_process() -> None:
    """Stop this process's worker in order, if it has one."""
    with _lock:
        found = _processes.pop(os.getpid(), None)
    if found is not None:
        found.close()


class CeleryProcess:
    """A registered worker that lives in a loop thread and works when it is rung."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop", daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self._beat: asyncio.Task[None] | None = None
        self._registration: Registration | None = None
        self._drainer: Drainer | None = None
        try:
            self._call(self._open()).result()
        except BaseException:
            # The next ring tries again with a new loop; this one must leave nothing behind.
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the loop thread runs."""
        return self._thread.is_alive()

    def drain(self) -> bool:
        """Run what is due, at most for some seconds; tell whether to ring again."""
        return self._call(self._drain()).result()

    def sweep(self) -> bool:
        """Reap and tick; tell whether anything is due now."""
        return self._call(self._sweep()).result()

    def close(self) -> None:
        """Let running jobs end, give the rest back, leave, and end the thread."""
        try:
            self._call(self._close()).result(timeout=GRACE_SECONDS + 10)
        except (TimeoutError, DBAPIError, psycopg.Error, OSError) as error:
            log.warning("worker_left_silently", error=type(error).__name__)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self._loop.close()

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    async def _open(self) -> None:
        settings = get_settings()
        configure_logging(settings.log_level)
        secret_key.load(settings)
        url = settings.external_database
        if url is None:
            raise AppError("scaled_out_needs_database")
        self._database = Database(url, pool_size=settings.database_pool_size)
        self._stack.push_async_callback(self._database.close)
        stations = await self._stack.enter_async_context(open_stations(settings, self._database))
        registration = make_registration(settings, self._database)
        self._registration = registration
        await registration.open()
        self._drainer = make_drainer(settings, self._database, registration, stations)
        self._beat = asyncio.create_task(_live(registration, self._drainer, settings))
        log.info("worker_started", worker_id=str(registration.worker_id))

    async def _drain(self) -> bool:
        assert self._registration is not None
        assert self._drainer is not None
        await self._registration.reopen_if_lost()
        self._drainer.wake()
        until = time.monotonic() + CLAIM_SECONDS
        while (left := until - time.monotonic()) > 0:
            claimed = await self._drainer.step()
            if claimed or self._drainer.unrecorded:
                continue
            if not self._drainer.busy:
                return False
            await self._drainer.wait_for_change(left)
        return True

    async def _sweep(self) -> bool:
        async with self._database.begin() as session:
            await reap(session)
        async with self._database.begin() as session:
            await tick(session)
        async with self._database.begin() as session:
            for table in (IngestionJob, BackgroundJob):
                waiting = sa.select(sa.literal(1)).where(
                    table.status == "pending", table.available_at <= sa.func.now()
                )
                if await session.scalar(waiting.limit(1)) is not None:
                    return True
        return False

    async def _close(self) -> None:
        if self._drainer is not None:
            await self._drainer.shut_down(GRACE_SECONDS)
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        try:
            if self._registration is not None:
                await self._registration.close()
        finally:
            await self._stack.aclose()


async def _live(registration: Registration, drainer: Drainer, settings: Settings) -> None:
    """Keep the lock, the leases and the ends of jobs in the table, between rings as well."""
    async with asyncio.TaskGroup() as group:
        group.create_task(beat_forever(registration, drainer, settings))
        while True:
            await asyncio.sleep(LOOK_AFTER_SECONDS)
            try:
                await registration.reopen_if_lost()
                await drainer.record()
            except (DBAPIError, psycopg.Error, OSError) as error:
                log.warning("database_away", error=type(error).__name__)
