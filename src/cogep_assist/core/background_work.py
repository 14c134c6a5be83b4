"""Put work other than documents in line, once per thing to be done."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.db import RING
from cogep_assist.core.models import BackgroundJob, BackgroundStatus


async def enqueue_background(session: AsyncSession, kind: str, subject: str) -> int:
    """Enqueue a duty in the caller's transaction; return 0 where one waits already, else 1.

    One that waits is enough; one that runs may have looked already, so a second may wait. Two
    callers at once may both enqueue: a duty must bear being done twice anyway.
    """
    waits = sa.exists().where(
        BackgroundJob.kind == kind,
        BackgroundJob.subject == subject,
        BackgroundJob.status == BackgroundStatus.PENDING,
    )
    new = sa.select(sa.literal(uuid7()), sa.literal(kind), sa.literal(subject)).where(~waits)
    made = await session.execute(
        sa.insert(BackgroundJob)
        .from_select(["id", "kind", "subject"], new, include_defaults=False)
        .returning(BackgroundJob.id)
    )
    # The workers hear of it after the commit.
    session.info[RING] = True
    return len(made.all())


async def enqueue_each(session: AsyncSession, kind: str, subjects: Iterable[str]) -> None:
    """Enqueue a duty for each of some subjects that nobody else knows yet; at least one."""
    rows = [{"id": uuid7(), "kind": kind, "subject": subject} for subject in subjects]
    await session.execute(sa.insert(BackgroundJob).values(rows))
    session.info[RING] = True
