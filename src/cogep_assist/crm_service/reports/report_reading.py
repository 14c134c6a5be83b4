"""Read what a report counts: packed tickets, and as they are those that have changed since.

One statement, so that both are of the same moment: a report is never behind the desk.
"""

import asyncio
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.legal_hold import fenced_customers
from cogep_assist.core.models import REPORT_CHANGE, ReportStretch, Ticket, TicketPriority
from cogep_assist.core.models.crm_tickets import BACKLOG
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.reports.report_columns import (
    ID_BYTES,
    Legend,
    Numbers,
    Tickets,
    id_numbers,
    packed_columns,
    packed_from,
    stretch_column,
    stretch_of,
    tickets_in,
    unpack,
)
from cogep_assist.crm_service.reports.report_tally import Waiting
from cogep_assist.crm_service.tickets.ticket_access import own_tickets, visible_queues, works_on
from cogep_assist.crm_service.tickets.ticket_list import key_at


class GroupBy(enum.StrEnum):
    """By what a report's lines are told apart."""

    QUEUE = "queue"
    AGENT = "agent"
    TAG = "tag"
    PRIORITY = "priority"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


DIALECT = make_url("postgresql+psycopg://").get_dialect()()
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

    ``tickets`` are all that were opened in the period, and some others; ``backlog`` tells what
    waits besides those, group by group, where groups are not of time.
    """

    now: float
    tickets: Tickets
    legend: Legend
    backlog: list[tuple[Any, Waiting]]


async def read_tickets(
    session: AsyncSession,
    principal: Principal,
    since: datetime,
    until: datetime,
    by: GroupBy,
) -> TicketsRead:
    """Read what a report over a period counts, of the tickets that somebody works on.

    Keys tell the time: a ticket's key is of the hour in which it was opened.
    """
    words = _words(principal, since, until, by)
    # Columns come as they are, which the text format would double.
    driver = await driver_connection(session)
    async with driver.cursor(binary=True, row_factory=namedtuple_row) as cursor:
        await cursor.execute(words, {})
        rows = await cursor.fetchall()
    return await asyncio.to_thread(_read, rows, by)


@lru_cache(maxsize=256)
def _words(principal: Principal, since: datetime, until: datetime, by: GroupBy) -> bytes:
    """Return the statement's text: writing it takes longer than running it."""
    statement = _statement(principal, since, until, by)
    options = {"literal_binds": True}
    return str(statement.compile(dialect=DIALECT, compile_kwargs=options)).encode()


def _read(rows: Sequence[Any], by: GroupBy) -> TicketsRead:
    head = next(row for row in rows if row.now is not None)
    legend = Legend()
    whole = [row for row in rows if row.heads is not None]
    tickets = unpack(whole, legend)
    if head.ids is not None:
        # Of stretches that no change touched, the ids are not read: they are nobody's.
        ids = b"".join(row.ids or bytes(ID_BYTES * tickets_in(row)) for row in whole)
        tickets = tickets.where(~_among(id_numbers(ids), id_numbers(head.ids)))
    backlog = [
        (_key(row, by, name), told) for row in rows for name, told in (row.backlog or {}).items()
    ]
    return TicketsRead(head.now, tickets, legend, backlog)


def _among(numbers: Numbers, few: Numbers) -> Numbers:
    """Tell which numbers are among a few others: most are ruled out by their last 16 bits."""
    possible = np.zeros(2**16, dtype=bool)
    possible[few & np.uint64(0xFFFF)] = True
    found: Numbers = possible[numbers & np.uint64(0xFFFF)]
    places = np.flatnonzero(found)
    found[places] = np.isin(numbers[places], few)
    return found


def _key(row: Any, by: GroupBy, name: str) -> Any:
    """Return the key of a group that a stretch's backlog names."""
    if by is GroupBy.QUEUE:
        return row.queue_id
    if by is GroupBy.PRIORITY:
        return TicketPriority(name)
    return (UUID(name) if name else None) if by is GroupBy.AGENT else name


def _statement(
    principal: Principal, since: datetime, until: datetime, by: GroupBy
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
    elsewhere = _own_elsewhere(principal, first, last)
    live = sa.union(sa.select(changed.c.id), *elsewhere).subquery("live")
    return sa.union_all(
        _head(changed),
        _stretches(principal, changed, stretch_of(first), stretch_of(last), by),
        _live(principal, live, by),
    )


def _own_elsewhere(principal: Principal, first: UUID, last: UUID) -> list[sa.Select[UUID]]:
    """Select what is somebody's in queues that they do not work on: the period's, the backlog's.

    Few are given tickets of other queues: stretches tell, and who is not in one has none to find.
    """
    visible = visible_queues(principal)
    elsewhere = Ticket.queue_id.not_in(visible)
    attended = Ticket.assignee_id == principal.user_id
    given = sa.exists().where(
        ReportStretch.queue_id.not_in(visible),
        sa.literal(principal.user_id, sa.Uuid()) == sa.any_(ReportStretch.agent_ids),
    )
    return [
        sa.select(Ticket.id).where(
            way, elsewhere, wanted, given if way.compare(attended) else sa.true()
        )
        for way in own_tickets(principal) or ()
        for wanted in (Ticket.id.between(first, last), BACKLOG)
    ]


def _head(changed: sa.CTE) -> sa.Select[Any]:
    ids = sa.func.string_agg(sa.func.uuid_send(changed.c.id), sa.literal_column("''::bytea"))
    now = sa.cast(sa.extract("epoch", sa.func.now()), sa.Float)
    return _shaped(sa.select(), {"ids": ids, "now": now}).select_from(changed)


def _stretches(
    principal: Principal, changed: sa.CTE, first: int, last: int, by: GroupBy
) -> sa.Select[Any]:
    """Select the period's stretches; of older ones the backlog alone, where nothing changed."""
    stretches = sa.select(stretch_column(changed.c.id).label("stretch")).distinct().cte("touched")
    touched = ReportStretch.stretch.in_(sa.select(stretches.c.stretch))
    period = ReportStretch.stretch.between(first, last)
    whole = sa.or_(period, touched)
    columns = ["heads", "spans", "people"]
    columns += ["agents", "agent_ids"] if by is GroupBy.AGENT else []
    columns += ["tags", "tag_names"] if by is GroupBy.TAG else []
    values: dict[str, Any] = {
        name: sa.case((whole, getattr(ReportStretch, name))) for name in columns
    }
    values["queue_id"] = ReportStretch.queue_id
    values["ids"] = sa.case((touched, ReportStretch.ids))
    values["backlog"] = sa.case((~whole, ReportStretch.backlog[by.value]))
    chosen = _shaped(sa.select(), values).where(
        ReportStretch.queue_id.in_(visible_queues(principal))
    )
    return chosen.where(period) if by in IN_TIME else chosen


def _live(principal: Principal, live: sa.Subquery, by: GroupBy) -> sa.Select[Any]:
    packed = {one.name: one.element for one in packed_columns()}
    wanted: dict[str, Any] = {name: packed[name] for name in ("heads", "spans", "people")}
    wanted["queue_id"] = Ticket.queue_id
    if by is GroupBy.AGENT:
        wanted["agent_ids"] = packed["agent_ids"]
    if by is GroupBy.TAG:
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
