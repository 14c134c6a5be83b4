"""Submit without HTTP: what the command line and the start-up use."""

from collections.abc import Sequence
from uuid import UUID

import psycopg

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.queue import Bell, SilentBell
from cogep_assist.ingestion_service.batch_write import write_batch
from cogep_assist.ingestion_service.collections import require_curated
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.submission import Submission

__all__ = ["submit"]


async def submit(
    database: Database,
    principal: Principal,
    submissions: Sequence[Submission],
    *,
    bell: Bell | None = None,
    max_attempts: int = 3,
) -> list[UUID]:
    """Put submissions into the queue, all or none, and return their jobs' ids in order.

    Raises AppError("role_not_allowed"|"collection_not_found"|"collection_not_curated"|
    "database_unavailable").
    """
    principal.require(Act.INGEST)
    if not submissions:
        return []
    if principal.role is not Role.ADMIN:
        async with database.begin() as session:
            await require_curated(session, principal, {s.collection for s in submissions})
    request = IntakeRequest(principal, submissions)
    try:
        async with await database.connect() as connection:
            await write_batch(connection, [request], max_attempts=max_attempts)
    except psycopg.OperationalError:
        raise AppError("database_unavailable") from None
    await (bell or SilentBell()).ring()
    return request.job_ids
