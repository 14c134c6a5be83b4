"""The duty that keeps the queues short: what ended a while ago leaves them, batch by batch."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import get_settings
from cogep_assist.core.queue_archive import archive_jobs, forget_background_jobs

ARCHIVE = "archive_finished"
# A batch is a transaction: short enough that nobody waits for it, and that it can be repeated.
BATCH = 2000


async def archive_finished(session: AsyncSession, _subject: str) -> None:
    """Archive documents' jobs and delete background jobs that ended long enough ago.

    One batch of each; where more are left, the duty is due again at once.
    """
    kept = timedelta(days=get_settings().queue_keep_days)
    archived = await archive_jobs(session, older_than=kept, limit=BATCH)
    forgotten = await forget_background_jobs(session, older_than=kept, limit=BATCH)
    if BATCH in {archived, forgotten}:
        await enqueue_background(session, ARCHIVE, "")
