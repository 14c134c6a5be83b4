"""The figures of a report as one statement: each ticket is read once, however it is grouped."""

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.models import (
    Ticket,
    TicketPriority,
    TicketQueue,
    TicketRating,
    TicketSla,
    TicketStatus,
    User,
)
from cogep_assist.core.models.crm_tickets import BACKLOG
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.desk_report_schemas import ReportLine
from cogep_assist.crm_service.ticket_access import works_on
from cogep_assist.crm_service.ticket_labels import LABELS
from cogep_assist.crm_service.ticket_list import key_at

UNFINISHED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING)
NOBODY = "sem responsável"
# Each of a ticket's tags is a line of its own.
TAGS = sa.func.unnest(Ticket.tags).table_valued("tag").render_derived(name="tags")


class GroupBy(enum.StrEnum):
    """By what a report's lines are told apart."""

    QUEUE = "queue"
    AGENT = "agent"
    TAG = "tag"
    PRIORITY = "priority"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


# In a report by time, an older ticket belongs to no line.
IN_TIME = frozenset({GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH})
# A group in which the period opened nothing, and something older waits.
NOTHING_OPENED: dict[str, Any] = {
    **dict.fromkeys(("people", "opened", "resolved", "ratings"), 0),
    **dict.fromkeys(("replied", "solved", "first_reply_kept", "resolution_kept", "rating_mean")),
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

    Tags are grouped alone: a ticket counts once for each of them. What waits to be solved is all
    that does now, however old, except in lines of time.
    """
    tickets = _tickets(principal, since, until, groups, timezone)
    keys = [tickets.c[by.value] for by in groups]
    rows = await session.execute(
        sa.select(
            *keys,
            *(
                sa.func.grouping(key).label(f"without_{by}")
                for by, key in zip(groups, keys, strict=True)
            ),
            *_figures(tickets),
        ).group_by(sa.func.grouping_sets(*(sa.tuple_(key) for key in keys)))
    )
    found = rows.mappings().all()
    lines = []
    for by in groups:
        rows_of = {row[by.value]: dict(row) for row in found if not row[f"without_{by}"]}
        if by not in IN_TIME:
            await _tell_backlog(session, principal, by, rows_of)
        lines.append(await _lines(session, by, list(rows_of.values())))
    return lines


async def _tell_backlog(
    session: AsyncSession, principal: Principal, by: GroupBy, rows: dict[Any, dict[str, Any]]
) -> None:
    """Say of each group what waits in it now, however long ago it was opened."""
    key = _key(by, "UTC")
    age = sa.func.now() - sa.func.min(Ticket.created_at)
    source = sa.select(
        key.label(by.value),
        sa.func.count().label("unfinished"),
        (sa.func.date_part("epoch", age) / 3600.0).label("oldest_unfinished_hours"),
    ).where(BACKLOG, works_on(principal))
    if by is GroupBy.TAG:
        source = source.join(TAGS, sa.true())
    for row in rows.values():
        row["unfinished"], row["oldest_unfinished_hours"] = 0, None
    for told in (await session.execute(source.group_by(key))).mappings():
        rows.setdefault(told[by.value], dict(NOTHING_OPENED)).update(dict(told))


def _tickets(
    principal: Principal,
    since: datetime,
    until: datetime,
    groups: Sequence[GroupBy],
    timezone: str,
) -> sa.CTE:
    """Select what is counted of each ticket. Keys tell the time: old tickets are not read."""
    first, last = key_at(since, -1), key_at(until, 1)
    kept, rated = _between(TicketSla, first, last), _between(TicketRating, first, last)
    selected = (
        sa.select(
            *(_key(by, timezone).label(by.value) for by in groups),
            _person().label("person"),
            Ticket.created_at,
            Ticket.status.in_(UNFINISHED).label("unfinished"),
            _minutes(Ticket.first_replied_at).label("replied"),
            _minutes(sa.func.coalesce(Ticket.resolved_at, Ticket.closed_at)).label("solved"),
            sa.cast(kept.c.first_reply_met, sa.Integer).label("first_reply_met"),
            sa.cast(kept.c.resolution_met, sa.Integer).label("resolution_met"),
            rated.c.score,
        )
        .select_from(Ticket)
        .outerjoin(kept, kept.c.ticket_id == Ticket.id)
        .outerjoin(rated, rated.c.ticket_id == Ticket.id)
        .where(
            Ticket.id.between(first, last),
            Ticket.created_at >= since,
            Ticket.created_at < until,
            Ticket.merged_into_id.is_(None),
            works_on(principal),
        )
    )
    if GroupBy.TAG in groups:
        selected = selected.join(TAGS, sa.true())
    return selected.cte("tickets").prefix_with("MATERIALIZED")


def _between(model: Any, first: UUID, last: UUID) -> sa.CTE:
    """Select what stands beside the tickets, in one go: not by a look-up for each of them."""
    found = sa.select(*model.__table__.c).where(model.ticket_id.between(first, last))
    return found.cte(model.__tablename__).prefix_with("MATERIALIZED")


def _person() -> sa.ColumnElement[int]:
    """Return a number for whoever a ticket is of: millions of texts would take long to sort."""
    return sa.func.coalesce(
        sa.func.uuid_hash_extended(Ticket.customer_id, 0),
        sa.func.hashtextextended(Ticket.opened_by, 0),
    )


def _minutes(until: Any) -> sa.ColumnElement[Any]:
    return sa.func.date_part("epoch", until - Ticket.created_at) / 60.0


def _key(by: GroupBy, timezone: str) -> sa.ColumnElement[Any]:
    named: dict[GroupBy, Any] = {
        GroupBy.QUEUE: Ticket.queue_id,
        GroupBy.AGENT: Ticket.assignee_id,
        GroupBy.TAG: TAGS.c.tag,
        GroupBy.PRIORITY: Ticket.priority,
    }
    if by in named:
        column: sa.ColumnElement[Any] = named[by]
        return column
    # Days of the people's calendar, not of UTC.
    local = sa.func.timezone(sa.literal_column(f"'{timezone}'"), Ticket.created_at)
    return sa.cast(sa.func.date_trunc(sa.literal_column(f"'{by.value}'"), local), sa.Date)


def _figures(tickets: sa.CTE) -> list[sa.Label[Any]]:
    told = tickets.c
    age = sa.func.now() - sa.func.min(told.created_at).filter(told.unfinished)
    return [
        sa.func.count(sa.distinct(told.person)).label("people"),
        sa.func.count().label("opened"),
        sa.func.count(told.solved).label("resolved"),
        sa.func.count().filter(told.unfinished).label("unfinished"),
        (sa.func.date_part("epoch", age) / 3600.0).label("oldest_unfinished_hours"),
        _percentiles(told.replied).label("replied"),
        _percentiles(told.solved).label("solved"),
        sa.func.avg(told.first_reply_met).label("first_reply_kept"),
        sa.func.avg(told.resolution_met).label("resolution_kept"),
        sa.func.count(told.score).label("ratings"),
        sa.func.avg(told.score).label("rating_mean"),
    ]


def _percentiles(values: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return the median and the ninth decile: sorted once for both."""
    return sa.func.percentile_cont(sa.literal_column("ARRAY[0.5, 0.9]::float8[]")).within_group(
        values
    )


async def _lines(
    session: AsyncSession, by: GroupBy, rows: Sequence[Mapping[str, Any]]
) -> list[ReportLine]:
    name = await _naming(session, by)
    lines = []
    for row in sorted(rows, key=lambda one: _place(one[by.value], name)):
        replied, solved = row["replied"] or (None, None), row["solved"] or (None, None)
        lines.append(
            ReportLine(
                **{key: row[key] for key in ReportLine.model_fields if key in row},
                key=name(row[by.value]),
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
