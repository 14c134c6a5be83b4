"""The bell of the scaled-out mode: a Celery message that says "drain"."""

import asyncio

from celery import Celery

from cogep_assist.core.logging import get_logger

EXPIRES_SECONDS = 15.0
# So long may one ring keep its thread: a broker that hangs must not hold the next ring up.
SEND_SECONDS = 5.0
log = get_logger(__name__)


class CeleryBell:
    """Ring after the commit without waiting for the broker; rings under way are coalesced."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    async def ring(self) -> None:
        """Ask for a drain and return at once; a lost ring is made good by the next sweep."""
        if self._ringing is not None and not self._ringing.done():
            self._again = True
            return
        self._ringing = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Let the last ring go out, if the broker takes it in time."""
        if self._ringing is not None:
            await asyncio.wait([self._ringing], timeout=SEND_SECONDS)

    async def _send(self) -> None:
        while True:
            self._again = False
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await asyncio.to_thread(self._send_one)
            except Exception as error:  # noqa: BLE001  (no broker trouble may reach the intake)
                log.warning("bell_not_rung", error=type(error).__name__)
                return
            if not self._again:
                return

    def _send_one(self) -> None:
        self._celery.send_task(
            "cogep_assist.drain", expires=EXPIRES_SECONDS, ignore_result=True, retry=False
        )
