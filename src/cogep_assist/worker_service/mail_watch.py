"""Hear of new mail from its server (IMAP IDLE, RFC 2177) instead of at the next look.

One worker watches for all. The look every half minute goes on beside it: what is not heard costs
half a minute, and no mail.
"""

import asyncio
import random
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection
from sqlalchemy.exc import DBAPIError

from cogep_assist.core import advisory_locks
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.crm_service.mail.mail_collect import COLLECT
from cogep_assist.integrations.imap import Mailbox

# Servers end an IDLE after 30 minutes, and routers forget a silent connection far earlier.
ROUND_SECONDS = 300.0
# So often at most is the mailbox looked into, whatever the server tells.
PAUSE_SECONDS = 1.0
FIRST_DELAY_SECONDS = 5.0
LONGEST_DELAY_SECONDS = 300.0
# Another worker watches, or the server cannot tell: things that may change.
LATER_SECONDS = 60.0
WITHOUT_IDLE_SECONDS = 1800.0
log = get_logger(__name__)
T = TypeVar("T")


class MailWatch:
    """Watch the mailbox that the settings name, over connections that come and go."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._failures = 0

    @staticmethod
    def is_wanted(settings: Settings) -> bool:
        """Tell whether there is a mailbox to watch."""
        return settings.imap_host is not None and settings.imap_idle

    async def run(self) -> None:
        """Watch for ever; whatever goes wrong is tried again later."""
        while True:
            try:
                delay = await self.watch()
            except (AppError, DBAPIError, psycopg.Error, OSError) as error:
                delay = self._delay()
                told = error.code if isinstance(error, AppError) else type(error).__name__
                log.warning("mail_watch_lost", error=told, again_in_seconds=round(delay))
            await asyncio.sleep(delay)

    async def watch(self) -> float:
        """Watch until nothing is left to watch; return the seconds until the next try.

        Raises AppError("imap_...") where the mailbox is lost.
        """
        connection = await self._database.connect()
        try:
            if not await _takes_turn(connection):
                return LATER_SECONDS
            return await self._listen(connection)
        finally:
            await connection.close()

    async def _listen(self, connection: AsyncConnection[Any]) -> float:
        mailbox, stopping = Mailbox(self._settings), threading.Event()
        try:
            await _in_thread(mailbox.open, stopping)
            if not await _in_thread(mailbox.can_idle, stopping):
                log.info("imap_without_idle")
                return WITHOUT_IDLE_SECONDS
            while True:
                await _in_thread(mailbox.begin_idle, stopping)
                self._failures = 0
                # What came before the server began to tell is found by this look.
                await self._look(connection)
                waiting = partial(mailbox.wait_idle, ROUND_SECONDS, stopping.is_set)
                await _in_thread(waiting, stopping)
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            await _in_thread(mailbox.close, stopping)

    async def _look(self, connection: AsyncConnection[Any]) -> None:
        # As long as this connection lives, nobody else takes the turn.
        await connection.execute("SELECT 1")
        async with self._database.begin() as session:
            await enqueue_background(session, COLLECT, "")

    def _delay(self) -> float:
        self._failures += 1
        doubled: float = FIRST_DELAY_SECONDS * 2 ** min(self._failures - 1, 10)
        return min(doubled, LONGEST_DELAY_SECONDS) * random.uniform(0.8, 1.2)  # noqa: S311  (no secret)


async def _in_thread(work: Callable[[], T], stopping: threading.Event) -> T:
    """Do what blocks; whoever is stopped meanwhile waits until nobody uses the connection."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stopping.set()
        await asyncio.gather(running, return_exceptions=True)
        raise


async def _takes_turn(connection: AsyncConnection[Any]) -> bool:
    key = advisory_locks.MAIL_WATCH
    row = await (
        await connection.execute("SELECT pg_try_advisory_lock(%s::bigint)", (key,))
    ).fetchone()
    return row is not None and bool(row[0])
