"""List tickets: what somebody may see, by state, queue, person, tag and time, newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket, TicketPriority, TicketQueue, TicketStatus
from cogep_assist.core.prepared import Prepared
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import is_withheld
from cogep_assist.crm_service.tickets.ticket_deadlines import TicketDeadline, has_deadline, owed_by
from cogep_assist.crm_service.tickets.ticket_reach import newest_tickets
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets, note_shown, ticket_of
from cogep_assist.crm_service.tickets.ticket_schemas import TicketReply

# So many tickets of one tag are met soon, wherever a list begins.
MANY = 2_000
# Statements of so many people and filters are kept put together.
STATEMENTS_KEPT = 512
_IS_COMMON = sa.text("""
    SELECT EXISTS (
        SELECT FROM pg_stats s
         CROSS JOIN unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs)
               AS known(tag, share)
         WHERE s.schemaname = 'crm' AND s.tablename = 'ticket' AND s.attname = 'tags'
           AND known.tag = :tag
           AND known.share * (SELECT reltuples FROM pg_class
                               WHERE oid = 'crm.ticket'::regclass) > 2 * :many
    )
""")
# Planned for all of them, so by the tag's index; read no further than the limit.
_TAGGED = sa.text("""
    WITH tagged AS MATERIALIZED (SELECT id FROM crm.ticket WHERE tags @> ARRAY[:tag])
    SELECT id FROM tagged LIMIT :many
""")


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are asked for; what is left out does not matter."""

    statuses: Sequence[TicketStatus] = ()
    priorities: Sequence[TicketPriority] = ()
    queue: str | None = None
    assignee_id: UUID | None = None
    unassigned: bool = False
    customer_id: UUID | None = None
    tag: str | None = None
    protocol: str | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    snoozed: bool | None = None
    deadline: TicketDeadline | None = None
    merged: bool = False
    # Nearest deadline first; and only tickets that owe nothing by any.
    by_deadline: bool = False
    undated: bool = False

    def __post_init__(self) -> None:
        """Make it what a statement that is kept can be found by."""
        object.__setattr__(self, "statuses", tuple(self.statuses))
        object.__setattr__(self, "priorities", tuple(self.priorities))

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
    few = await _few_of_tag(session, wanted.tag)
    given: dict[str, Any] = {}
    if few is not None:
        given["few"] = few
    if before is not None:
        given["before"] = before
    page = _page(principal, wanted, limit, frozenset(given))
    rows = await page.rows(session, **given)
    more = rows[limit - 1]["id"] if len(rows) > limit else None
    shown = [ticket_of(row, principal) for row in rows[:limit]]
    await note_shown(session, principal, shown)
    return shown, more


@lru_cache(STATEMENTS_KEPT)
def _page(
    principal: Principal, wanted: TicketFilter, limit: int, given: frozenset[str]
) -> Prepared:
    """Select a page and one more: the page's ids first, then names are joined to those few."""
    conditions = conditions_of(wanted, principal)
    if "few" in given:
        few = sa.bindparam("few", None, type_=ARRAY(sa.Uuid()))
        conditions.append(Ticket.id == sa.any_(few))
    if "before" in given:
        conditions.append(Ticket.id < sa.bindparam("before", None, type_=sa.Uuid()))
    few_asked = wanted.names_whose or "few" in given
    chosen = newest_tickets(principal, conditions, limit + 1, few=few_asked)
    page = chosen.cte("page").prefix_with("MATERIALIZED")
    return Prepared.of(
        named_tickets(principal).join(page, page.c.id == Ticket.id).order_by(Ticket.id.desc())
    )


def conditions_of(wanted: TicketFilter, reader: Principal) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what is asked for, each told only when it is.

    What is withheld is not found by its tags, which may say it in a word.
    """
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
        (wanted.tag is not None, lambda: ~is_withheld(reader)),
        (wanted.protocol is not None, lambda: Ticket.protocol == wanted.protocol),
        (wanted.created_from is not None, lambda: Ticket.created_at >= wanted.created_from),
        (wanted.created_until is not None, lambda: Ticket.created_at < wanted.created_until),
        # Keys are in order of time: a list of old tickets begins where they are.
        (wanted.created_from is not None, lambda: Ticket.id >= key_at(wanted.created_from, -1)),
        (wanted.created_until is not None, lambda: Ticket.id <= key_at(wanted.created_until, 1)),
        (wanted.deadline is not None, lambda: owed_by(wanted.deadline)),
        (wanted.undated, lambda: ~has_deadline()),
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
    asked = {"tag": tag.strip().lower(), "many": MANY}
    # Of a tag that is known to be common its tickets need not be counted, which reads all of them.
    if await session.scalar(_IS_COMMON, asked):
        return None
    found = (await session.scalars(_TAGGED, asked)).all()
    return list(found) if len(found) < MANY else None


def _queue_named(name: str | None) -> sa.ScalarSelect[UUID]:
    named = sa.select(TicketQueue.id).where(TicketQueue.name == (name or "").strip())
    return named.scalar_subquery()
