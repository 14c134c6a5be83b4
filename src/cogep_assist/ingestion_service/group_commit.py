"""Many requests, one transaction: who comes while a commit is under way shares the next.

A request is answered only after its COMMIT. A batch that the database refuses is written
again request by request, so that only the bad one fails.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.metrics import INTAKE_BATCH_REQUESTS
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.core.queue import Bell
from cogep_assist.ingestion_service.intake_request import IntakeReply, IntakeRequest, Outcome
from cogep_assist.ingestion_service.write_requests import write_requests

# While one transaction waits for the disk, the next is put together and sent.
LANES = 2
# Clients that wait for their replies come back together: taken by one lane, they would leave the
# other without work, and this process idle while the database writes. Fewer stay together.
SHARED_REQUESTS = 16
BATCH_ROWS = 400
BATCH_BYTES = 16 * 1024 * 1024
WAITING_REQUESTS = 4000
WAITING_BYTES = 64 * 1024 * 1024
# Larger ones go alone, a few at a time, and never hold up the many small ones.
ALONE_BYTES = 4 * 1024 * 1024
ALONE_AT_ONCE = 2
ALONE_WAITING = 32
PENDING_COUNT_SECONDS = 3.0
# A busy intake rings no more often than this: each ring costs as much as several requests.
RING_PAUSE_SECONDS = 0.005
BUSY_RETRY_SECONDS = 2
FULL_RETRY_SECONDS = 15

log = get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Waiter:
    request: IntakeRequest
    future: asyncio.Future[IntakeReply]


class GroupCommit:
    """The intake's writer of one process; ``start`` and ``close`` belong to its lifespan."""

    def __init__(
        self, database: Database, bell: Bell, *, max_pending: int, max_attempts: int
    ) -> None:
        self._database = database
        self._bell = bell
        self._max_attempts = max_attempts
        self._room = _QueueRoom(max_pending)
        self._waiting: deque[_Waiter] = deque()
        self._waiting_bytes = 0
        self._alone = asyncio.Semaphore(ALONE_AT_ONCE)
        self._alone_count = 0
        self._arrived = asyncio.Event()
        self._rung = asyncio.Event()
        self._in_flight = 0
        self._lanes = [_Lane(database) for _ in range(LANES)]
        self._flushers: list[asyncio.Task[None]] = []
        self._ringer: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Begin to write what comes."""
        self._flushers = [asyncio.create_task(self._flush_forever(lane)) for lane in self._lanes]
        self._ringer = asyncio.create_task(self._ring_forever())

    async def close(self) -> None:
        """Write what still waits, then stop."""
        self._closing = True
        self._arrived.set()
        await asyncio.gather(*self._flushers)
        if self._ringer is not None:
            self._ringer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ringer
        if self._rung.is_set():
            await self._ring()
        for lane in self._lanes:
            await lane.drop()

    async def submit(self, request: IntakeRequest) -> IntakeReply:
        """Return when the request is committed.

        Raises AppError("intake_busy"|"intake_full"|"database_unavailable"|
        "idempotency_key_reused"|"collection_not_found"|"submission_refused").
        """
        if self._closing:
            raise AppError("intake_busy", retry_after=BUSY_RETRY_SECONDS)
        if request.size > ALONE_BYTES:
            return await self._submit_alone(request)
        if (
            len(self._waiting) >= WAITING_REQUESTS
            or self._waiting_bytes + request.size > WAITING_BYTES
        ):
            raise AppError("intake_busy", retry_after=BUSY_RETRY_SECONDS)
        waiter = _Waiter(request, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._waiting_bytes += request.size
        self._arrived.set()
        return await waiter.future

    async def ring(self) -> None:
        """Wake the workers soon, for work that was committed elsewhere."""
        self._rung.set()

    async def _submit_alone(self, request: IntakeRequest) -> IntakeReply:
        if self._alone_count >= ALONE_WAITING:
            raise AppError("intake_busy", retry_after=BUSY_RETRY_SECONDS)
        self._alone_count += 1
        try:
            return await self._write_alone(request)
        finally:
            self._alone_count -= 1

    async def _write_alone(self, request: IntakeRequest) -> IntakeReply:
        async with self._alone:
            try:
                async with await self._database.connect() as connection:
                    await self._room.require(connection, len(request.submissions))
                    (outcome,) = await write_requests(
                        connection, [request], max_attempts=self._max_attempts
                    )
            except psycopg.errors.DiskFull:
                raise AppError("storage_full") from None
            except psycopg.OperationalError:
                raise AppError("database_unavailable") from None
        self._rung.set()
        if isinstance(outcome, AppError):
            raise outcome
        return outcome

    async def _flush_forever(self, lane: "_Lane") -> None:
        while await self._turn():
            batch = self._take()
            self._in_flight += len(batch)
            try:
                outcomes = await self._write(lane, batch)
            except Exception as error:  # noqa: BLE001  (one batch must not end the intake)
                # No traceback: it could carry what was submitted.
                log.error("intake_batch_failed", error=type(error).__name__)  # noqa: TRY400
                outcomes = [AppError("internal_error")] * len(batch)
            self._in_flight -= len(batch)
            _answer(batch, outcomes)
            self._arrived.set()

    async def _turn(self) -> bool:
        """Wait until there is a batch worth a transaction; return False when it is over.

        Beside a batch that is under way, only one that is as large is: many small ones would cost
        more than they gain.
        """
        while not (self._waiting and len(self._waiting) >= self._in_flight):
            if self._closing and not self._waiting:
                return False
            self._arrived.clear()
            await self._arrived.wait()
        return True

    def _take(self) -> list[_Waiter]:
        """Take what fits into one transaction; a key that is in it already waits for the next.

        Of many at most half of all that wait or are under way: the lanes have equal shares.
        """
        share = len(self._waiting) + self._in_flight
        if share >= SHARED_REQUESTS:
            share = -(-share // LANES)
        batch: list[_Waiter] = []
        claims: set[tuple[str, str]] = set()
        later: list[_Waiter] = []
        rows = size = 0
        while self._waiting and len(batch) < share and rows < BATCH_ROWS and size < BATCH_BYTES:
            waiter = self._waiting.popleft()
            claim = waiter.request.claim
            if claim is not None and claim in claims:
                later.append(waiter)
                continue
            if claim is not None:
                claims.add(claim)
            batch.append(waiter)
            rows += len(waiter.request.submissions)
            size += waiter.request.size
        self._waiting.extendleft(reversed(later))
        self._waiting_bytes -= size
        return batch

    async def _write(self, lane: "_Lane", batch: Sequence[_Waiter]) -> list[Outcome]:
        """Write a batch, once more if the connection was lost: ids make that harmless."""
        requests = [waiter.request for waiter in batch]
        # Nobody waits behind it: its commit itself may ring, and saves the worker a round trip.
        alone = len(batch) == self._in_flight == 1 and isinstance(self._bell, NotifyBell)
        for last in (False, True):
            try:
                connection = await lane.connected()
                await self._room.require(connection, sum(len(r.submissions) for r in requests))
                outcomes = await write_requests(
                    connection, requests, max_attempts=self._max_attempts, ring=alone
                )
            except AppError as error:
                return [error] * len(batch)
            except psycopg.errors.DiskFull:
                return [AppError("storage_full")] * len(batch)
            except psycopg.OperationalError as error:
                await lane.drop()
                log.warning("intake_connection_lost", error=type(error).__name__)
                if last:
                    return [AppError("database_unavailable")] * len(batch)
            else:
                INTAKE_BATCH_REQUESTS.observe(len(batch))
                if not alone:
                    self._rung.set()
                return outcomes
        raise AssertionError("unreachable")

    async def _ring_forever(self) -> None:
        while True:
            await self._rung.wait()
            await self._ring()
            if self._in_flight or self._waiting:
                await asyncio.sleep(RING_PAUSE_SECONDS)

    async def _ring(self) -> None:
        self._rung.clear()
        try:
            await self._bell.ring()
        except Exception as error:  # noqa: BLE001  (a lost ring costs latency, never a job)
            log.warning("bell_not_rung", error=type(error).__name__)


class _Lane:
    """A connection that writes one batch at a time, opened when it is needed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection[Any] | None = None

    async def connected(self) -> AsyncConnection[Any]:
        """Return the connection, opened anew if it was lost."""
        if self._connection is None or self._connection.closed:
            self._connection = await self._database.connect()
        return self._connection

    async def drop(self) -> None:
        """Let the connection go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                await connection.close()


class _QueueRoom:
    """How many more jobs the queue takes, counted now and then and not at each request."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._room = 0
        self._counted = float("-inf")

    async def require(self, connection: AsyncConnection[Any], rows: int) -> None:
        """Raise AppError("intake_full") when the queue has no room for some more jobs."""
        stale = time.monotonic() - self._counted > PENDING_COUNT_SECONDS
        if stale or self._room < rows:
            cursor = await connection.execute(
                "SELECT count(*) FROM (SELECT FROM ai.ingestion_queue"
                " WHERE status = 'pending' LIMIT %s) AS waiting",
                [self._limit],
            )
            row = await cursor.fetchone()
            assert row is not None
            self._room = self._limit - row[0]
            self._counted = time.monotonic()
        if self._room < rows:
            raise AppError("intake_full", limit=self._limit, retry_after=FULL_RETRY_SECONDS)
        self._room -= rows


def _answer(batch: Sequence[_Waiter], outcomes: Sequence[Outcome]) -> None:
    for waiter, outcome in zip(batch, outcomes, strict=True):
        if waiter.future.done():
            continue
        if isinstance(outcome, AppError):
            waiter.future.set_exception(AppError(outcome.code, **outcome.details))
        else:
            waiter.future.set_result(outcome)
