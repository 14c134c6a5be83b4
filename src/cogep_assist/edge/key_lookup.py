"""Whose key is this: one query for all requests that wait, never an answer from memory.

A query begins after everybody in it has arrived, so that a key revoked a moment ago is
refused, and a burst of requests costs the database one look-up at a time.
"""

import asyncio
import contextlib
from uuid import UUID

from cogep_assist.core.access import authenticate_keys, note_key_use
from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.principal import Principal

NOTE_EVERY_SECONDS = 20.0
log = get_logger(__name__)


class KeyLookup:
    """Authenticate keys in batches, and note their use beside the requests."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str, list[asyncio.Future[Principal | None]]] = {}
        self._runner: asyncio.Task[None] | None = None
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

    async def find(self, plaintext: str) -> Principal | None:
        """Return whose key this is, or None for one that is not good (any more)."""
        future: asyncio.Future[Principal | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(plaintext, []).append(future)
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        principal = await future
        if principal is not None and principal.id is not None:
            self._used.add(principal.id)
        return principal

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                await self._answer(batch)
        finally:
            self._runner = None

    async def _answer(self, batch: dict[str, list[asyncio.Future[Principal | None]]]) -> None:
        waiters = [(key, future) for key, futures in batch.items() for future in futures]
        try:
            async with self._database.begin() as session:
                found = await authenticate_keys(session, batch)
        except BaseException as error:
            for _, future in waiters:
                if not future.done():
                    future.set_exception(error if isinstance(error, Exception) else OSError())
            if not isinstance(error, Exception):
                raise
            return
        for key, future in waiters:
            if not future.done():
                future.set_result(found.get(key))

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
