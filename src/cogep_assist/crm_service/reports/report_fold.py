"""Pack anew the tickets that have changed, so that reports need not read them one by one."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.models import REPORT_CHANGE, ReportStretch, Ticket
from cogep_assist.crm_service.reports.report_columns import (
    PRIORITIES,
    Legend,
    Tickets,
    packed_columns,
    packed_from,
    stretch_bounds,
    stretch_of,
    unpack,
)
from cogep_assist.crm_service.reports.report_tally import Waiting, waiting

FOLD = "fold_reports"
# So many changes are looked at in one transaction: a large import takes several.
CHANGES = 20_000
Place = tuple[UUID, int]


async def has_changes(session: AsyncSession) -> bool:
    """Tell whether a ticket has changed since its columns were packed."""
    return bool(await session.scalar(sa.select(sa.exists().select_from(REPORT_CHANGE))))


async def fold_changes(session: AsyncSession, _subject: str = "") -> int:
    """Pack the stretches in which tickets have changed; return how many changes that took away.

    A change that is committed meanwhile stays noted: what is packed is read after what is taken
    away. One at a time: an older look must not be written over a newer one.
    """
    alone = sa.func.pg_try_advisory_xact_lock(advisory_locks.REPORT_COLUMNS)
    if not await session.scalar(sa.select(alone)):
        return 0
    taken = await _take(session)
    here = await _where_now(session, {ticket for ticket, _ in taken})
    places = {(queue, stretch_of(ticket)) for ticket, queue in [*taken, *here] if queue}
    for queue, stretch in sorted(places):
        await _pack(session, queue, stretch)
    if len(taken) == CHANGES:
        await enqueue_background(session, FOLD, "")
    return len(taken)


async def _take(session: AsyncSession) -> list[tuple[UUID, UUID | None]]:
    ctid: sa.ColumnElement[Any] = sa.literal_column("ctid")
    some = sa.select(ctid).select_from(REPORT_CHANGE).limit(CHANGES).scalar_subquery()
    taken = await session.execute(
        sa.delete(REPORT_CHANGE)
        .where(ctid == sa.any_(sa.func.array(some)))
        .returning(REPORT_CHANGE.c.ticket_id, REPORT_CHANGE.c.queue_id)
    )
    return [(row.ticket_id, row.queue_id) for row in taken]


async def _where_now(session: AsyncSession, ids: Iterable[UUID]) -> list[tuple[UUID, UUID | None]]:
    these = sa.literal(list(ids), ARRAY(sa.Uuid()))
    rows = await session.execute(
        sa.select(Ticket.id, Ticket.queue_id).where(Ticket.id == sa.any_(these))
    )
    return [(row.id, row.queue_id) for row in rows]


async def _pack(session: AsyncSession, queue: UUID, stretch: int) -> None:
    at = (ReportStretch.queue_id == queue, ReportStretch.stretch == stretch)
    await session.execute(sa.delete(ReportStretch).where(*at))
    chosen = sa.and_(
        Ticket.queue_id == queue,
        Ticket.id.between(*stretch_bounds(stretch)),
        Ticket.merged_into_id.is_(None),
    )
    packing = sa.select(*packed_columns()).select_from(packed_from()).where(chosen)
    packed = (await session.execute(packing)).mappings().one()
    if packed["ids"] is not None:
        values = _stretch(SimpleNamespace(**packed, queue_id=queue, agents=None))
        await session.execute(
            sa.insert(ReportStretch).values(queue_id=queue, stretch=stretch, **values)
        )


def _stretch(packed: Any) -> dict[str, Any]:
    """Return a stretch's columns: lists of people and tags become codes."""
    legend = Legend()
    tickets = unpack([packed], legend)
    of_tags = np.concatenate([tickets.tag_counts, tickets.tags])
    return {
        **{name: getattr(packed, name) for name in ("ids", "heads", "spans", "people")},
        "agents": tickets.agents.astype(">i2").tobytes(),
        "agent_ids": legend.agents.keys,
        "tags": of_tags.astype(">i4").tobytes(),
        "tag_names": legend.tags.keys,
        "backlog": _backlog(tickets, legend),
    }


def _backlog(tickets: Tickets, legend: Legend) -> dict[str, dict[str, Waiting]]:
    """Return how much waits to be solved, and since when, by what it may be asked for."""
    tagged = tickets.once_a_tag()
    found = {
        "queue": (waiting(tickets, tickets.queues), [""]),
        "agent": (waiting(tickets, tickets.agents), [str(one or "") for one in legend.agents.keys]),
        "priority": (waiting(tickets, tickets.priorities), [one.value for one in PRIORITIES]),
        "tag": (waiting(tagged, tagged.tags), legend.tags.keys),
    }
    return {by: {names[code]: one for code, one in of.items()} for by, (of, names) in found.items()}
