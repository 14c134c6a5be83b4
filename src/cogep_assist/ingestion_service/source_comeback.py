"""Ask whether addresses that were retired because they were gone are there again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SourceItem
from cogep_assist.integrations.http import GuardedClient

SHORTEST_PAUSE = timedelta(days=1)
LONGEST_PAUSE = timedelta(days=7)
# So many in a visit: those that were not asked for longest go first.
MOST_ASKED = 50
NOW = sa.func.clock_timestamp()


def due_again(item: SourceItem, now: datetime) -> bool:
    """Tell whether a retired address may be asked: it has been away as long as it was before."""
    if item.seen_at is None or item.retired_at is None:
        return True
    away = item.seen_at - item.retired_at
    return now - item.seen_at >= min(max(away, SHORTEST_PAUSE), LONGEST_PAUSE)


async def come_back(
    client: GuardedClient,
    database: Database,
    source_id: UUID,
    items: Mapping[str, SourceItem],
    gone: Sequence[str],
    now: datetime,
) -> list[str]:
    """Return which retired addresses answer again, and note of the others that they were asked.

    An address that is still gone is no failed job: nothing was to be read there.
    """
    due = sorted(
        (name for name in gone if due_again(items[name], now)),
        key=lambda name: items[name].seen_at or datetime.min.replace(tzinfo=now.tzinfo),
    )[:MOST_ASKED]
    back = [name for name in due if await _answers(client, name)]
    away = [name for name in due if name not in back]
    if away:
        async with database.begin() as session:
            await session.execute(_retired(source_id, SourceItem.name.in_(away), seen_at=NOW))
    return back


async def ask_all_again(session: AsyncSession, source_id: UUID) -> None:
    """Let the next visit ask all retired addresses: a person wants to know."""
    await session.execute(_retired(source_id, seen_at=None))


async def _answers(client: GuardedClient, address: str) -> bool:
    try:
        response = await client.get(address)
    except AppError:
        # Down, or refusing us: what is wrong with it is nobody's work until it is there again.
        return False
    response.close()
    return True


def _retired(source_id: UUID, *conditions: sa.ColumnElement[bool], seen_at: object) -> sa.Update:
    return (
        sa.update(SourceItem)
        .where(SourceItem.source_id == source_id, SourceItem.retired_at.is_not(None), *conditions)
        .values(seen_at=seen_at)
        .execution_options(synchronize_session=False)
    )
