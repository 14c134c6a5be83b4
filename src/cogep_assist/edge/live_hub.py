"""One LISTEN connection per process, and everybody here who waits for what it hears."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.live_events import CHANNEL
from cogep_assist.core.logging import get_logger

RECONNECT_SECONDS = 2.0
WAIT_SECONDS = 15
# A reader that is this far behind is told to look at everything anew.
MOST_WAITING = 100
LOOK_ANEW = "*"
# Pages in sight at once of one session: a page out of sight listens to nothing.
MOST_OF_ONE = 30
log = get_logger(__name__)


class Listener:
    """What one page has not been told yet; a topic that waits already is not added again."""

    def __init__(self, topics: Collection[str], owner: UUID | None) -> None:
        self._topics = frozenset(topics)
        self.owner = owner
        self._waiting: dict[str, None] = {}
        self._woken = asyncio.Event()
        self.closed = False

    def hear(self, topic: str, subject: str) -> None:
        """Keep what this page listens for: ``topic`` as a whole, or one subject of it."""
        for name in (topic, f"{topic}:{subject}"):
            if name in self._topics:
                self._keep(name)

    def look_anew(self) -> None:
        """Say that something may have been missed."""
        self._waiting.clear()
        self._keep(LOOK_ANEW)

    def close(self) -> None:
        """End the wait for good."""
        self.closed = True
        self._woken.set()

    async def next(self, seconds: float) -> list[str]:
        """Wait for what comes, at most so many seconds; return it all, or nothing."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        if not self.closed:
            self._woken.clear()
        heard, self._waiting = list(self._waiting), {}
        return heard

    def _keep(self, name: str) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            name = LOOK_ANEW
        self._waiting[name] = None
        self._woken.set()


class LiveHub:
    """Hear what changes and pass it on; the connection opens with the first listener."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: set[Listener] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._closed = False

    def refuse_too_many(self, owner: UUID | None) -> None:
        """Raise AppError("rate_limited") for one more listener of who has many of them.

        Each holds a connection for minutes: a few thousand of one person kept everybody out.
        """
        if sum(one.owner == owner for one in self._listeners) >= MOST_OF_ONE:
            raise AppError("rate_limited", retry_after=WAIT_SECONDS)

    @asynccontextmanager
    async def listening(
        self, topics: Collection[str], owner: UUID | None = None
    ) -> AsyncIterator[Listener]:
        """Give a listener for the length of a block; ``owner`` is the session that it serves."""
        listener = Listener(topics, owner)
        self._listeners.add(listener)
        if self._closed:
            listener.close()
        elif self._hearing is None or self._hearing.done():
            self._hearing = asyncio.create_task(self._hear())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def release_all(self) -> None:
        """End every wait: the process is about to stop."""
        self._closed = True
        for listener in self._listeners:
            listener.close()

    async def close(self) -> None:
        """Stop hearing."""
        self.release_all()
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)

    async def _hear(self) -> None:
        while not self._closed:
            try:
                await self._hear_until_lost()
            except (psycopg.Error, OSError) as error:
                log.warning("live_hub_lost", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear_until_lost(self) -> None:
        connection = await self._database.connect()
        try:
            await connection.execute(f"LISTEN {CHANNEL}")
            # What was said while nobody listened is not known.
            for listener in self._listeners:
                listener.look_anew()
            async for notice in connection.notifies():
                topic, _, subject = notice.payload.partition(":")
                for listener in self._listeners:
                    listener.hear(topic, subject)
        finally:
            await connection.close()
