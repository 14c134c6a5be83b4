"""Drain the queues: claim what fits, run it side by side, record how each job ended."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.queue import (
    CancelledJobError,
    Claim,
    FencedError,
    Queue,
    cancel_claimed,
    claim,
    fail,
    give_back,
    has_suspects,
)
from cogep_assist.worker_service.registration import Registration

SUSPECTS_EVERY_SECONDS = 1.0
DATABASE_AWAY_SECONDS = 1.0
log = get_logger(__name__)


@dataclass(slots=True)
class Work:
    """One queue, what to do with a claim of it, and how many at a time.

    ``run`` ends the job itself, in the transaction that holds its effects, and returns
    False; or it returns True, and the job is completed together with others.
    """

    queue: Queue
    run: Callable[[Claim], Awaitable[bool]]
    slots: int
    finished: list[Claim] = field(default_factory=list)
    running: dict[asyncio.Task[None], Claim] = field(default_factory=dict)
    suspects: bool = False
    suspects_looked_at: float = 0.0

    @property
    def name(self) -> str:
        """Name of the queue's table, for logs."""
        return self.queue.table.name


class Drainer:
    """Claim and run until told to stop, or until nothing is due: the same in every mode."""

    def __init__(
        self,
        database: Database,
        registration: Registration,
        works: list[Work],
        *,
        lease_seconds: float,
        poll_seconds: float,
    ) -> None:
        self._database = database
        self._registration = registration
        self._works = works
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._rung = asyncio.Event()
        self._stopping = False

    @property
    def busy(self) -> int:
        """Jobs that run at this moment."""
        return sum(len(work.running) for work in self._works)

    @property
    def _unrecorded(self) -> bool:
        return any(work.finished for work in self._works)

    def wake(self) -> None:
        """Look at the queues now instead of at the next poll."""
        self._rung.set()

    def stop(self) -> None:
        """Claim nothing more; what runs may end."""
        self._stopping = True
        self._rung.set()

    async def run(self) -> None:
        """Drain, wait for a ring or the slow poll, drain again, until ``stop``."""
        while not self._stopping:
            self._rung.clear()
            try:
                claimed = await self.step()
            except (DBAPIError, OSError) as error:
                log.warning("database_away", error=type(error).__name__)
                await self.wait_for_change(DATABASE_AWAY_SECONDS)
                continue
            if not claimed and not self._unrecorded:
                await self.wait_for_change(self._poll_seconds)

    async def drain(self) -> int:
        """Run everything that is due now and return how many jobs that were."""
        total = 0
        while not self._stopping:
            self._rung.clear()
            claimed = await self.step()
            total += claimed
            if claimed or self._unrecorded:
                continue
            if not self.busy:
                break
            await self.wait_for_change(self._poll_seconds)
        return total

    async def step(self) -> int:
        """Fill the free slots of every queue once and return how many jobs were claimed."""
        if self._registration.idle_reason:
            return 0
        total = 0
        for work in self._works:
            for claimed in await self._claim(work):
                task = asyncio.create_task(self._execute(work, claimed))
                work.running[task] = claimed
                task.add_done_callback(partial(self._done, work))
                total += 1
        return total

    async def wait_for_change(self, seconds: float) -> None:
        """Wait until a job ends, the bell rings, or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass

    async def shut_down(self, grace_seconds: float) -> None:
        """Let running jobs end within the grace, then give the rest back unharmed."""
        self.stop()
        tasks = [task for work in self._works for task in work.running]
        if tasks:
            await asyncio.wait(tasks, timeout=grace_seconds)
        late = [task for task in tasks if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for work in self._works:
            if work.finished:
                await self._claim(work)

    async def _claim(self, work: Work) -> list[Claim]:
        finished, work.finished = work.finished, []
        try:
            async with self._database.begin() as session:
                suspects = await self._suspects_wait(session, work)
                claimed = await self._claim_from(session, work, finished, suspects=suspects)
                if suspects and not claimed and not work.running:
                    # Another worker was faster, or an earlier job of the same document waits.
                    claimed = await self._claim_from(session, work, (), suspects=False)
                return claimed
        except BaseException:
            work.finished[:0] = finished
            raise

    async def _claim_from(
        self, session: AsyncSession, work: Work, finished: Sequence[Claim], *, suspects: bool
    ) -> list[Claim]:
        # A job under which a worker died is run alone, so that it harms no other.
        alone = any(claimed.row["crashes"] for claimed in work.running.values())
        must_wait = alone or (suspects and bool(work.running))
        return await claim(
            session,
            work.queue,
            worker_id=self._registration.worker_id,
            revision=self._registration.revision,
            limit=0 if must_wait or self._stopping else work.slots - len(work.running),
            lease_seconds=self._lease_seconds,
            suspects=suspects,
            finished=finished,
        )

    async def _suspects_wait(self, session: AsyncSession, work: Work) -> bool:
        now = time.monotonic()
        if not work.suspects and now - work.suspects_looked_at < SUSPECTS_EVERY_SECONDS:
            return False
        work.suspects_looked_at = now
        work.suspects = await has_suspects(session, work.queue)
        return work.suspects

    async def _execute(self, work: Work, claimed: Claim) -> None:
        logger = log.bind(queue=work.name, job_id=str(claimed.id), attempt=claimed.attempt)
        try:
            if await work.run(claimed):
                work.finished.append(claimed)
            else:
                logger.info("job_completed")
        except FencedError:
            logger.warning("job_fenced")
        except CancelledJobError:
            await self._record(work, claimed, None)
        except asyncio.CancelledError:
            await asyncio.shield(self._return(work, claimed))
            raise
        except AppError as error:
            await self._record(work, claimed, error)
        except Exception as error:
            # The words of an unforeseen error may quote a document: only its kind is told.
            logger.exception("job_broke", exc_info=_without_words(error))
            await self._record(work, claimed, AppError("internal_error", kind=type(error).__name__))

    async def _record(self, work: Work, claimed: Claim, error: AppError | None) -> None:
        try:
            async with self._database.begin() as session:
                if error is None:
                    await cancel_claimed(session, work.queue, claimed)
                    log.info("job_cancelled", job_id=str(claimed.id))
                    return
                retry_after = error.details.get("retry_after")
                again = await fail(
                    session,
                    work.queue,
                    claimed,
                    error,
                    retry_after=retry_after if isinstance(retry_after, int | float) else None,
                )
            log.info("job_failed", job_id=str(claimed.id), code=error.code, will_retry=again)
        except FencedError:
            log.warning("job_fenced", job_id=str(claimed.id))
        except (DBAPIError, OSError) as away:
            # The lease runs out and the reaper returns the job: nothing is lost.
            log.warning("outcome_not_recorded", job_id=str(claimed.id), error=type(away).__name__)

    async def _return(self, work: Work, claimed: Claim) -> None:
        async with self._database.begin() as session:
            await give_back(session, work.queue, [claimed])

    def _done(self, work: Work, task: asyncio.Task[None]) -> None:
        work.running.pop(task, None)
        self._rung.set()


def _without_words(error: BaseException) -> tuple[type[BaseException], BaseException, object]:
    bare = Exception(type(error).__name__)
    return (Exception, bare, error.__traceback__)
