"""List tickets: what somebody may see, by state, queue, person, tag and time, newest first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket, TicketPriority, TicketQueue, TicketStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.ticket_reach import newest_tickets
from cogep_assist.crm_service.ticket_reply import named_tickets, ticket_fields
from cogep_assist.crm_service.ticket_schemas import TicketReply

# So many tickets of one tag are met soon, wherever a list begins.
MANY = 2_000


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are asked for; what is left out does not matter."""

    statuses: list[TicketStatus] = field(default_factory=list)
    priorities: list[TicketPriority] = field(default_factory=list)
    queue: str | None = None
    assignee_id: UUID | None = None
    unassigned: bool = False
    customer_id: UUID | None = None
    tag: str | None = None
    protocol: str | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    snoozed: bool | None = None
    merged: bool = False

    @property
    def names_whose(self) -> bool:
        """Whether it names one person or ticket: what is asked for is few, and has its index."""
        named = (self.assignee_id, self.customer_id, self.protocol)
        return any(one is not None for one in named)


async def list_tickets(
    session: AsyncSession,
    principal: Principal,
    wanted: TicketFilter,
    *,
    limit: int = 50,
    before: UUID | None = None,
) -> tuple[list[TicketReply], UUID | None]:
    """Return tickets, newest first, and the id after which the list goes on."""
    principal.require(Act.READ_TICKETS)
    conditions = conditions_of(wanted)
    few = await _few_of_tag(session, wanted.tag)
    if few is not None:
        conditions.append(Ticket.id.in_(few))
    if before is not None:
        conditions.append(Ticket.id < before)
    # The page's ids first; names are joined to those few.
    few_asked = wanted.names_whose or few is not None
    chosen = newest_tickets(principal, conditions, limit + 1, few=few_asked)
    page = chosen.cte("page").prefix_with("MATERIALIZED")
    rows = (
        await session.execute(
            named_tickets().join(page, page.c.id == Ticket.id).order_by(Ticket.id.desc())
        )
    ).all()
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return [TicketReply(**ticket_fields(*row)) for row in rows[:limit]], more


def conditions_of(wanted: TicketFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what is asked for, each told only when it is."""
    told: list[tuple[object, Callable[[], sa.ColumnElement[bool]]]] = [
        (not wanted.merged, lambda: Ticket.merged_into_id.is_(None)),
        (wanted.statuses, lambda: Ticket.status.in_(wanted.statuses)),
        (wanted.priorities, lambda: Ticket.priority.in_(wanted.priorities)),
        (wanted.queue is not None, lambda: Ticket.queue_id == _queue_named(wanted.queue)),
        (wanted.unassigned, lambda: Ticket.assignee_id.is_(None)),
        (wanted.assignee_id is not None, lambda: Ticket.assignee_id == wanted.assignee_id),
        (wanted.customer_id is not None, lambda: Ticket.customer_id == wanted.customer_id),
        (
            wanted.tag is not None,
            lambda: Ticket.tags.contains([(wanted.tag or "").strip().lower()]),
        ),
        (wanted.protocol is not None, lambda: Ticket.protocol == wanted.protocol),
        (wanted.created_from is not None, lambda: Ticket.created_at >= wanted.created_from),
        (wanted.created_until is not None, lambda: Ticket.created_at < wanted.created_until),
        # Keys are in order of time: a list of old tickets begins where they are.
        (wanted.created_from is not None, lambda: Ticket.id >= key_at(wanted.created_from, -1)),
        (wanted.created_until is not None, lambda: Ticket.id <= key_at(wanted.created_until, 1)),
        (wanted.snoozed is not None, lambda: Ticket.snoozed.is_(wanted.snoozed)),
    ]
    return [condition() for asked, condition in told if asked]


def key_at(moment: datetime | None, hours: int) -> UUID:
    """Return the first key (UUIDv7) of a moment, so many hours aside: clocks may differ."""
    assert moment is not None
    shifted = max(moment.timestamp() + hours * 3_600, 0)
    return UUID(int=min(int(shifted * 1000), 2**48 - 1) << 80)


async def _few_of_tag(session: AsyncSession, tag: str | None) -> list[UUID] | None:
    """Return the tickets of a tag that few have; None for one that many have, or for no tag.

    The planner knows common tags alone. It takes a rare one for common, and would read all
    tickets from the newest on to find the few.
    """
    if tag is None:
        return None
    tagged = sa.select(Ticket.id).where(Ticket.tags.contains([tag.strip().lower()]))
    # Planned for all of them, so by the tag's index; read no further than the limit.
    probe = tagged.cte("tagged").prefix_with("MATERIALIZED")
    found = (await session.scalars(sa.select(probe.c.id).limit(MANY))).all()
    return list(found) if len(found) < MANY else None


def _queue_named(name: str | None) -> sa.ScalarSelect[UUID]:
    named = sa.select(TicketQueue.id).where(TicketQueue.name == (name or "").strip())
    return named.scalar_subquery()
