"""Wait for jobs to end: one query per tick and process, however many requests wait."""

import asyncio
import contextlib
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import IngestionJob, JobStatus

TICK_SECONDS = 0.2
ENDED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
log = get_logger(__name__)


class JobWatch:
    """Hold no connection while jobs are under way; look at all of them at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[UUID, list[asyncio.Future[None]]] = {}
        self._watcher: asyncio.Task[None] | None = None
        self._stopping = False

    async def wait(self, job_id: UUID, seconds: float) -> None:
        """Return when the job has ended, the time is over, or the process stops."""
        if self._stopping:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(job_id, []).append(future)
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(future, seconds)
        finally:
            futures = self._waiting.get(job_id, [])
            if future in futures:
                futures.remove(future)
            if not futures:
                self._waiting.pop(job_id, None)

    def release_all(self) -> None:
        """Let everybody go at once and nobody wait again: the process stops."""
        self._stopping = True
        self._release(list(self._waiting))

    async def close(self) -> None:
        """Stop watching."""
        self.release_all()
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher

    async def _watch(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(TICK_SECONDS)
                try:
                    self._release(await self._ended())
                except Exception as error:  # noqa: BLE001  (the next tick asks again)
                    log.warning("job_watch_failed", error=type(error).__name__)
        finally:
            self._watcher = None

    async def _ended(self) -> Sequence[UUID]:
        ids = list(self._waiting)
        if not ids:
            return []
        async with self._database.begin() as session:
            running = await session.scalars(
                sa.select(IngestionJob.id).where(
                    IngestionJob.id.in_(ids), IngestionJob.status.not_in(ENDED)
                )
            )
            # A job that is gone has ended too.
            return list(set(ids) - set(running))

    def _release(self, job_ids: Sequence[UUID]) -> None:
        for job_id in job_ids:
            for future in self._waiting.pop(job_id, []):
                if not future.done():
                    future.set_result(None)
