"""One event-loop thread per Celery process, whatever the pool: prefork, threads or solo.

``asyncio.run`` per task over a pool made elsewhere fails ("another operation is in
progress"); so the engine is made after the fork, inside the one loop that uses it. The loop
runs the same worker as the embedded mode does; a Celery message only wakes it. So no message
keeps a slot of the pool busy, and a process that was woken once works on without a broker.
"""

import asyncio
import os
import threading
from collections.abc import Callable

from cogep_assist.core import secret_key
from cogep_assist.core.config import get_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import configure_logging, get_logger
from cogep_assist.worker_service.drain import Drainer
from cogep_assist.worker_service.process import work

# Celery's own stop waits for it; what has not ended by then is given back.
GRACE_SECONDS = 20.0
log = get_logger(__name__)

_lock = threading.Lock()
_processes: dict[int, "CeleryProcess"] = {}


def ring_process() -> None:
    """Wake this process's worker, which is made on the first ring and so after any fork."""
    with _lock:
        found = _processes.get(os.getpid())
        if found is None or not found.alive:
            _processes.clear()
            found = _processes[os.getpid()] = CeleryProcess()
    found.wake()


def close_process() -> None:
    """Stop this process's worker in order, if it has one."""
    with _lock:
        found = _processes.pop(os.getpid(), None)
    if found is not None:
        found.close()


class CeleryProcess:
    """A worker that lives in a loop thread from its first ring to the end of the process."""

    def __init__(self) -> None:
        self._settings = get_settings()
        configure_logging(self._settings.log_level)
        secret_key.load(self._settings)
        if self._settings.external_database is None:
            raise AppError("scaled_out_needs_database")
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._drainer: Drainer | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the worker runs."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Let the worker look at the queues now; one that is still starting looks anyway."""
        self._from_outside(self._wake)

    def close(self) -> None:
        """Let running jobs end, give the rest back, leave, and end the thread."""
        self._from_outside(self._stop.set)
        self._thread.join(timeout=GRACE_SECONDS + 8)
        if self._thread.is_alive():
            log.warning("worker_left_silently")

    def _from_outside(self, act: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(act)
        except RuntimeError:
            # It has ended by itself: the next ring makes another.
            log.warning("worker_not_there")

    def _wake(self) -> None:
        if self._drainer is not None:
            self._drainer.wake()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._work())
            except Exception as error:
                log.exception("worker_broke", kind=type(error).__name__)

    async def _work(self) -> None:
        url = self._settings.external_database
        assert url is not None
        database = Database(url, pool_size=self._settings.database_pool_size)

        def began(drainer: Drainer) -> None:
            self._drainer = drainer

        try:
            await work(
                self._settings, database, self._stop, grace_seconds=GRACE_SECONDS, began=began
            )
        finally:
            self._drainer = None
            await database.close()
