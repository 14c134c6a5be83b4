"""Put work other than documents in line, once per thing to be done."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.models import BackgroundJob


async def enqueue_background(session: AsyncSession, kind: str, subject: str) -> int:
    """Enqueue a duty in the caller's transaction; return 0 where one waits already, else 1.

    One that waits is enough; one that runs may have looked already, so a second may wait.
    """
    made = await session.execute(
        insert(BackgroundJob)
        .values(id=uuid7(), kind=kind, subject=subject)
        .on_conflict_do_nothing(
            index_elements=["kind", "subject"], index_where=sa.text("status = 'pending'")
        )
        .returning(BackgroundJob.id)
    )
    return len(made.all())
