"""Move jobs that ended out of the queue's way, and back when a person tries one again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.models import ArchivedJob

COLUMNS = tuple(column.name for column in ArchivedJob.__table__.columns)

ENDED = """
    SELECT id FROM {table}
    WHERE finished_at < now() - %(older_than)s AND status IN ('completed', 'failed', 'cancelled')
    ORDER BY finished_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
# The sequence number is the job's for good: lists and the order of a document go by it.
MOVE = """
    WITH moved AS (DELETE FROM {source} WHERE id IN ({ids}) RETURNING {columns})
    INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM moved
"""
FORGET = "DELETE FROM {table} WHERE id IN ({ids})"

QUEUE = sql.Identifier("ai", "ingestion_queue")
ARCHIVE = sql.Identifier("ai", "ingestion_archive")
BACKGROUND = sql.Identifier("access", "background_job")


async def archive_jobs(session: AsyncSession, *, older_than: timedelta, limit: int) -> int:
    """Move up to ``limit`` jobs that ended so long ago into the archive; return how many."""
    ended = sql.SQL(ENDED).format(table=QUEUE)
    return await _execute(session, _move(QUEUE, ARCHIVE, ended), older_than=older_than, limit=limit)


async def unarchive_job(session: AsyncSession, job_id: UUID) -> bool:
    """Move one job back into the queue as it was; return whether there was one."""
    statement = _move(ARCHIVE, QUEUE, sql.SQL("%(job)s::uuid"))
    return await _execute(session, statement, job=job_id) > 0


async def forget_background_jobs(
    session: AsyncSession, *, older_than: timedelta, limit: int
) -> int:
    """Delete up to ``limit`` background jobs that ended so long ago; return how many."""
    ended = sql.SQL(ENDED).format(table=BACKGROUND)
    statement = sql.SQL(FORGET).format(table=BACKGROUND, ids=ended)
    return await _execute(session, statement, older_than=older_than, limit=limit)


def _move(source: sql.Identifier, target: sql.Identifier, ids: sql.Composable) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in COLUMNS)
    return sql.SQL(MOVE).format(source=source, target=target, ids=ids, columns=columns)


async def _execute(session: AsyncSession, statement: sql.Composed, **values: Any) -> int:
    connection = await driver_connection(session)
    return (await connection.execute(statement, values)).rowcount
