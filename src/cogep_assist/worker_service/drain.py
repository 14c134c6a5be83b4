"""Drain the queues: claim what fits, run it side by side, record how each job ended."""

import asyncio
import time
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.queue import Claim, Queue
from cogep_assist.core.queue_claim import claim, has_suspects, release_forgotten, tune_for_claims
from cogep_assist.worker_service.job_ends import DATABASE_AWAY_SECONDS, JobEnds
from cogep_assist.worker_service.job_line import Work
from cogep_assist.worker_service.job_turns import JobTurns
from cogep_assist.worker_service.outage import Outage
from cogep_assist.worker_service.registration import Registration

SUSPECTS_EVERY_SECONDS = 1.0
log = get_logger(__name__)


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
        self._ends = JobEnds(database, registration.worker_id, self._rung.set)
        self._turns = JobTurns(database, self._ended)
        self._stopping = False

    @property
    def busy(self) -> int:
        """Jobs that run at this moment."""
        return sum(len(work.running) for work in self._works)

    @property
    def unrecorded(self) -> bool:
        """Whether jobs have ended whose end is not in the table yet."""
        return any(work.unrecorded for work in self._works)

    @property
    def held(self) -> list[tuple[Queue, list[UUID]]]:
        """The jobs of each queue that this worker answers for: their leases are renewed."""
        return [(work.queue, work.held) for work in self._works]

    def wake(self, queue: str = "") -> None:
        """Look at the queues, or at the one that is named, now instead of at the next poll."""
        for work in self._works:
            work.look |= queue in ("", work.name)
        self._rung.set()

    def stop(self) -> None:
        """Claim nothing more; what runs may end."""
        self._stopping = True
        self._rung.set()

    async def run(self) -> None:
        """Drain, wait for a ring or the slow poll, drain again, until ``stop``."""
        outage: Outage | None = None
        while not self._stopping:
            try:
                claimed = await self.step()
            except (DBAPIError, psycopg.Error, OSError) as error:
                outage = outage or Outage()
                outage.goes_on(error)
                await asyncio.sleep(DATABASE_AWAY_SECONDS)
                continue
            if outage is not None:
                outage.ends()
                outage = None
            if not claimed:
                await self.wait_for_change(self._poll_seconds)

    async def drain(self) -> int:
        """Run everything that is due now and return how many jobs that were."""
        total = 0
        self.wake()
        while not self._stopping:
            claimed = await self.step()
            total += claimed
            if claimed:
                continue
            if self.busy or self.unrecorded:
                await self.wait_for_change(self._poll_seconds)
            # A job that ended while the table was read may have made the next one due.
            elif not any(self._is_due(work) for work in self._works):
                break
        return total

    async def step(self) -> int:
        """Fill the free slots of every queue once and return how many jobs were claimed."""
        self._rung.clear()
        for work in self._works:
            # Should their writer have broken off, it begins anew.
            self._ends.begin(work)
        due = [work for work in self._works if self._is_due(work)]
        if len(due) == 1:
            return await self._fill(due[0])
        results = await asyncio.gather(*map(self._fill, due), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sum(result for result in results if isinstance(result, int))

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
        for work in self._works:
            # No claim is under way once its lock is free: no job can come after that.
            async with work.claiming:
                pass
        await self._turns.finish(self._works, grace_seconds)
        await self._ends.close(self._works)
        for work in self._works:
            await _disconnect(work)

    def _is_due(self, work: Work) -> bool:
        look = work.look or time.monotonic() - work.looked_at >= self._poll_seconds
        return look and self._limit(work) > 0

    def _limit(self, work: Work) -> int:
        free = not self._stopping and not self._registration.idle_reason and not work.alone
        return work.batch if free else 0

    async def _fill(self, work: Work) -> int:
        async with work.claiming:
            return await self._claim(work)

    def _ended(self, work: Work) -> None:
        self._ends.begin(work)
        self._rung.set()

    async def _claim(self, work: Work) -> int:
        limit = self._limit(work)
        if limit < 1:
            return 0
        connection = await self._connected(work)
        # Where the last claim found less than it asked for, suspects were looked for after it.
        if (work.suspects or work.full) and await self._suspects_wait(connection, work):
            return await self._claim_suspect(connection, work, limit)
        # A ring that comes from here on is about something that this claim may not see.
        work.look, work.looked_at = False, time.monotonic()
        claimed = await self._claim_from(connection, work, limit, suspects=False)
        work.learn(limit, len(claimed))
        self._turns.begin(work, claimed)
        work.full = len(claimed) == limit
        if work.full:
            work.look = True
        else:
            # What was taken begins before anything more is asked.
            await asyncio.sleep(0)
            if not claimed:
                # Nothing else is due: what must run alone has its turn now.
                work.suspects_looked_at = 0.0
            # A ring that comes while this is asked must not be forgotten with the answer.
            if await self._suspects_wait(connection, work):
                work.look = True
        return len(claimed)

    async def _claim_suspect(self, connection: AsyncConnection[Any], work: Work, limit: int) -> int:
        """Claim one job under which a worker died, to be run alone, so that it harms no other."""
        if work.running or work.unrecorded:
            # Nor may the end of another be unwritten when this one brings its worker down.
            return 0
        work.look = True
        claimed = await self._claim_from(connection, work, limit, suspects=True)
        work.alone = bool(claimed)
        if not claimed:
            # Another worker was faster.
            claimed = await self._claim_from(connection, work, limit, suspects=False)
        self._turns.begin(work, claimed)
        return len(claimed)

    async def _claim_from(
        self, connection: AsyncConnection[Any], work: Work, limit: int, *, suspects: bool
    ) -> list[Claim]:
        try:
            return await claim(
                connection,
                work.queue,
                worker_id=self._registration.worker_id,
                revision=self._registration.revision,
                limit=limit,
                lease_seconds=self._lease_seconds,
                suspects=suspects,
            )
        except BaseException:
            work.look = True
            raise

    async def _suspects_wait(self, connection: AsyncConnection[Any], work: Work) -> bool:
        now = time.monotonic()
        if not work.suspects and now - work.suspects_looked_at < SUSPECTS_EVERY_SECONDS:
            return False
        work.suspects_looked_at = now
        work.suspects = await has_suspects(connection, work.queue, self._registration.revision)
        return work.suspects

    async def _connected(self, work: Work) -> AsyncConnection[Any]:
        if work.connection is not None and not work.connection.closed:
            return work.connection
        connection = await self._database.connect()
        try:
            await tune_for_claims(connection)
            # The last connection may have been lost between a claim and its reply.
            forgotten = await release_forgotten(
                connection, work.queue, self._registration.worker_id, work.held
            )
        except BaseException:
            await connection.close()
            raise
        if forgotten:
            log.warning("forgotten_jobs_released", queue=work.name, jobs=forgotten)
        work.connection = connection
        return connection


async def _disconnect(work: Work) -> None:
    connection, work.connection = work.connection, None
    if connection is not None:
        await connection.close()
