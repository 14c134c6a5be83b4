"""Write waiting requests as cheaply as they allow: at once, in one transaction, one by one.

What the database refuses is written again in smaller parts, so that only the bad request fails.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection

from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.notify_bell import CHANNEL
from cogep_assist.ingestion_service.batch_statement import Left, fits_one_statement, write_at_once
from cogep_assist.ingestion_service.batch_write import write_batch
from cogep_assist.ingestion_service.intake_request import IntakeReply, IntakeRequest, Outcome
from cogep_assist.ingestion_service.lone_jobs import is_lone_job, write_lone_jobs

log = get_logger(__name__)


async def write_requests(
    connection: AsyncConnection[Any],
    requests: Sequence[IntakeRequest],
    *,
    max_attempts: int,
    ring: bool = False,
) -> list[Outcome]:
    """Write requests that are independent of each other; return each one's outcome, in order.

    ``ring`` wakes the workers that listen: by the same statement, where one is enough.

    The connection commits by itself. No two requests may bring the same idempotency key of one
    principal. Raises psycopg.OperationalError when the connection is lost or the disk is full.
    """
    outcomes: dict[int, Outcome] = {}
    small = [n for n, request in enumerate(requests) if fits_one_statement(request)]
    try:
        write = write_lone_jobs if all(map(is_lone_job, requests)) else write_at_once
        left = await write(
            connection, [requests[n] for n in small], max_attempts=max_attempts, ring=ring
        )
    except psycopg.Error as error:
        _raise_if_lost(connection, error)
    else:
        for place, n in enumerate(small):
            reason = left.get(place)
            if reason is None:
                outcomes[n] = IntakeReply(requests[n].job_texts)
            elif reason is Left.KEY_REVOKED:
                outcomes[n] = AppError("key_invalid")
    rest = [n for n in range(len(requests)) if n not in outcomes]
    if rest:
        written = await _write_together(connection, [requests[n] for n in rest], max_attempts)
        outcomes.update(zip(rest, written, strict=True))
        if ring:
            await connection.execute(f"NOTIFY {CHANNEL}")
    return [outcomes[n] for n in range(len(requests))]


async def _write_together(
    connection: AsyncConnection[Any], requests: Sequence[IntakeRequest], max_attempts: int
) -> list[Outcome]:
    try:
        return await write_batch(connection, requests, max_attempts=max_attempts)
    except psycopg.Error as error:
        _raise_if_lost(connection, error)
    except AppError:
        pass
    return [await _write_one(connection, request, max_attempts) for request in requests]


async def _write_one(
    connection: AsyncConnection[Any], request: IntakeRequest, max_attempts: int
) -> Outcome:
    try:
        return (await write_batch(connection, [request], max_attempts=max_attempts))[0]
    except AppError as error:
        return error
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        log.warning("submission_refused", sqlstate=error.sqlstate)
        return AppError("submission_refused")


def _raise_if_lost(connection: AsyncConnection[Any], error: psycopg.Error) -> None:
    """Let an error pass that smaller parts may do without; raise what has nothing to do with them.

    A deadlock or a conflict with another process is an operational error too, and is tried again.
    """
    conflict = isinstance(error, psycopg.errors.TransactionRollback)
    if connection.closed or (isinstance(error, psycopg.OperationalError) and not conflict):
        raise error
