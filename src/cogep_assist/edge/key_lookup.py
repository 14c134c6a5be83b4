"""Whose key is this: one query for all requests that wait, on a connection kept for it.

A query begins after everybody in it has arrived, so that a key revoked a moment ago is
refused, and a burst of requests costs the database one look-up at a time. A route whose writing
statement checks the key again is let in by what a look-up said within the last second.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection

from cogep_assist.core.access import find_keys, note_key_use
from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.principal import Principal

NOTE_EVERY_SECONDS = 20.0
REMEMBERED_SECONDS = 1.0
REMEMBERED_KEYS = 1000
log = get_logger(__name__)


class KeyLookup:
    """Authenticate keys in batches, and note their use beside the requests."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection[Any] | None = None
        self._waiting: dict[str, list[asyncio.Future[Principal | None]]] = {}
        self._runner: asyncio.Task[None] | None = None
        self._remembered: dict[bytes, tuple[float, Principal]] = {}
        self._used: set[UUID] = set()
        self._noter: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to note the use of keys."""
        self._noter = asyncio.create_task(self._note_now_and_then())

    async def close(self) -> None:
        """Note what is left and stop."""
        if self._noter is not None:
            self._noter.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._noter
            await self._note()
        await self._disconnect()

    async def find(self, plaintext: str, *, rechecked: bool = False) -> Principal | None:
        """Return whose key this is, or None for one that is not good (any more).

        ``rechecked``: whoever asks makes sure, as it writes, that the key still is good.
        """
        principal = self._recall(plaintext) if rechecked else None
        if principal is None:
            principal = await self._ask(plaintext)
        if principal is not None and principal.id is not None:
            self._used.add(principal.id)
        return principal

    def _recall(self, plaintext: str) -> Principal | None:
        found = self._remembered.get(_digest(plaintext))
        if found is None or time.monotonic() - found[0] >= REMEMBERED_SECONDS:
            return None
        return found[1]

    async def _ask(self, plaintext: str) -> Principal | None:
        future: asyncio.Future[Principal | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(plaintext, []).append(future)
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                await self._answer(batch)
        finally:
            self._runner = None

    async def _answer(self, batch: dict[str, list[asyncio.Future[Principal | None]]]) -> None:
        waiters = [(key, future) for key, futures in batch.items() for future in futures]
        began = time.monotonic()
        try:
            found = await self._look_up(batch)
        except BaseException as error:
            for _, future in waiters:
                if not future.done():
                    future.set_exception(error if isinstance(error, Exception) else OSError())
            if not isinstance(error, Exception):
                raise
            return
        self._remember(began, found)
        for key, future in waiters:
            if not future.done():
                future.set_result(found.get(key))

    async def _look_up(self, keys: Iterable[str]) -> dict[str, Principal]:
        """Ask by a connection that stands open; once more if it was lost meanwhile."""
        for last in (False, True):
            try:
                return await find_keys(await self._connected(), keys)
            except (psycopg.Error, OSError):
                await self._disconnect()
                if last:
                    raise
        raise AssertionError("unreachable")

    async def _connected(self) -> AsyncConnection[Any]:
        if self._connection is None:
            # A look-up alone needs no BEGIN and no COMMIT around it.
            self._connection = await self._database.connect()
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await connection.close()

    def _remember(self, since: float, found: dict[str, Principal]) -> None:
        if len(self._remembered) >= REMEMBERED_KEYS:
            self._remembered.clear()
        for plaintext, principal in found.items():
            self._remembered[_digest(plaintext)] = (since, principal)

    async def _note_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(NOTE_EVERY_SECONDS)
            await self._note()

    async def _note(self) -> None:
        used, self._used = self._used, set()
        if not used:
            return
        try:
            async with self._database.begin() as session:
                await note_key_use(session, used)
        except Exception as error:  # noqa: BLE001  (a statistic must never stop the product)
            log.warning("key_use_not_noted", error=type(error).__name__)


def _digest(plaintext: str) -> bytes:
    # Keys themselves are not kept in memory.
    return hashlib.sha256(plaintext.encode("utf-8", "surrogatepass")).digest()
