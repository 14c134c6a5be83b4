"""The tickets that somebody may see, read from where they are: queue by queue, and their own.

Asked as one condition ("in my queues, or mine"), the database would read all tickets from the
newest on until it has found enough, which are all there are for who sees few of them.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.models import Ticket
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.ticket_access import (
    may_see,
    own_tickets,
    unfenced,
    visible_queues,
)

Conditions = Sequence[sa.ColumnElement[bool]]


def newest_tickets(
    principal: Principal, wanted: Conditions, limit: int, *, few: bool = False
) -> sa.Select[UUID]:
    """Select the ids of the newest tickets that somebody may see, the newest first.

    ``few``: what is wanted is few by itself, whoever looks, and is found by an index of its own.
    """
    newest = Ticket.id.desc()
    own = own_tickets(principal)
    if own is None or few:
        seen = sa.select(Ticket.id).where(may_see(principal), *wanted)
        return seen.order_by(newest).limit(limit)
    queues = visible_queues(principal).subquery("queues")
    of_queue = (
        _tickets(principal, [Ticket.queue_id == queues.c.id, *wanted])
        .order_by(newest)
        .limit(limit)
        .lateral("of_queue")
    )
    ways = [sa.select(of_queue.c.id).select_from(queues.join(of_queue, sa.true()))]
    for way in own:
        found = _tickets(principal, [way, *wanted]).order_by(newest).limit(limit).subquery()
        ways.append(sa.select(found.c.id))
    each = sa.union(*ways).subquery("each")
    return sa.select(each.c.id).order_by(each.c.id.desc()).limit(limit)


def some_tickets(
    principal: Principal, wanted: Conditions, limit: int, *, few: bool = False
) -> sa.Select[UUID]:
    """Select the ids of tickets that somebody may see, whichever come first; for counting."""
    own = own_tickets(principal)
    if own is None or few:
        return sa.select(Ticket.id).where(may_see(principal), *wanted).limit(limit)
    queues = visible_queues(principal).subquery("queues")
    # In order, so that each queue is read by its own index and left as soon as it is done.
    of_queue = (
        _tickets(principal, [Ticket.queue_id == queues.c.id, *wanted])
        .order_by(Ticket.id.desc())
        .limit(limit)
        .lateral("of_queue")
    )
    ways = [sa.select(of_queue.c.id).select_from(queues.join(of_queue, sa.true())).limit(limit)]
    ways += [
        _tickets(principal, [way, *wanted]).order_by(Ticket.id.desc()).limit(limit) for way in own
    ]
    # A ticket of one's own stands in one's queues as well.
    each = sa.union(*(sa.select(way.subquery().c.id) for way in ways)).subquery("each")
    return sa.select(each.c.id).limit(limit)


def _tickets(principal: Principal, wanted: Conditions) -> sa.Select[UUID]:
    return sa.select(Ticket.id).where(unfenced(principal), *wanted)
