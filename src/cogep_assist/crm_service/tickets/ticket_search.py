"""Find tickets by what was written on them, and tickets that are like another."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, Ticket, TicketEntry, TicketQueue
from cogep_assist.core.prepared import Prepared
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.protocol import read_protocol
from cogep_assist.crm_service.tickets.ticket_access import find_ticket, unfenced, visible_queues
from cogep_assist.crm_service.tickets.ticket_customer_search import tickets_of_named, with_named
from cogep_assist.crm_service.tickets.ticket_list import (
    STATEMENTS_KEPT,
    TicketFilter,
    conditions_of,
)
from cogep_assist.crm_service.tickets.ticket_passages import Spot, read_passages, read_tickets
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets, note_shown, ticket_of
from cogep_assist.crm_service.tickets.ticket_schemas import FoundTicket
from cogep_assist.retrieval.best_words import best_by_words
from cogep_assist.retrieval.index_reader import IndexChangedError
from cogep_assist.retrieval.rescore import Place, fuse, legs, weighted
from cogep_assist.retrieval.weigh import beside

# A look at so few passages takes no longer than another thread takes to begin.
FEW_PASSAGES = 60
ATTEMPTS = 8
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

    Whom a query names as a whole is found by their tickets too: "Iná Sá", a CPF, an e-mail.
    ``besides``: a ticket that is not wanted, whose own words the query is.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.WORK_TICKETS)
    found = await _search(session, principal, query, wanted, k=k, besides=besides)
    await note_shown(session, principal, [one.ticket for one in found])
    return found


async def _search(
    session: AsyncSession,
    principal: Principal,
    query: str,
    wanted: TicketFilter,
    *,
    k: int,
    besides: UUID | None,
) -> list[FoundTicket]:
    protocol = read_protocol(query)
    if protocol is not None:
        return await _by_number(session, principal, Ticket.protocol == protocol)
    earlier = by_external_number(query)
    numbered: list[FoundTicket] = []
    if earlier is not None and besides is None:
        numbered = await _by_number(session, principal, earlier, *conditions_of(wanted, principal))
    known = {one.ticket.id for one in numbered}
    found: Iterable[FoundTicket] = await _by_words(
        session, principal, query, wanted, k=k, besides=besides
    )
    if besides is None:
        named = await tickets_of_named(session, principal, query, wanted, k=k)
        found = with_named(query, named, list(found))
    return [*numbered, *(one for one in found if one.ticket.id not in known)][:k]


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
    """Search anew where a ticket was indexed again while its passages were read."""
    desks = [row["id"] for row in await _desks(principal, wanted.queue).rows(session)]
    driver = await driver_connection(session)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            best = await best_by_words(driver, query, desks)
        except IndexChangedError:
            continue
        if best is None:
            return []
        spots = await read_passages(session, principal, wanted, best, k=k, besides=besides)
        # Where tickets are indexed faster than they are found, the last look takes what it sees.
        if attempt == ATTEMPTS or await best.index.is_current():
            rank = partial(_ranked, query, spots, best.rarity(), k)
            ranked = rank() if len(spots) <= FEW_PASSAGES else await beside(rank)
            return await _named(session, principal, wanted, ranked)
    raise AppError("search_index_busy")


@lru_cache(STATEMENTS_KEPT)
def _desks(principal: Principal, queue: str | None) -> Prepared:
    queues = visible_queues(principal)
    if queue is not None:
        queues = queues.where(TicketQueue.name == queue.strip())
    return Prepared.of(sa.select(Collection.id).where(Collection.queue_id.in_(queues)))


def _ranked(
    query: str, spots: Sequence[Spot], rarity: Mapping[str, float], k: int
) -> list[tuple[float, Spot]]:
    """Look at the passages once more and return each ticket's best one, best ticket first."""
    if not spots:
        return []
    spoke = legs(
        query,
        [f"{spot.subject}\n{spot.text}" for spot in spots],
        np.array([spot.score for spot in spots], dtype=np.float32),
        places=[Place(spot.version_id.int, spot.start_offset, spot.end_offset) for spot in spots],
        terms=rarity,
    )
    scores = fuse(*weighted(query, spoke))
    best: dict[UUID, tuple[float, Spot]] = {}
    for score, spot in zip(scores.tolist(), spots, strict=True):
        if spot.ticket_id not in best or score > best[spot.ticket_id][0]:
            best[spot.ticket_id] = (score, spot)
    # Of equal ones the newest first: ids are in order of time.
    order = sorted(
        best.values(), key=lambda one: (round(one[0], 6), one[1].ticket_id), reverse=True
    )
    return order[:k]


async def _named(
    session: AsyncSession,
    principal: Principal,
    wanted: TicketFilter,
    ranked: Sequence[tuple[float, Spot]],
) -> list[FoundTicket]:
    """Return the tickets as they are shown; what may not be shown any more is left out."""
    if not ranked:
        return []
    ids = [spot.ticket_id for _, spot in ranked]
    rows = await read_tickets(session, principal, wanted, ids)
    return [
        FoundTicket(
            ticket=ticket_of(rows[spot.ticket_id], principal),
            score=round(score, 6),
            excerpt=_excerpt(spot.text),
        )
        for score, spot in ranked
        if spot.ticket_id in rows
    ]


async def _by_number(
    session: AsyncSession, principal: Principal, *conditions: sa.ColumnElement[bool]
) -> list[FoundTicket]:
    rows = await session.execute(
        named_tickets(principal)
        .where(*conditions, unfenced(principal), Ticket.queue_id.in_(visible_queues(principal)))
        .limit(NUMBERS_SHOWN)
    )
    return [
        FoundTicket(ticket=ticket_of(row, principal), score=1.0, excerpt=row["subject"])
        for row in rows.mappings()
    ]


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= EXCERPT_CHARS:
        return words
    return words[: EXCERPT_CHARS - 1].rsplit(" ", 1)[0] + "…"
