"""The figures of a report: columns of tickets, counted group by group."""

import asyncio
from collections.abc import Callable, Sequence
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
from cogep_assist.crm_service.reports.desk_report_schemas import ReportLine, VolumeLine
from cogep_assist.crm_service.reports.report_columns import PRIORITIES, Legend, Numbers, Tickets
from cogep_assist.crm_service.reports.report_reading import (
    IN_TIME,
    GroupBy,
    TicketsRead,
    read_tickets,
)
from cogep_assist.crm_service.reports.report_tally import tally, volumes, waiting
from cogep_assist.crm_service.tickets.ticket_labels import LABELS

DAY = 86_400
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
    by: GroupBy,
    timezone: str,
    step: GroupBy | None = None,
) -> tuple[list[ReportLine], list[VolumeLine]]:
    """Return the lines of a grouping, in order, and by ``step`` the volume along time.

    Tickets are those somebody works on; one counts once for each of its tags. What waits to be
    solved is all that does now, however old, except in lines of time.
    """
    read = await read_tickets(session, principal, since, until, by)
    days = _Days(since, until, timezone)
    rows, along = await asyncio.to_thread(_group, read, days, by, step)
    name = await _naming(session, by)
    lines = [_line(row, name, read.now) for row in rows]
    lines.sort(key=lambda pair: pair[0])
    return [line for _, line in lines], [VolumeLine(**_aged(row, read.now)) for row in along]


def _group(
    read: TicketsRead, days: "_Days", by: GroupBy, step: GroupBy | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    within = days.within(read.tickets)
    in_time = days.codes(within) if by in IN_TIME or step else np.zeros(0, dtype=np.int64)
    if by in IN_TIME:
        starts, keys = days.grouped(in_time, by)
        of_group = {starts[key]: one for key, one in tally(within, keys).items()}
    else:
        of_group = _in_groups(read, within, by)
    along = []
    if step is not None:
        starts, keys = days.grouped(in_time, step)
        found = volumes(within, keys)
        along = [{"key": starts[key].isoformat(), **one} for key, one in sorted(found.items())]
    return [{"group": key, **one} for key, one in of_group.items()], along


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
    for key, (count, oldest) in [*found, *read.backlog]:
        line = of_group.setdefault(key, dict(NOTHING_OPENED))
        line["unfinished"] += count
        line["oldest"] = min(oldest, line["oldest"] or oldest)
    return of_group


def _keys(legend: Legend, by: GroupBy) -> Sequence[Any]:
    keys: dict[GroupBy, Sequence[Any]] = {
        GroupBy.QUEUE: legend.queues.keys,
        GroupBy.AGENT: legend.agents.keys,
        GroupBy.TAG: legend.tags.keys,
        GroupBy.PRIORITY: PRIORITIES,
    }
    return keys[by]


def _codes(tickets: Tickets, by: GroupBy) -> Numbers:
    return {
        GroupBy.QUEUE: tickets.queues,
        GroupBy.AGENT: tickets.agents,
        GroupBy.TAG: tickets.tags,
        GroupBy.PRIORITY: tickets.priorities,
    }[by]


class _Days:
    """The days of a period, of the people's calendar and not of UTC's."""

    def __init__(self, since: datetime, until: datetime, timezone: str) -> None:
        zone = ZoneInfo(timezone)
        self._first, self._past = int(since.timestamp()), int(until.timestamp())
        first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        self._days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        # With the one that ends the last day: it may have 25 hours.
        begin = [*self._days, last + timedelta(days=1)]
        midnights = [int(datetime.combine(day, time(), zone).timestamp()) for day in begin]
        self._midnights: Numbers = np.array(midnights, dtype=np.int64)

    def within(self, tickets: Tickets) -> Tickets:
        """Return the tickets that were opened in the period."""
        return tickets.where((tickets.opened >= self._first) & (tickets.opened < self._past))

    def codes(self, tickets: Tickets) -> Numbers:
        """Return the day of each: by division, where no day is shorter or longer than others."""
        if np.all(np.diff(self._midnights) == DAY):
            whole: Numbers = (tickets.opened - self._midnights[0]) // DAY
            return whole
        return np.searchsorted(self._midnights, tickets.opened, side="right") - 1

    def grouped(self, codes: Numbers, by: GroupBy) -> tuple[list[date], Numbers]:
        """Return the first days of weeks or months, and which of those each ticket lies in."""
        starts = [_start(day, by) for day in self._days]
        known = sorted(set(starts))
        place = {day: n for n, day in enumerate(known)}
        return known, np.array([place[start] for start in starts])[codes]


def _start(day: date, by: GroupBy) -> date:
    if by is GroupBy.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by is GroupBy.MONTH else day


def _line(
    row: dict[str, Any], name: Callable[[Any], str], now: float
) -> tuple[tuple[int, str], ReportLine]:
    """Return where a line stands among the others, and the line."""
    group = row["group"]
    replied, solved = row["replied"] or (None, None), row["solved"] or (None, None)
    line = ReportLine(
        **_aged(row, now),
        key=name(group),
        first_reply_minutes_p50=replied[0],
        first_reply_minutes_p90=replied[1],
        resolution_minutes_p50=solved[0],
        resolution_minutes_p90=solved[1],
    )
    return _place(group, name), line


def _aged(row: dict[str, Any], now: float) -> dict[str, Any]:
    """Return a row's figures with the age of what waits, in hours."""
    oldest = row["oldest"]
    hours = None if oldest is None else (now - oldest) / 3600.0
    known = {key: value for key, value in row.items() if key in ReportLine.model_fields}
    return {**known, "oldest_unfinished_hours": hours}


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
