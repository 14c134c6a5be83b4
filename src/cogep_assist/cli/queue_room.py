"""Room in the queue for what a command sends: waited for, as the API's 503 asks its clients to."""

import asyncio
from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from cogep_assist.cli.console import err
from cogep_assist.cli.waiting import LOOK_EVERY_SECONDS, LOOK_FOR_WORKERS_SECONDS, has_worker
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import IngestionJob, JobStatus

_ROUNDS_PER_LOOK = round(LOOK_FOR_WORKERS_SECONDS / LOOK_EVERY_SECONDS)


class QueueRoom:
    """How many more jobs the queue takes (COGEP_INGEST_MAX_PENDING).

    ``help_out`` makes this process work where nobody else does; without it a queue that nobody
    drains is refused.
    """

    def __init__(
        self, database: Database, limit: int, help_out: Callable[[], Awaitable[None]] | None
    ) -> None:
        self._database = database
        self._limit = limit
        self._help_out = help_out
        self._room = 0

    async def wait_for(self, jobs: int) -> None:
        """Return once the queue takes ``jobs`` more, at most the limit.

        Raises AppError("queue_full_nobody_works").
        """
        rounds = 0
        while self._room < jobs:
            self._room = self._limit - await self._pending()
            if self._room >= jobs:
                break
            if rounds == 0:
                _say(f"A fila está cheia ({self._limit} tarefas à espera); aguardando lugar.")
            if rounds % _ROUNDS_PER_LOOK == 0:
                await self._see_to_workers()
            rounds += 1
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        self._room -= jobs

    async def _pending(self) -> int:
        waiting = (
            sa.select(sa.literal(1))
            .select_from(IngestionJob)
            .where(IngestionJob.status == JobStatus.PENDING)
            .limit(self._limit)
            .subquery()
        )
        async with self._database.begin() as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(waiting)) or 0

    async def _see_to_workers(self) -> None:
        if self._help_out is not None:
            await self._help_out()
        elif not await has_worker(self._database):
            raise AppError("queue_full_nobody_works", limit=self._limit)


def _say(text: str) -> None:
    err().print(text, style="dim", markup=False)
