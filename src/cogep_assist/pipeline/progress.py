"""How far a job is: its stage and timings, told while it runs, and whether to go on."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError

from cogep_assist.core.db import Database
from cogep_assist.core.queue import (
    INGESTION,
    CancelledJobError,
    Claim,
    FencedError,
    save_progress,
)

SHARE_DONE = {"fetch": 5, "parse": 20, "chunk": 60, "embed": 65, "index": 80, "store": 90}
# A stage that passes faster than a person can see is not worth a write of its own.
WRITE_AFTER_SECONDS = 0.25
LOOK_EVERY_SECONDS = 1.0


class Progress:
    """The stages that one job passes, with the milliseconds spent in each."""

    def __init__(self) -> None:
        self.stage: str | None = None
        self.timings_ms: dict[str, int] = {}
        self._entered = time.monotonic()

    def enter(self, stage: str) -> None:
        """Begin a stage; the one before it is over."""
        now = time.monotonic()
        if self.stage is not None:
            spent = round((now - self._entered) * 1000)
            self.timings_ms[self.stage] = self.timings_ms.get(self.stage, 0) + spent
        self.stage, self._entered = stage, now

    def finish(self) -> dict[str, int]:
        """End the last stage and return the time spent in each, in milliseconds."""
        if self.stage is not None:
            self.enter(self.stage)
        return dict(self.timings_ms)


@asynccontextmanager
async def watched(database: Database, claimed: Claim, progress: Progress) -> AsyncIterator[None]:
    """Write the stage as it changes, and break off the block when the job must not go on.

    Raises CancelledJobError when a person cancels the job, FencedError when the job is
    no longer this worker's; the work inside the block is cancelled at once.
    """
    work = asyncio.current_task()
    assert work is not None
    reason: list[Exception] = []
    over = asyncio.Event()

    async def watch() -> None:
        written, looked = None, time.monotonic()
        while not await _set_within(over, WRITE_AFTER_SECONDS):
            stage = progress.stage
            if stage == written and time.monotonic() - looked < LOOK_EVERY_SECONDS:
                continue
            try:
                async with database.begin() as session:
                    await save_progress(
                        session,
                        INGESTION,
                        claimed,
                        stage=stage,
                        progress=SHARE_DONE.get(stage or "", 0),
                    )
            except (CancelledJobError, FencedError) as stop:
                reason.append(stop)
                work.cancel()
                return
            written, looked = stage, time.monotonic()

    watcher = asyncio.create_task(watch())
    try:
        try:
            yield
        finally:
            # A write that is under way may end: to cancel it would cost its connection.
            over.set()
            await asyncio.gather(watcher, return_exceptions=True)
    except asyncio.CancelledError:
        if reason and work.uncancel() == 0:
            raise reason[0] from None
        raise


async def note_where_it_failed(database: Database, claimed: Claim, progress: Progress) -> None:
    """Write the stage that a failed job reached, and the time it took to get there.

    The failure itself is recorded by the drain; without this note it would not say where.
    """
    stage = progress.stage
    with contextlib.suppress(CancelledJobError, FencedError, DBAPIError, OSError):
        async with database.begin() as session:
            await save_progress(
                session,
                INGESTION,
                claimed,
                stage=stage,
                progress=SHARE_DONE.get(stage or "", 0),
                timings_ms=progress.finish(),
            )


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
