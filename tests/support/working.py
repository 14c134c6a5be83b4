"""A worker in a thread of its own, as ``cogep worker`` runs it: for tests that watch it work."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.worker_service.process import work


@contextmanager
def working(settings: Settings, url: URL) -> Iterator[None]:
    """Work until the block ends."""
    ready, stopping = threading.Event(), []

    def run() -> None:
        async def until_stopped() -> None:
            stop, loop = asyncio.Event(), asyncio.get_running_loop()
            stopping.append(lambda: loop.call_soon_threadsafe(stop.set))
            ready.set()
            database = Database(url, pool_size=4)
            try:
                await work(settings, database, stop, grace_seconds=5)
            finally:
                await database.close()

        asyncio.run(until_stopped())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield
    finally:
        stopping[0]()
        thread.join(30)
