"""A report counted ticket by ticket, plainly: what the packed columns must equal."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    Ticket,
    TicketQueue,
    TicketRating,
    TicketSla,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.reports.report_reading import IN_TIME, GroupBy
from cogep_assist.crm_service.tickets.ticket_access import works_on
from cogep_assist.crm_service.tickets.ticket_labels import LABELS

UNFINISHED = {TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING}
Span = tuple[datetime, datetime]


async def counted_report(
    session: AsyncSession, principal: Principal, span: Span, by: GroupBy, timezone: str
) -> dict[str, dict[str, Any]]:
    """Return each group's figures by its name."""
    rows = (
        await session.execute(
            sa.select(Ticket, TicketSla, TicketRating.score, TicketQueue.name, User.name)
            .outerjoin(TicketSla, TicketSla.ticket_id == Ticket.id)
            .outerjoin(TicketRating, TicketRating.ticket_id == Ticket.id)
            .join(TicketQueue, TicketQueue.id == Ticket.queue_id)
            .outerjoin(User, User.id == Ticket.assignee_id)
            .where(Ticket.merged_into_id.is_(None), works_on(principal))
            .execution_options(populate_existing=True)
        )
    ).all()
    groups: dict[str, list[Any]] = defaultdict(list)
    waiting: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        ticket = row[0]
        within = span[0] <= ticket.created_at < span[1]
        for key in _keys(row, by, timezone):
            if within:
                groups[key].append(row)
            if ticket.status in UNFINISHED and (within or by not in IN_TIME):
                waiting[key].append(ticket.created_at)
    now = await session.scalar(sa.select(sa.func.now()))
    assert now is not None
    return {key: _figures(groups[key], waiting[key], now) for key in {*groups, *waiting}}


def _keys(row: Any, by: GroupBy, timezone: str) -> list[str]:
    ticket, _, _, queue, agent = row
    day: date = ticket.created_at.astimezone(ZoneInfo(timezone)).date()
    told: dict[GroupBy, list[str]] = {
        GroupBy.QUEUE: [queue],
        GroupBy.AGENT: [agent or "sem responsável"],
        GroupBy.TAG: ticket.tags,
        GroupBy.PRIORITY: [LABELS[ticket.priority]],
        GroupBy.DAY: [day.isoformat()],
        GroupBy.WEEK: [(day - timedelta(days=day.weekday())).isoformat()],
        GroupBy.MONTH: [day.replace(day=1).isoformat()],
    }
    return told[by]


def _figures(rows: list[Any], waiting: list[datetime], now: datetime) -> dict[str, Any]:
    tickets = [row[0] for row in rows]
    replied = [_minutes(one, one.first_replied_at) for one in tickets]
    solved = [_minutes(one, one.resolved_at or one.closed_at) for one in tickets]
    scores = [row[2] for row in rows if row[2] is not None]
    return {
        "people": len({one.customer_id or one.opened_by for one in tickets}),
        "opened": len(tickets),
        "resolved": sum(one is not None for one in solved),
        "unfinished": len(waiting),
        "oldest_unfinished_hours": (
            (now - min(waiting).replace(microsecond=0)).total_seconds() / 3600 if waiting else None
        ),
        "first_reply_minutes_p50": _percentile(replied, 50),
        "first_reply_minutes_p90": _percentile(replied, 90),
        "resolution_minutes_p50": _percentile(solved, 50),
        "resolution_minutes_p90": _percentile(solved, 90),
        "first_reply_kept": _mean([row[1].first_reply_met for row in rows if row[1]]),
        "resolution_kept": _mean([row[1].resolution_met for row in rows if row[1]]),
        "ratings": len(scores),
        "rating_mean": _mean(scores),
    }


def _minutes(ticket: Any, until: datetime | None) -> float | None:
    return None if until is None else (until - ticket.created_at) // timedelta(seconds=1) / 60


def _percentile(values: list[float | None], percent: int) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.percentile(known, percent)) if known else None


def _mean(values: list[Any]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
