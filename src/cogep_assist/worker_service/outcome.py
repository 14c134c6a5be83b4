"""How a job ended that did not end well, and the writing of it."""

import errno
from enum import Enum
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.database_words import OTHER_SCHEMA
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.job_endings import tell_ended
from cogep_assist.core.logging import get_logger
from cogep_assist.core.queue import (
    INGESTION,
    CancelledJobError,
    Claim,
    FencedError,
    Queue,
    cancel_claimed,
    fail,
    give_back,
)
from cogep_assist.rag_service.question_set_alerts import tell_failed
from cogep_assist.rag_service.question_set_state import EVALUATE

# So long does a job pause that only met a database that was away: it is not the job's fault.
PAUSE_SECONDS = 1.0
log = get_logger(__name__)


class End(Enum):
    """Ends that are no failure of the job."""

    CANCELLED = "cancelled"
    RETURNED = "returned"
    INTERRUPTED = "interrupted"


Outcome = End | AppError


def outcome_of(error: CancelledJobError | AppError) -> Outcome:
    """Return what a job's own word for its end comes to."""
    return End.CANCELLED if isinstance(error, CancelledJobError) else error


def database_trouble(error: Exception) -> Outcome:
    """Tell a database that was away, which is nobody's fault, from one that refused.

    A connection lost or refused gives the job back unharmed; a full disk and whatever else
    the database says about a statement counts as a failure that may pass.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate
        if state == "53100":
            return AppError("database_disk_full")
        lost = isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
        # 08: connection; 57P: the server stops, starts, or ended this connection; 25P03: it found
        # this worker asleep in a transaction, and let go of what the transaction held.
        if (state is None and lost) or (state or "").startswith(("08", "57P", "25P03")):
            return End.INTERRUPTED
        if state in OTHER_SCHEMA:
            # Migrated since this worker last looked: it will claim no more, and others go on.
            return AppError("schema_differs")
        return AppError("internal_error", kind=type(cause).__name__)
    if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
        return AppError("worker_disk_full")
    return AppError("internal_error", kind=type(cause).__name__)


async def record_outcome(
    database: Database, queue: Queue, claimed: Claim, outcome: Outcome
) -> None:
    """Write how a job ended; what is no longer this worker's stays as it is.

    Raises what the database raises while it is away.
    """
    job_id = str(claimed.id)
    try:
        async with database.begin() as session:
            if outcome is End.CANCELLED:
                await cancel_claimed(session, queue, claimed)
                await _tell(session, queue, claimed)
            elif isinstance(outcome, End):
                pause = PAUSE_SECONDS if outcome is End.INTERRUPTED else 0.0
                await give_back(session, queue, [claimed], after_seconds=pause)
            else:
                retry_after = outcome.details.get("retry_after")
                again = await fail(
                    session,
                    queue,
                    claimed,
                    outcome,
                    retry_after=retry_after if isinstance(retry_after, int | float) else None,
                )
                if not again:
                    await _tell(session, queue, claimed, outcome)
    except FencedError:
        log.warning("job_fenced", job_id=job_id)
        return
    if isinstance(outcome, AppError):
        # Of what nobody foresaw the code says nothing: the kind tells a deadlock from a slip.
        kind = {"kind": outcome.details.get("kind")} if outcome.code == "internal_error" else {}
        log.info("job_failed", job_id=job_id, code=outcome.code, will_retry=again, **kind)
    else:
        log.info("job_not_ended", job_id=job_id, why=outcome.value)


async def _tell(
    session: AsyncSession, queue: Queue, claimed: Claim, failure: AppError | None = None
) -> None:
    if queue is INGESTION:
        await tell_ended(session, [claimed.id])
    elif failure is not None and claimed.row["kind"] == EVALUATE:
        await tell_failed(session, UUID(claimed.row["subject"]), failure)
