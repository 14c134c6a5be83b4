"""Work other than documents, by name: merging the index, sweeping what has expired."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import access
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Blob,
    Chunk,
    Collection,
    Document,
    DocumentVersion,
    IngestionJob,
)
from cogep_assist.core.queue import BACKGROUND, Claim, complete
from cogep_assist.retrieval.merge import merge_collection

# Merges and sweeps take memory and a connection each.
HEAVY_DUTIES = 2
Duty = Callable[[AsyncSession, str], Awaitable[Any]]


async def perform(database: Database, heavy: asyncio.Semaphore, claimed: Claim) -> bool:
    """Do the duty that a background job names; tell whether the job is still to be ended.

    A duty that writes ends its job in its own transaction, so that both happen or neither.
    ``heavy`` bounds how many run at once in this process.
    """
    duty = DUTIES.get(claimed.row["kind"])
    if duty is None:
        raise AppError("duty_unknown", kind=claimed.row["kind"])
    async with heavy, database.begin() as session:
        await duty(session, claimed.row["subject"])
        await complete(session, BACKGROUND, claimed)
    return False


async def merge_segments(session: AsyncSession, subject: str) -> None:
    """Merge the small segments of one collection; what is left over is due again at once."""
    await merge_collection(session, UUID(subject))


async def sweep_blobs(session: AsyncSession, _subject: str) -> None:
    """Remove bytes that neither a job nor a version refers to any more."""
    await session.execute(
        sa.delete(Blob).where(
            Blob.created_at < sa.func.now() - sa.text("interval '1 hour'"),
            ~sa.exists().where(IngestionJob.blob_id == Blob.id),
            ~sa.exists().where(DocumentVersion.blob_id == Blob.id),
        )
    )


async def sweep_expired(session: AsyncSession, _subject: str) -> None:
    """Remove what was made to last for a while: replies, sessions, links, collections."""
    await access.sweep_expired(session)
    gone = sa.select(Collection.id).where(Collection.expires_at < sa.func.now())
    for table in (IngestionJob, Chunk, Document):
        await session.execute(sa.delete(table).where(table.collection_id.in_(gone)))
    await session.execute(sa.delete(Collection).where(Collection.expires_at < sa.func.now()))


DUTIES: dict[str, Duty] = {
    "merge_segments": merge_segments,
    "sweep_blobs": sweep_blobs,
    "sweep_expired": sweep_expired,
}
