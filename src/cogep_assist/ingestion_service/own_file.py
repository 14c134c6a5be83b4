"""A file that somebody brings for a question of their own: theirs alone, and gone in a day."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, JobStatus, Visibility
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.intake import Intake
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.job_queries import find_job
from cogep_assist.ingestion_service.submission import Submission

PREFIX = "meu-arquivo-"
KEPT = timedelta(days=1)
MOST = 10
# Somebody waits for it: what takes longer is asked about a little later.
WAIT_SECONDS = 20.0


async def read_own_file(
    intake: Intake, principal: Principal, submission: Submission
) -> tuple[str, bool]:
    """Take a file in and wait for it; return the name to ask within, and whether it was read.

    It passes every station that any document passes. Raises AppError("role_not_allowed"|
    "account_needed"|"own_files_too_many") and what reading it raised.
    """
    principal.require(Act.ASK)
    async with intake.database.begin() as session:
        name = await _place(session, principal)
    request = IntakeRequest(principal, [replace(submission, collection=name)])
    accepted = await intake.writer.submit(request)
    job_id = UUID(str(accepted.job_ids[0]))
    await intake.watch.wait(job_id, WAIT_SECONDS)
    async with intake.database.begin() as session:
        job = await find_job(session, principal, job_id)
    if job.status is JobStatus.FAILED and job.error is not None:
        raise AppError(job.error.code)
    return name, job.status is JobStatus.COMPLETED


async def _place(session: AsyncSession, principal: Principal) -> str:
    """Make a place that this person alone reads."""
    if principal.user_id is None:
        raise AppError("account_needed")
    now = sa.func.clock_timestamp()
    held = await session.scalar(
        sa.select(sa.func.count())
        .select_from(Collection)
        .where(Collection.owner_user_id == principal.user_id, Collection.expires_at > now)
    )
    if (held or 0) >= MOST:
        raise AppError("own_files_too_many", limit=MOST)
    place = Collection(
        name=f"{PREFIX}{uuid7().hex}",
        # Of named teams, and of none that is named: nobody but its owner.
        visibility=Visibility.TEAMS,
        owner_user_id=principal.user_id,
        expires_at=now + sa.literal(KEPT),
    )
    session.add(place)
    await session.flush()
    await audit.record(session, principal, "collection_created", "collection", place.id)
    return place.name
