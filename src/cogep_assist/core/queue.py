"""Table-generic queue: fence, retry, cancel. The row is the only truth.

Any table with the columns of ``ai.ingestion_queue`` that are named here can be a queue.
A wake-up carries no job: it says "drain", and losing it costs latency, never a job.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import BackgroundJob, IngestionJob

MAX_CRASHES = 3
BACKOFF_FIRST_SECONDS = 5.0
BACKOFF_MAX_SECONDS = 600.0
ASLEEP_AFTER = "60s"

Executor = AsyncSession | AsyncConnection


class Bell(Protocol):
    """Wake the workers after a commit. Rings may be coalesced, late or lost."""

    async def ring(self) -> None:
        """Say "drain" to whoever listens."""


class SilentBell:
    """Ring for nobody: the slow poll finds the work."""

    async def ring(self) -> None:
        """Do nothing."""


class FencedError(Exception):
    """The job is no longer this worker's: its lease ran out, or it was taken back."""


class CancelledJobError(Exception):
    """A person asked to stop this job while it ran."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A table that is a queue.

    ``ordering`` names the columns within which jobs keep their order, ``hands_over`` those
    that a handler is given, beside id, attempts, priority, sequence and crashes.
    """

    table: sa.Table
    ordering: tuple[str, ...] = ()
    hands_over: tuple[str, ...] = ()


# Not frozen, only because a frozen one takes three times as long to make.
@dataclass(slots=True, eq=False)
class Claim:
    """A job held by a worker; (worker, attempt) is the fence of all its writes."""

    id: UUID
    worker_id: UUID
    attempt: int
    row: dict[str, Any]


INGESTION = Queue(
    IngestionJob.__table__,  # type: ignore[arg-type]
    ordering=("collection_id", "source_key"),
    hands_over=(
        *("source_kind", "collection_id", "source_key", "uri", "title", "file_name"),
        *("declared_type", "blob_id", "metadata", "callback_url", "submitted_by", "request_id"),
        "created_at",
    ),
)
BACKGROUND = Queue(BackgroundJob.__table__, hands_over=("kind", "subject", "payload"))  # type: ignore[arg-type]


async def hold(session: AsyncSession, queue: Queue, claimed: Claim) -> None:
    """Lock the job's row for this transaction, sure that it is still this worker's.

    A worker that falls asleep in the midst of it loses the transaction after a minute, and the
    lock with it: otherwise nobody could ever take the job back.
    Raises FencedError when it is not, CancelledJobError when a person asked to stop.
    """
    table = queue.table
    cancelled = table.c.get("cancel_requested", sa.false())
    asleep = sa.func.set_config("idle_in_transaction_session_timeout", ASLEEP_AFTER, True)
    row = (
        await session.execute(
            sa.select(cancelled, asleep).where(*_fence(table, claimed)).with_for_update()
        )
    ).first()
    if row is None:
        raise FencedError
    if row[0]:
        raise CancelledJobError


async def save_progress(executor: Executor, queue: Queue, claimed: Claim, **values: Any) -> None:
    """Write how far the job is. Raises FencedError or CancelledJobError as ``hold`` does."""
    table = queue.table
    row = (
        await executor.execute(
            sa.update(table)
            .where(*_fence(table, claimed))
            .values(**values)
            .returning(table.c.cancel_requested)
        )
    ).first()
    if row is None:
        raise FencedError
    if row[0]:
        raise CancelledJobError


async def complete(executor: Executor, queue: Queue, claimed: Claim, **values: Any) -> None:
    """End the job well. Raises FencedError if it is no longer this worker's."""
    await _end(executor, queue, claimed, status="completed", **values)


async def cancel_claimed(executor: Executor, queue: Queue, claimed: Claim, **values: Any) -> None:
    """End the job because a person asked to. Raises FencedError as ``complete`` does."""
    await _end(executor, queue, claimed, status="cancelled", **values)


async def fail(
    executor: Executor,
    queue: Queue,
    claimed: Claim,
    error: AppError,
    *,
    retry_after: float | None = None,
    **values: Any,
) -> bool:
    """Record a failure: back to pending after a pause, or failed for good with its cause.

    Return whether it will be tried again. Only an error that may pass by itself is
    retried, up to ``max_attempts`` failures, with exponential backoff and jitter.
    """
    table = queue.table
    last = sa.or_(sa.literal(not error.retryable), table.c.failures + 1 >= table.c.max_attempts)
    backoff = sa.func.least(
        BACKOFF_MAX_SECONDS,
        BACKOFF_FIRST_SECONDS * sa.func.power(3, sa.cast(table.c.failures, sa.Float)),
    ) * (0.75 + 0.5 * sa.func.random())
    if retry_after is not None:
        backoff = sa.func.greatest(backoff, min(retry_after, BACKOFF_MAX_SECONDS))
    row = (
        await executor.execute(
            sa.update(table)
            .where(*_fence(table, claimed))
            .values(
                status=sa.case(
                    (last, status_literal(table, "failed")), else_=status_literal(table, "pending")
                ),
                failures=table.c.failures + 1,
                available_at=sa.func.now() + backoff * sa.literal_column("interval '1 second'"),
                finished_at=sa.case((last, sa.func.now()), else_=sa.null()),
                worker_id=None,
                lease_until=None,
                error_code=error.code,
                error_details=error.details,
                **values,
            )
            .returning(table.c.status)
        )
    ).first()
    if row is None:
        raise FencedError
    return _value(row[0]) == "pending"


async def give_back(
    executor: Executor, queue: Queue, claims: Sequence[Claim], *, after_seconds: float = 0.0
) -> None:
    """Return jobs unharmed, as on an orderly stop; what is no longer ours stays as it is."""
    table = queue.table
    due = sa.func.now() + after_seconds * sa.literal_column("interval '1 second'")
    for claimed in claims:
        await executor.execute(
            sa.update(table)
            .where(*_fence(table, claimed))
            .values(
                status="pending",
                worker_id=None,
                lease_until=None,
                available_at=due if after_seconds else table.c.available_at,
            )
        )


async def give_back_all(executor: Executor, queue: Queue, worker_id: UUID) -> None:
    """Return unharmed whatever a worker holds: it is leaving."""
    table = queue.table
    await executor.execute(
        sa.update(table)
        .where(table.c.worker_id == worker_id, table.c.status == "processing")
        .values(status="pending", worker_id=None, lease_until=None)
    )


async def cancel(session: AsyncSession, queue: Queue, job_id: UUID) -> str | None:
    """Cancel a waiting job at once, or ask a running one to stop.

    Return the status that it had, or None when there is no such job; a job that has
    ended stays as it is.
    """
    table = queue.table
    status = (
        await session.execute(
            sa.select(table.c.status).where(table.c.id == job_id).with_for_update()
        )
    ).scalar_one_or_none()
    if status is None:
        return None
    before = _value(status)
    if before == "pending":
        await session.execute(
            sa.update(table)
            .where(table.c.id == job_id)
            .values(status="cancelled", finished_at=sa.func.now(), cancel_requested=True)
        )
    elif before == "processing":
        await session.execute(
            sa.update(table).where(table.c.id == job_id).values(cancel_requested=True)
        )
    return before


async def retry(session: AsyncSession, queue: Queue, job_id: UUID) -> str | None:
    """Put a failed or cancelled job back in line with its count of failures at zero.

    Return the status that it had, or None when there is no such job; a job that waits,
    runs or is done stays as it is.
    """
    table = queue.table
    status = (
        await session.execute(
            sa.select(table.c.status).where(table.c.id == job_id).with_for_update()
        )
    ).scalar_one_or_none()
    if status is None:
        return None
    before = _value(status)
    if before in {"failed", "cancelled"}:
        await session.execute(
            sa.update(table)
            .where(table.c.id == job_id)
            .values(
                status="pending",
                failures=0,
                crashes=0,
                cancel_requested=False,
                available_at=sa.func.now(),
                finished_at=None,
                error_code=None,
                error_details=sa.null(),
                stage=None,
                progress=0,
            )
        )
    return before


async def _end(
    executor: Executor, queue: Queue, claimed: Claim, *, status: str, **values: Any
) -> None:
    table = queue.table
    row = (
        await executor.execute(
            sa.update(table)
            .where(*_fence(table, claimed))
            .values(
                status=status,
                finished_at=sa.func.clock_timestamp(),
                lease_until=None,
                error_code=None,
                error_details=sa.null(),
                **values,
            )
            .returning(table.c.id)
        )
    ).first()
    if row is None:
        raise FencedError


def _fence(table: sa.Table, claimed: Claim) -> list[sa.ColumnElement[bool]]:
    return [
        table.c.id == claimed.id,
        table.c.worker_id == claimed.worker_id,
        table.c.attempts == claimed.attempt,
        table.c.status == "processing",
    ]


def status_literal(table: sa.Table, value: str) -> sa.ColumnElement[Any]:
    """Return a status as the table's own enum: in a CASE, PostgreSQL would take it for text."""
    return sa.cast(sa.literal(value, type_=table.c.status.type), table.c.status.type)


def _value(status: Any) -> str:
    return str(getattr(status, "value", status))
