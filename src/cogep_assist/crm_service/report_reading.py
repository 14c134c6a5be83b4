"""Read what a report counts: packed tickets, and as they are those that have changed since.

One statement, so that both are of the same moment: a report is never behind the desk.
"""

import asyncio
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.legal_hold import fenced_customers
from cogep_assist.core.models import REPORT_CHANGE, ReportStretch, Ticket, TicketPriority
from cogep_assist.core.models.crm_tickets import BACKLOG
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.report_columns import (
    Legend,
    Tickets,
    id_numbers,
    join_tickets,
    packed_columns,
    packed_from,
    stretch_column,
    stretch_of,
    unpack,
)
from cogep_assist.crm_service.report_tally import Waiting
from cogep_assist.crm_service.ticket_access import own_tickets, visible_queues, works_on
from cogep_assist.crm_service.ticket_list import key_at


class GroupBy(enum.StrEnum):
    """By what a report's lines are told apart."""

    QUEUE = "queue"
    AGENT = "agent"
    TAG = "tag"
    PRIORITY = "priority"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


SHAPE: dict[str, Any] = {
    "queue_id": sa.Uuid(),
    **dict.fromkeys(("ids", "heads", "spans", "people", "agents", "tags"), sa.LargeBinary()),
    "agent_ids": ARRAY(sa.Uuid()),
    "tag_names": ARRAY(sa.Text()),
    "tag_lists": sa.JSON(),
    "backlog": JSONB(),
    "now": sa.Float(),
}
# In a report by time, an older ticket belongs to no line.
IN_TIME = frozenset({GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH})


@dataclass(frozen=True, slots=True)
class TicketsRead:
    """What a report counts, at a moment of the database's clock (seconds of the epoch).

    ``tickets`` are all that were opened in the period, and some others; ``backlog`` tells, for
    each grouping that is not of time, what waits besides those.
    """

    now: float
    tickets: Tickets
    legend: Legend
    backlog: dict[GroupBy, list[tuple[Any, Waiting]]]


async def read_tickets(
    session: AsyncSession,
    principal: Principal,
    since: datetime,
    until: datetime,
    groups: Sequence[GroupBy],
) -> TicketsRead:
    """Read what a report over a period counts, of the tickets that somebody works on.

    Keys tell the time: a ticket's key is of the hour in which it was opened.
    """
    words = str(
        _statement(principal, since, until, groups).compile(
            dialect=psycopg.dialect(), compile_kwargs={"literal_binds": True}
        )
    )
    # Columns come as they are, which the text format would double.
    driver = await driver_connection(session)
    async with driver.cursor(binary=True, row_factory=namedtuple_row) as cursor:
        await cursor.execute(words.encode(), {})
        rows = await cursor.fetchall()
    return await asyncio.to_thread(_read, rows, groups)


def _read(rows: Sequence[Any], groups: Sequence[GroupBy]) -> TicketsRead:
    head = next(row for row in rows if row.now is not None)
    legend = Legend()
    changed = id_numbers(head.ids or b"")
    parts = []
    backlog: dict[GroupBy, list[tuple[Any, Waiting]]] = {by: [] for by in groups}
    for row in rows:
        if row.heads is None:
            for by, told in (row.backlog or {}).items():
                backlog[GroupBy(by)] += [(_key(row, by, name), one) for name, one in told.items()]
            continue
        tickets = unpack(row, legend)
        if row.ids is not None:
            tickets = tickets.where(~np.isin(id_numbers(row.ids), changed))
        parts.append(tickets)
    return TicketsRead(head.now, join_tickets(parts), legend, backlog)


def _key(row: Any, by: str, name: str) -> Any:
    """Return the key of a group that a stretch's backlog names."""
    if by == GroupBy.QUEUE:
        return row.queue_id
    if by == GroupBy.PRIORITY:
        return TicketPriority(name)
    return (UUID(name) if name else None) if by == GroupBy.AGENT else name


def _statement(
    principal: Principal, since: datetime, until: datetime, groups: Sequence[GroupBy]
) -> sa.CompoundSelect[Any]:
    """Select a head with the tickets that changed, then packed stretches, then those tickets.

    Tickets of people who are shut away count as changed: whoever may see them reads them live.
    """
    first, last = key_at(since, -1), key_at(until, 1)
    fenced = sa.func.array(fenced_customers(principal).scalar_subquery())
    changed = sa.union(
        sa.select(REPORT_CHANGE.c.ticket_id.label("id")),
        sa.select(Ticket.id).where(Ticket.customer_id == sa.any_(fenced)),
    ).cte("changed")
    elsewhere = _own_elsewhere(principal, sa.or_(Ticket.id.between(first, last), BACKLOG))
    live = sa.union(sa.select(changed.c.id), *elsewhere).subquery("live")
    return sa.union_all(
        _head(changed),
        _stretches(principal, changed, stretch_of(first), stretch_of(last), groups),
        _live(principal, live, groups),
    )


def _own_elsewhere(principal: Principal, wanted: Any) -> list[sa.Select[UUID]]:
    """Select what is somebody's in queues that they do not work on."""
    elsewhere = Ticket.queue_id.not_in(visible_queues(principal))
    return [
        sa.select(Ticket.id).where(way, elsewhere, wanted) for way in own_tickets(principal) or ()
    ]


def _head(changed: sa.CTE) -> sa.Select[Any]:
    ids = sa.func.string_agg(sa.func.uuid_send(changed.c.id), sa.literal_column("''::bytea"))
    now = sa.cast(sa.extract("epoch", sa.func.now()), sa.Float)
    return _shaped(sa.select(), {"ids": ids, "now": now}).select_from(changed)


def _stretches(
    principal: Principal, changed: sa.CTE, first: int, last: int, groups: Sequence[GroupBy]
) -> sa.Select[Any]:
    """Select the period's stretches; of older ones the backlog alone, where nothing changed."""
    stretches = sa.select(stretch_column(changed.c.id).label("stretch")).distinct().cte("touched")
    touched = ReportStretch.stretch.in_(sa.select(stretches.c.stretch))
    period = ReportStretch.stretch.between(first, last)
    apart = [by for by in groups if by not in IN_TIME]
    backlog = sa.func.jsonb_build_object(
        *(part for by in apart for part in (sa.literal(by.value), ReportStretch.backlog[by.value]))
    )
    whole = sa.or_(period, touched)
    columns = ["heads", "spans", "people"]
    columns += ["agents", "agent_ids"] if GroupBy.AGENT in groups else []
    columns += ["tags", "tag_names"] if GroupBy.TAG in groups else []
    values = {name: sa.case((whole, getattr(ReportStretch, name))) for name in columns}
    values["queue_id"] = ReportStretch.queue_id
    values["ids"] = sa.case((touched, ReportStretch.ids))
    values["backlog"] = sa.case((~whole, backlog))
    chosen = _shaped(sa.select(), values).where(
        ReportStretch.queue_id.in_(visible_queues(principal))
    )
    return chosen if apart else chosen.where(period)


def _live(principal: Principal, live: sa.Subquery, groups: Sequence[GroupBy]) -> sa.Select[Any]:
    packed = {one.name: one.element for one in packed_columns()}
    wanted = {name: packed[name] for name in ("heads", "spans", "people")}
    wanted["queue_id"] = Ticket.queue_id
    if GroupBy.AGENT in groups:
        wanted["agent_ids"] = packed["agent_ids"]
    if GroupBy.TAG in groups:
        wanted["tag_lists"] = packed["tag_lists"]
    ids = sa.func.array(sa.select(live.c.id).scalar_subquery())
    return (
        _shaped(sa.select(), wanted)
        .select_from(packed_from())
        .where(Ticket.id == sa.any_(ids), Ticket.merged_into_id.is_(None), works_on(principal))
        .group_by(Ticket.queue_id)
    )


def _shaped(select: sa.Select[Any], values: dict[str, Any]) -> sa.Select[Any]:
    """Add the columns that all parts have, NULL where a part has no such value."""
    return select.add_columns(
        *(values.get(name, sa.cast(sa.null(), kind)).label(name) for name, kind in SHAPE.items())
    )
