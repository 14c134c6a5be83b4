"""Find tickets by whose they are: a customer's name, number or contact."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_search import customers_named
from cogep_assist.crm_service.tickets.ticket_access import unfenced, visible_queues
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter, conditions_of
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets, ticket_of
from cogep_assist.crm_service.tickets.ticket_schemas import FoundTicket


async def tickets_of_named(
    session: AsyncSession, principal: Principal, text: str, wanted: TicketFilter, *, k: int
) -> list[FoundTicket]:
    """Return the newest tickets of the customers that a text names, newest first."""
    named = customers_named(principal, text) if principal.may(Act.READ_CUSTOMERS) else None
    if named is None:
        return []
    whose = named.cte("whose").prefix_with("MATERIALIZED", dialect="postgresql")
    rows = await session.execute(
        named_tickets(principal)
        .where(
            Ticket.customer_id.in_(sa.select(whose.c.id)),
            Ticket.queue_id.in_(visible_queues(principal)),
            unfenced(principal),
            *conditions_of(wanted, principal),
        )
        .order_by(Ticket.id.desc())
        .limit(k)
    )
    return [
        FoundTicket(ticket=ticket_of(row, principal), score=1.0, excerpt=row["customer_name"])
        for row in rows.mappings()
    ]


def with_named(
    text: str, named: Sequence[FoundTicket], worded: Sequence[FoundTicket]
) -> Iterator[FoundTicket]:
    """Put tickets of who is named before those that speak so, each ticket once.

    One word is as often a thing as a name ("luz"): there they take turns.
    """
    if len(text.split()) > 1 or "@" in text:
        order: Iterable[FoundTicket | None] = [*named, *worded]
    else:
        order = (one for pair in zip_longest(named, worded) for one in pair)
    given = set()
    for one in order:
        if one is not None and one.ticket.id not in given:
            given.add(one.ticket.id)
            yield one
