"""Jobs as the command line finds them: many at once, or one by the beginning of its id."""

import re
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import SYSTEM, visible_jobs
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ArchivedJob, IngestionJob
from cogep_assist.ingestion_service.job_queries import list_jobs
from cogep_assist.ingestion_service.schemas import JobReply

PAGE = 500
_BEGINNING = re.compile(r"[0-9a-f]{1,32}")


async def job_replies(database: Database, ids: Sequence[UUID]) -> dict[UUID, JobReply]:
    """Return jobs that were submitted a short while ago, by id."""
    wanted = set(ids)
    found: dict[UUID, JobReply] = {}
    before: int | None = None
    while len(found) < len(wanted):
        async with database.begin() as session:
            page, before = await list_jobs(session, SYSTEM, limit=PAGE, before=before)
        found |= {job.id: job for job in page if job.id in wanted}
        if before is None:
            break
    return found


async def resolve_job(session: AsyncSession, text: str) -> UUID:
    """Return the one job whose id begins like this.

    Raises AppError("id_invalid"|"job_not_found"|"id_ambiguous").
    """
    low, high = id_range(text)
    found = [
        job_id
        for jobs in (IngestionJob, ArchivedJob)
        for job_id in await session.scalars(
            sa.select(jobs.id)
            .where(jobs.id.in_(visible_jobs(SYSTEM, jobs)), jobs.id.between(low, high))
            .limit(2)
        )
    ]
    return only_one(text, found, "job_not_found")


def id_range(text: str) -> tuple[UUID, UUID]:
    """Return the first and the last id that begin like this. Raises AppError("id_invalid")."""
    digits = text.strip().lower().replace("-", "")
    if not _BEGINNING.fullmatch(digits):
        raise AppError("id_invalid", value=text)
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def only_one(text: str, found: Sequence[UUID], missing: str) -> UUID:
    """Return the only id found. Raises AppError("id_ambiguous"), or ``missing`` for none."""
    if not found:
        raise AppError(missing)
    if len(found) > 1:
        raise AppError("id_ambiguous", prefix=text)
    return found[0]
