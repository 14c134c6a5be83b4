"""The embedded bell: NOTIFY on a connection of its own, after the commit, coalesced."""

import asyncio
import contextlib
from typing import Any

import psycopg
from psycopg import AsyncConnection

from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.lone_statement import LoneStatement

CHANNEL = "cogep_work"
RING = LoneStatement(f"NOTIFY {CHANNEL}".encode())
log = get_logger(__name__)


class NotifyBell:
    """Ring LISTENing workers; rings that come while one is on its way become one more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection[Any] | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    async def ring(self) -> None:
        """Ask for a NOTIFY and return at once; a lost ring costs latency, never a job."""
        if self._ringing is not None and not self._ringing.done():
            self._again = True
            return
        self._ringing = asyncio.create_task(self._notify())

    async def close(self) -> None:
        """Let the last ring go out, then close the connection."""
        if self._ringing is not None:
            await asyncio.gather(self._ringing, return_exceptions=True)
        await self._drop()

    async def _notify(self) -> None:
        while True:
            self._again = False
            # A connection that was lost while nobody rang shows it only now.
            if not await self._notified() and not await self._notified():
                return
            if not self._again:
                return

    async def _notified(self) -> bool:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = await self._database.connect()
                # A ring is no data: there is no reason to wait until the disk has it.
                await self._connection.execute("SET synchronous_commit = off")
            await RING.run(self._connection, [])
        except (psycopg.Error, OSError) as error:
            log.warning("bell_not_rung", error=type(error).__name__)
            await self._drop()
            return False
        return True

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await connection.close()
