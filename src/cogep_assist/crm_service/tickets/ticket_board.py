"""The desk as a board: the newest tickets of each state, and how many a view holds."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket, TicketStatus
from cogep_assist.core.prepared import Prepared
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter, conditions_of
from cogep_assist.crm_service.tickets.ticket_reach import newest_tickets, some_tickets
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets, note_shown, ticket_of
from cogep_assist.crm_service.tickets.ticket_schemas import TicketReply

# Beyond this nobody counts cards, and a count that goes on costs more than it tells.
MOST_COUNTED = 100
CARDS_A_COLUMN = 25


async def board_tickets(
    session: AsyncSession,
    principal: Principal,
    wanted: TicketFilter,
    columns: Sequence[TicketStatus],
) -> dict[TicketStatus, list[TicketReply]]:
    """Return the newest tickets of each state, one more than a column shows."""
    principal.require(Act.READ_TICKETS)
    conditions = conditions_of(wanted, principal)
    newest = [
        newest_tickets(
            principal,
            [Ticket.status == status, *conditions],
            CARDS_A_COLUMN + 1,
            few=wanted.names_whose,
        )
        for status in columns
    ]
    page = (
        sa.union_all(*(sa.select(one.subquery().c.id) for one in newest))
        .cte("page")
        .prefix_with("MATERIALIZED")
    )
    page_of_each = Prepared.of(
        named_tickets(principal).join(page, page.c.id == Ticket.id).order_by(Ticket.id.desc())
    )
    found: dict[TicketStatus, list[TicketReply]] = {status: [] for status in columns}
    for row in await page_of_each.rows(session):
        ticket = ticket_of(row, principal)
        found[ticket.status].append(ticket)
    await note_shown(session, principal, [one for column in found.values() for one in column])
    return found


async def count_tickets(
    session: AsyncSession, principal: Principal, filters: Sequence[TicketFilter]
) -> list[int]:
    """Return how many tickets each filter finds, counted up to ``MOST_COUNTED``, in one query."""
    principal.require(Act.READ_TICKETS)
    if not filters:
        return []
    counts = [
        sa.select(sa.func.count())
        .select_from(
            some_tickets(
                principal, conditions_of(wanted, principal), MOST_COUNTED, few=wanted.names_whose
            ).subquery()
        )
        .scalar_subquery()
        for wanted in filters
    ]
    return [int(count) for count in (await session.execute(sa.select(*counts))).one()]
