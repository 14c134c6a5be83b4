"""The figures of a report: columns of tickets, counted group by group."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.models import TicketPriority, TicketQueue, User
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.desk_report_schemas import ReportLine
from cogep_assist.crm_service.report_columns import PRIORITIES, Legend, Numbers, Tickets
from cogep_assist.crm_service.report_reading import IN_TIME, GroupBy, TicketsRead, read_tickets
from cogep_assist.crm_service.report_tally import tally, waiting
from cogep_assist.crm_service.ticket_labels import LABELS

NOBODY = "sem responsável"
# A group in which the period opened nothing, and something older waits.
NOTHING_OPENED: dict[str, Any] = {
    **dict.fromkeys(("people", "opened", "resolved", "ratings", "unfinished"), 0),
    **dict.fromkeys(("replied", "solved", "first_reply_kept", "resolution_kept", "rating_mean")),
    "oldest": None,
}


async def read_figures(
    session: AsyncSession,
    principal: Principal,
    since: datetime,
    until: datetime,
    groups: Sequence[GroupBy],
    timezone: str,
) -> list[list[ReportLine]]:
    """Return the lines of each grouping, in order; tickets are those somebody works on.

    A ticket counts once for each of its tags. What waits to be solved is all that does now,
    however old, except in lines of time.
    """
    read = await read_tickets(session, principal, since, until, groups)
    found = await asyncio.to_thread(_group, read, since, until, groups, timezone)
    return [
        await _lines(session, by, read.now, rows) for by, rows in zip(groups, found, strict=True)
    ]


def _group(
    read: TicketsRead, since: datetime, until: datetime, groups: Sequence[GroupBy], timezone: str
) -> list[list[dict[str, Any]]]:
    first, past = int(since.timestamp()), int(until.timestamp())
    opened = read.tickets.opened
    within = read.tickets.where((opened >= first) & (opened < past))
    rows = []
    for by in groups:
        if by in IN_TIME:
            days, keys = _calendar(within.opened, by, since, until, timezone)
            of_group = {days[key]: one for key, one in tally(within, keys).items()}
        else:
            of_group = _in_groups(read, within, by)
        rows.append([{by.value: key, **one} for key, one in of_group.items()])
    return rows


def _in_groups(read: TicketsRead, within: Tickets, by: GroupBy) -> dict[Any, dict[str, Any]]:
    """Return the figures of each group, and what waits in it however long ago it was opened."""
    counted, all_read = within, read.tickets
    if by is GroupBy.TAG:
        counted, all_read = within.once_a_tag(), read.tickets.once_a_tag()
    names = _keys(read.legend, by)
    of_group = {
        names[code]: {**one, "unfinished": 0, "oldest": None}
        for code, one in tally(counted, _codes(counted, by)).items()
    }
    found = [(names[code], one) for code, one in waiting(all_read, _codes(all_read, by)).items()]
    for key, (count, oldest) in [*found, *read.backlog[by]]:
        line = of_group.setdefault(key, dict(NOTHING_OPENED))
        line["unfinished"] += count
        line["oldest"] = min(oldest, line["oldest"] or oldest)
    return of_group


def _keys(legend: Legend, by: GroupBy) -> Sequence[Any]:
    return {
        GroupBy.QUEUE: legend.queues.keys,
        GroupBy.AGENT: legend.agents.keys,
        GroupBy.TAG: legend.tags.keys,
        GroupBy.PRIORITY: PRIORITIES,
    }[by]


def _codes(tickets: Tickets, by: GroupBy) -> Numbers:
    return {
        GroupBy.QUEUE: tickets.queues,
        GroupBy.AGENT: tickets.agents,
        GroupBy.TAG: tickets.tags,
        GroupBy.PRIORITY: tickets.priorities,
    }[by]


def _calendar(
    opened: Numbers, by: GroupBy, since: datetime, until: datetime, timezone: str
) -> tuple[list[date], Numbers]:
    """Return first days and each ticket's place among them: of the people's calendar, not UTC's."""
    zone = ZoneInfo(timezone)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    midnights = [int(datetime.combine(day, time(), zone).timestamp()) for day in days]
    starts = [_start(day, by) for day in days]
    known = sorted(set(starts))
    place = {day: n for n, day in enumerate(known)}
    of_day = np.array([place[start] for start in starts])
    return known, of_day[np.searchsorted(midnights, opened, side="right") - 1]


def _start(day: date, by: GroupBy) -> date:
    if by is GroupBy.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by is GroupBy.MONTH else day


async def _lines(
    session: AsyncSession, by: GroupBy, now: float, rows: Sequence[Mapping[str, Any]]
) -> list[ReportLine]:
    name = await _naming(session, by)
    lines = []
    for row in sorted(rows, key=lambda one: _place(one[by.value], name)):
        replied, solved = row["replied"] or (None, None), row["solved"] or (None, None)
        lines.append(
            ReportLine(
                **{key: row[key] for key in ReportLine.model_fields if key in row},
                key=name(row[by.value]),
                oldest_unfinished_hours=row["oldest"] and (now - row["oldest"]) / 3600.0,
                first_reply_minutes_p50=replied[0],
                first_reply_minutes_p90=replied[1],
                resolution_minutes_p50=solved[0],
                resolution_minutes_p90=solved[1],
            )
        )
    return lines


def _place(key: Any, name: Callable[[Any], str]) -> tuple[int, str]:
    """Return where a line stands: priorities by weight, others by name or day, nobody first."""
    if key is None:
        return -1, ""
    if isinstance(key, TicketPriority):
        return list(TicketPriority).index(key), ""
    return 0, key.isoformat() if isinstance(key, date) else fold_name(name(key))


async def _naming(session: AsyncSession, by: GroupBy) -> Callable[[Any], str]:
    """Return what gives a group's key its name."""
    if by is GroupBy.PRIORITY:
        return lambda key: LABELS[key]
    if by not in (GroupBy.QUEUE, GroupBy.AGENT):
        return str
    whose: Any = TicketQueue if by is GroupBy.QUEUE else User
    rows = await session.execute(sa.select(whose.id, whose.name))
    names: dict[UUID, str] = {row.id: row.name for row in rows}
    return lambda key: names.get(key, NOBODY)
