"""Write how jobs ended, beside the claims: whoever claims next need not wait for the disk.

What ends while the last ends are being written goes together with the next.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.queue_claim import complete_together, tune
from cogep_assist.worker_service.job_line import Work
from cogep_assist.worker_service.outcome import record_outcome

DATABASE_AWAY_SECONDS = 0.5
log = get_logger(__name__)


class JobEnds:
    """The writer of a worker's ends, with a connection of its own once it needs one."""

    def __init__(self, database: Database, worker_id: UUID, written: Callable[[], None]) -> None:
        """``written`` is called each time that nothing more is to be written about a queue."""
        self._database = database
        self._worker_id = worker_id
        self._written = written
        self._connection: AsyncConnection[Any] | None = None
        self._connecting = asyncio.Lock()
        self._closing = False

    def begin(self, work: Work) -> None:
        """See to it that what has ended is written, and keep at it while the database is away."""
        if work.recorder is None and work.unrecorded:
            work.recorder = asyncio.create_task(self._write_all(work))

    async def close(self, works: list[Work]) -> None:
        """Write what is left, if the database is there."""
        self._closing = True
        for work in works:
            self.begin(work)
        await asyncio.gather(*(work.recorder for work in works if work.recorder is not None))
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _write_all(self, work: Work) -> None:
        told = False
        try:
            while work.unrecorded:
                try:
                    await self._write(work)
                except (DBAPIError, psycopg.Error, OSError) as away:
                    if not told:
                        log.warning("ends_recorded_later", error=type(away).__name__)
                    told = True
                    if self._closing:
                        # They are given back when the worker leaves, or by the reaper.
                        return
                    await asyncio.sleep(DATABASE_AWAY_SECONDS)
        finally:
            work.recorder = None
            self._written()

    async def _write(self, work: Work) -> None:
        if work.finished:
            work.recording, work.finished = work.finished, []
            try:
                connection = await self._connected()
                await complete_together(connection, work.queue, self._worker_id, work.recording)
            except BaseException:
                # Whether they were written or not: to write them again does no harm.
                work.finished[:0] = work.recording
                raise
            finally:
                work.recording = []
        while work.late:
            claimed, outcome = work.late[0]
            await record_outcome(self._database, work.queue, claimed, outcome)
            work.late.pop(0)

    async def _connected(self) -> AsyncConnection[Any]:
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                connection = await self._database.connect()
                try:
                    await tune(connection)
                except BaseException:
                    await connection.close()
                    raise
                self._connection = connection
            return self._connection
