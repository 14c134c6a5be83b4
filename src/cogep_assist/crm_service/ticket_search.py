"""Find tickets by what was written on them, and tickets that are like another."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Collection, Document, Ticket, TicketEntry
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.protocol import read_protocol
from cogep_assist.crm_service.ticket_access import find_ticket, visible_queues
from cogep_assist.crm_service.ticket_index import source_key
from cogep_assist.crm_service.ticket_list import TicketFilter, conditions_of
from cogep_assist.crm_service.ticket_reply import named_tickets, ticket_fields
from cogep_assist.crm_service.ticket_schemas import FoundTicket, TicketReply
from cogep_assist.retrieval.search import Hit, search

# Passages looked at for each ticket that is wanted: several may be of one ticket, and a
# filter takes some away.
PASSAGES_A_TICKET = 6
MOST_PASSAGES = 600
EXCERPT_CHARS = 300
QUESTION_CHARS = 1500
NUMBERS_SHOWN = 20


async def search_tickets(
    session: AsyncSession,
    principal: Principal,
    query: str,
    wanted: TicketFilter,
    *,
    k: int = 20,
    besides: UUID | None = None,
) -> list[FoundTicket]:
    """Return tickets of one's queues by their words, best first; a protocol finds its ticket.

    ``besides``: a ticket that is not wanted. Raises AppError("role_not_allowed").
    """
    principal.require(Act.WORK_TICKETS)
    protocol = read_protocol(query)
    if protocol is not None:
        return await _by_number(session, principal, Ticket.protocol == protocol)
    earlier = by_external_number(query)
    numbered: list[FoundTicket] = []
    if earlier is not None and besides is None:
        numbered = await _by_number(session, principal, earlier, *conditions_of(wanted))
    known = {one.ticket.id for one in numbered}
    worded = await _by_words(session, principal, query, wanted, k=k, besides=besides)
    return [*numbered, *(one for one in worded if one.ticket.id not in known)][:k]


async def similar_tickets(
    session: AsyncSession, principal: Principal, ticket_id: UUID, *, k: int = 5
) -> list[FoundTicket]:
    """Return tickets that speak of the same, best first. Raises AppError("ticket_not_found")."""
    principal.require(Act.WORK_TICKETS)
    question = await question_of(session, principal, ticket_id)
    return await search_tickets(
        session, principal, question, TicketFilter(), k=k, besides=ticket_id
    )


async def question_of(session: AsyncSession, principal: Principal, ticket_id: UUID) -> str:
    """Return what a ticket asks, as a search takes it: its subject and its first words."""
    ticket = await find_ticket(session, principal, ticket_id)
    first = await session.scalar(
        sa.select(TicketEntry.body)
        .where(TicketEntry.ticket_id == ticket_id)
        .order_by(TicketEntry.id)
        .limit(1)
    )
    return f"{ticket.subject}\n{first or ''}"[:QUESTION_CHARS]


def by_external_number(text: str) -> sa.ColumnElement[bool] | None:
    """Return the condition that holds for the tickets that had a number in another system.

    As people write it: "31012", "#31012", "GLPI 31012". None for what is no such number.
    """
    words = text[:QUESTION_CHARS].replace("#", " ").split()
    if not 0 < len(words) <= 2 or not any(char.isdigit() for char in words[-1]):
        return None
    named = Ticket.external_number == words[-1]
    if len(words) == 2:
        return sa.and_(named, sa.func.lower(Ticket.external_system) == words[0].lower())
    return named


async def _by_words(
    session: AsyncSession,
    principal: Principal,
    query: str,
    wanted: TicketFilter,
    *,
    k: int,
    besides: UUID | None,
) -> list[FoundTicket]:
    desks = (
        await session.scalars(
            sa.select(Collection.id).where(Collection.queue_id.in_(visible_queues(principal)))
        )
    ).all()
    most = min(MOST_PASSAGES, max(60, k * PASSAGES_A_TICKET))
    hits = await search(session, query, desks, k=most)
    best = await _by_ticket(session, hits)
    if besides is not None:
        best.pop(besides, None)
    seen = await session.scalars(
        sa.select(Ticket.id).where(
            Ticket.id == _any_of(best),
            # Looked up anew: the index may lag behind a ticket's move to another queue.
            Ticket.queue_id.in_(visible_queues(principal)),
            *conditions_of(wanted),
        )
    )
    left = set(seen)
    # Told in full are those alone that are shown.
    chosen = [ticket_id for ticket_id in best if ticket_id in left][:k]
    rows = await session.execute(named_tickets().where(Ticket.id.in_(chosen)))
    told = {row[0].id: TicketReply(**ticket_fields(*row)) for row in rows}
    return [
        FoundTicket(
            ticket=told[ticket_id],
            score=best[ticket_id].score,
            excerpt=_excerpt(best[ticket_id].text),
        )
        for ticket_id in chosen
    ]


async def _by_number(
    session: AsyncSession, principal: Principal, *conditions: sa.ColumnElement[bool]
) -> list[FoundTicket]:
    rows = await session.execute(
        named_tickets()
        .where(*conditions, Ticket.queue_id.in_(visible_queues(principal)))
        .limit(NUMBERS_SHOWN)
    )
    return [
        FoundTicket(ticket=TicketReply(**ticket_fields(*row)), score=1.0, excerpt=row[0].subject)
        for row in rows
    ]


async def _by_ticket(session: AsyncSession, hits: Sequence[Hit]) -> dict[UUID, Hit]:
    """Return each ticket's best passage, best ticket first."""
    prefix = source_key(UUID(int=0)).partition(":")[0] + ":"
    # People write the same words on several tickets; a search shows such a passage once.
    every = [one for hit in hits for one in (hit, *hit.also_in)]
    rows = await session.execute(
        sa.select(Document.id, Document.source_key).where(
            Document.id == _any_of({hit.document_id for hit in every})
        )
    )
    tickets = {row.id: UUID(row.source_key.removeprefix(prefix)) for row in rows}
    best: dict[UUID, Hit] = {}
    for hit in every:
        if hit.document_id in tickets:
            best.setdefault(tickets[hit.document_id], hit)
    return best


def _any_of(ids: Iterable[UUID]) -> sa.CollectionAggregate[Any]:
    """Return many ids as one parameter: each by itself would take longer to write than to find."""
    return sa.any_(sa.literal(list(ids), ARRAY(sa.Uuid())))


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= EXCERPT_CHARS:
        return words
    return words[: EXCERPT_CHARS - 1].rsplit(" ", 1)[0] + "…"
