"""The bell of the scaled-out mode: a Celery message that says "drain"."""

import asyncio
from typing import Any

from celery import Celery, Task
from kombu.exceptions import ChannelError, OperationalError

from cogep_assist.core.logging import get_logger

# Rings carry nothing, so a few that wait say all that there is to say. Their number is bounded
# here and not by a time of expiry: that would be read on another host's clock, and a worker whose
# clock is ahead would throw every ring away.
RINGS_WAITING = 16
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
        if has_room(self._celery):
            self._celery.send_task("cogep_assist.drain", ignore_result=True, retry=False)


class Ring(Task):  # type: ignore[misc]
    """A task that is not sent while enough rings wait, by Beat or by a worker for itself."""

    def apply_async(self, *arguments: Any, **options: Any) -> Any:
        """Send the ring, unless the workers have not even taken the last ones.

        A broker that is away is one line: the next ring comes in seconds, and carries no more.
        """
        try:
            if has_room(self.app):
                return super().apply_async(*arguments, **options)
        except (OperationalError, *self.app.connection_for_write().connection_errors) as error:
            log.warning("bell_not_rung", error=type(error).__name__)
        return None


def has_room(celery: Celery) -> bool:
    """Tell whether one more ring is worth sending. Raises what the broker's client raises."""
    with celery.connection_or_acquire() as connection:
        try:
            queue = connection.default_channel.queue_declare(
                queue=celery.conf.task_default_queue, passive=True
            )
        except ChannelError:
            return True  # There is no such queue yet, or nothing in it.
    return bool(queue.message_count < RINGS_WAITING)
