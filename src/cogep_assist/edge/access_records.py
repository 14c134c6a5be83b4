"""Note who uses the application from where, beside the requests and at no request's cost."""

import asyncio
from datetime import UTC, datetime

import psycopg
from sqlalchemy.exc import DBAPIError
from starlette.types import Scope

from cogep_assist.core.access_records import Access, write_accesses
from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.principal import ANONYMOUS, Principal

FLUSH_SECONDS = 5.0
# While the database is away; beyond it the newest are dropped, and the log says how many.
MOST_WAITING = 50_000
BATCH = 1000
log = get_logger(__name__)
Use = tuple[str, str, int]


class AccessNotes:
    """Accesses in memory for some seconds: a connection's requests become one record."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[Use, Access] = {}
        self._dropped = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write what is noted."""
        self._task = asyncio.create_task(self._run(), name="access-records")

    def note(self, scope: Scope) -> None:
        """Note the use that a request is part of."""
        client = scope.get("client")
        if not client:
            return
        principal = scope.get("state", {}).get("principal", ANONYMOUS)
        user = principal.came_in_as if isinstance(principal, Principal) else ANONYMOUS.label
        use = (user, str(client[0]), int(client[1] or 0))
        known = self._waiting.get(use)
        if known is not None:
            known.requests += 1
        elif len(self._waiting) < MOST_WAITING:
            self._waiting[use] = Access(datetime.now(UTC), *use)
        else:
            self._dropped += 1

    async def flush(self) -> None:
        """Write what was noted; what cannot be written now waits for the next time."""
        if self._dropped:
            log.error("access_records_dropped", count=self._dropped)
            self._dropped = 0
        while self._waiting:
            uses = list(self._waiting)[:BATCH]
            taken = {use: self._waiting.pop(use) for use in uses}
            try:
                async with self._database.begin() as session:
                    await write_accesses(session, list(taken.values()))
            except (DBAPIError, psycopg.Error, OSError) as error:
                self._waiting = {**taken, **self._waiting}
                log.warning("access_records_wait", error=type(error).__name__)
                return

    async def close(self) -> None:
        """Stop, and write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()
