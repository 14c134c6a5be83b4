"""The best passages of tickets that somebody may see and asked for, however few those are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket
from cogep_assist.core.prepared import Prepared
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.ticket_access import (
    is_withheld,
    unfenced,
    visible_queues,
)
from cogep_assist.crm_service.tickets.ticket_list import (
    STATEMENTS_KEPT,
    TicketFilter,
    conditions_of,
)
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets
from cogep_assist.retrieval.best_words import BestPassages, Passage

# Passages looked at for each ticket that is wanted: several may be of one ticket. Where a filter
# takes so many away that too few tickets are left, this many times as many are looked at.
FIRST_PASSAGES = 40
PASSAGES_A_TICKET = 2
DEEPER = 15
MANY_PASSAGES = 600
# Where the first passages show less than one in so many, the tickets that pass are asked for
# before more passages are looked at: up to so many tickets are quickly listed.
SELDOM = 20
FEW_TICKETS = 1_000
# The passages in their order, with the ticket of each: the index knows it, or else the document.
_ASKED = """
    SELECT asked.place, asked.id,
           coalesce(asked.owner, (SELECT substr(d.source_key, 8)::uuid
                                    FROM ai.chunk c JOIN ai.document d ON d.id = c.document_id
                                   WHERE c.id = asked.id)) AS ticket_id
      FROM unnest(CAST(:ids AS uuid[]), CAST(:owners AS uuid[]))
           WITH ORDINALITY AS asked(id, owner, place)
"""
# Read for those tickets alone that are shown. OFFSET 0 keeps each look-up one step by the primary
# key, however stale the statistics are.
_TEXT = """
    SELECT version_id, start_offset, end_offset, text
      FROM ai.chunk WHERE chunk.id = allowed.id OFFSET 0
"""
# The second half of an id is random: enough to tell tickets apart, and they are read again.
HALF_BYTES = 8
_HALVES = "string_agg(substring(uuid_send(ticket.id) FROM 9), ''::bytea)"


@dataclass(frozen=True, slots=True)
class Spot:
    """A passage of a ticket that may be shown, with the score of its words."""

    ticket_id: UUID
    subject: str
    version_id: UUID
    start_offset: int
    end_offset: int
    text: str
    score: float


async def read_passages(
    session: AsyncSession,
    principal: Principal,
    wanted: TicketFilter,
    best: BestPassages,
    *,
    k: int,
    besides: UUID | None,
) -> list[Spot]:
    """Read the best passages of k tickets or more, of all that match where there are fewer.

    Deeper ones are read where the first leave too few; where those do too, few tickets pass the
    filter, and passages of those few alone are ranked.
    """
    first = max(FIRST_PASSAGES, k * PASSAGES_A_TICKET)
    begin, end = 0, first
    spots: list[Spot] = []
    owners: bytes | None = None
    if wanted.names_whose:
        # One person's tickets are few among all that hold a word.
        owners = await _halves_of(session, principal, wanted)
    while True:
        passages = await best.ranked(begin, end, owners)
        spots += [
            spot
            for spot in await _shown(session, _spots(principal, wanted), passages)
            if spot.ticket_id != besides
        ]
        enough = len({spot.ticket_id for spot in spots}) >= k
        if enough or len(passages) < end - begin:
            return spots[:MANY_PASSAGES]
        begin, end = end, end * DEEPER
        if owners is not None:
            continue
        if begin >= MANY_PASSAGES:
            owners = await _halves_of(session, principal, wanted)
        elif len(spots) * SELDOM < len(passages):
            owners = await _halves_of_few(session, principal, wanted)
        if owners is not None:
            begin, end, spots = 0, first, []


async def read_tickets(
    session: AsyncSession, principal: Principal, wanted: TicketFilter, ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Return those of some tickets that may be shown, with the names around them."""
    rows = await _tickets(principal, wanted).rows(session, ids=list(ids))
    return {row["id"]: row for row in rows}


async def _shown(
    session: AsyncSession, statement: Prepared, passages: Sequence[Passage]
) -> list[Spot]:
    if not passages:
        return []
    rows = await statement.rows(
        session,
        ids=[passage.id for passage in passages],
        owners=[passage.owner for passage in passages],
    )
    return [Spot(score=passages[row.pop("place") - 1].score, **row) for row in rows]


async def _halves_of(session: AsyncSession, principal: Principal, wanted: TicketFilter) -> bytes:
    """Return the second halves of the ids of all tickets that pass, 8 bytes each."""
    (row,) = await _passing(principal, wanted).rows(session)
    return row["halves"] or b""


async def _halves_of_few(
    session: AsyncSession, principal: Principal, wanted: TicketFilter
) -> bytes | None:
    """Return the same where they are few, or None."""
    (row,) = await _passing(principal, wanted, FEW_TICKETS + 1).rows(session)
    halves = row["halves"] or b""
    return halves if len(halves) <= FEW_TICKETS * HALF_BYTES else None


@lru_cache(STATEMENTS_KEPT)
def _spots(principal: Principal, wanted: TicketFilter) -> Prepared:
    """Select those of some passages, given by their ids, whose tickets may be shown."""
    asked = (
        sa.text(_ASKED)
        .bindparams(ids=None, owners=None)
        .columns(
            sa.column("place", sa.Integer),
            *(sa.column(name, sa.Uuid) for name in ("id", "ticket_id")),
        )
        .cte("asked")
    )
    allowed = (
        sa.select(asked.c.place, asked.c.id, Ticket.id.label("ticket_id"), Ticket.subject)
        .join(Ticket, Ticket.id == asked.c.ticket_id)
        .where(*_conditions(principal, wanted))
        .cte("allowed")
        .prefix_with("MATERIALIZED")
    )
    text = (
        sa.text(_TEXT)
        .columns(
            sa.column("version_id", sa.Uuid),
            *(sa.column(name, sa.Integer) for name in ("start_offset", "end_offset")),
            sa.column("text", sa.Text),
        )
        .lateral("passage")
    )
    return Prepared.of(
        sa.select(allowed.c.place, allowed.c.ticket_id, allowed.c.subject, *text.c)
        .select_from(allowed.join(text, sa.true()))
        .order_by(allowed.c.place)
    )


@lru_cache(STATEMENTS_KEPT)
def _tickets(principal: Principal, wanted: TicketFilter) -> Prepared:
    ids = sa.bindparam("ids", None, type_=ARRAY(sa.Uuid()))
    return Prepared.of(
        named_tickets(principal).where(Ticket.id == sa.any_(ids), *_conditions(principal, wanted))
    )


@lru_cache(STATEMENTS_KEPT)
def _passing(principal: Principal, wanted: TicketFilter, most: int | None = None) -> Prepared:
    passing = sa.select(Ticket.id).where(*_conditions(principal, wanted)).limit(most)
    halves = sa.literal_column(_HALVES, sa.LargeBinary).label("halves")
    return Prepared.of(sa.select(halves).select_from(passing.subquery("ticket")))


def _conditions(principal: Principal, wanted: TicketFilter) -> list[sa.ColumnElement[bool]]:
    # Looked up anew: the index may lag behind a ticket's move to another queue.
    seen = Ticket.queue_id.in_(visible_queues(principal))
    return [seen, unfenced(principal), ~is_withheld(principal), *conditions_of(wanted, principal)]
