"""Close what was replaced once nobody can be using it any more."""

import asyncio
from collections.abc import Awaitable, Callable

Close = Callable[[], Awaitable[None]]


class Retirement:
    """Things on their way out: each is closed after its time, or with the whole."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Task[None], Close] = {}

    def add(self, close: Close, seconds: float) -> None:
        """Have something closed so many seconds from now."""
        task = asyncio.create_task(self._close_later(close, seconds))
        self._waiting[task] = close
        task.add_done_callback(lambda done: self._waiting.pop(done, None))

    async def close(self) -> None:
        """Close at once what waits still."""
        left, self._waiting = self._waiting, {}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for close in left.values():
            await close()

    @staticmethod
    async def _close_later(close: Close, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await close()
