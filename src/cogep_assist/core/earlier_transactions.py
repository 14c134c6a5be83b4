"""Wait for the transactions that were under way at a moment: they may not have seen what it made.

Whoever publishes a row that all others must heed, and then looks at what they wrote, has to know
that nobody goes on writing without having seen it. A transaction that began later has; those that
were under way are listed once and waited for, as PostgreSQL does to build an index beside writers.
"""

import asyncio
import time

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import Database

# Every transaction holds the lock of its virtual number to its end, one that only reads as well.
_UNDER_WAY = sa.text("""
    SELECT l.virtualtransaction
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
       AND a.usesysid IS NOT NULL
       AND a.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
""")
_FIRST_LOOK_SECONDS = 0.01
_SELDOM_SECONDS = 0.5


async def under_way(database: Database) -> frozenset[str]:
    """Return the transactions that other sessions have open in this database at this moment."""
    async with database.reading() as session:
        return await _listed(session)


async def have_ended(database: Database, earlier: frozenset[str], *, seconds: float) -> bool:
    """Wait until all of some transactions have ended; False where one goes on for longer."""
    give_up = time.monotonic() + seconds
    pause = _FIRST_LOOK_SECONDS
    while earlier:
        earlier &= await under_way(database)
        if not earlier:
            break
        if time.monotonic() >= give_up:
            return False
        await asyncio.sleep(pause)
        pause = min(2 * pause, _SELDOM_SECONDS)
    return True


async def _listed(session: AsyncSession) -> frozenset[str]:
    return frozenset(await session.scalars(_UNDER_WAY))
