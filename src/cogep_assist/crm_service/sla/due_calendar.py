"""The deadlines of an agent's or a team's tickets, as a calendar holds them: number and kind."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.icalendar import Deadline
from cogep_assist.core.models import CalendarFeed, FeedKind, Ticket, TicketQueue, TicketSla
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.ticket_access import works_on
from cogep_assist.crm_service.tickets.ticket_moves import ENDED

# The nearest; a calendar with more of them shows nothing any more.
MOST_TICKETS = 1000


async def due_tickets(
    session: AsyncSession, principal: Principal, feed: CalendarFeed, base: str
) -> Sequence[Deadline]:
    """Return what is due of the tickets of a feed that its reader works on, the nearest first.

    ``base``: where links begin.
    """
    statement = (
        sa.select(
            Ticket.id,
            Ticket.protocol,
            Ticket.updated_at,
            _running(TicketSla.first_reply_due_at, TicketSla.first_reply_met),
            _running(TicketSla.resolution_due_at, TicketSla.resolution_met),
        )
        .join(TicketSla, TicketSla.ticket_id == Ticket.id)
        .where(
            works_on(principal),
            _of(feed),
            Ticket.status.not_in(ENDED),
            Ticket.merged_into_id.is_(None),
            sa.or_(
                TicketSla.first_reply_due_at.is_not(None),
                TicketSla.resolution_due_at.is_not(None),
            ),
        )
        .order_by(TicketSla.due_at, Ticket.id)
        .limit(MOST_TICKETS)
    )
    rows = await session.execute(statement)
    return [deadline for row in rows for deadline in _deadlines(row, base)]


def _of(feed: CalendarFeed) -> sa.ColumnElement[bool]:
    if feed.kind is FeedKind.MY_TICKETS:
        return Ticket.assignee_id == feed.user_id
    team_queues = sa.select(TicketQueue.id).where(TicketQueue.team_id == feed.team_id)
    return Ticket.queue_id.in_(team_queues)


def _running(
    due: sa.SQLColumnExpression[datetime | None], met: sa.SQLColumnExpression[bool | None]
) -> sa.ColumnElement[datetime | None]:
    return sa.case((met.is_(None), due), else_=None)


def _deadlines(row: Any, base: str) -> Iterator[Deadline]:
    ticket_id, protocol, updated_at, first_reply, resolution = row
    for part, words, due in (
        ("first-reply", "Primeira resposta", first_reply),
        ("resolution", "Solução", resolution),
    ):
        if due is not None:
            yield Deadline(
                uid=f"{ticket_id}.{part}@cogep-assist",
                summary=f"{words}: chamado {protocol}",
                due=due,
                changed_at=updated_at,
                url=f"{base}/chamados/{ticket_id}",
            )
