"""Flag what tickets say of health, faith and the like (LGPD, arts. 5, II, and 11).

Words find it, a moment after they were written; a person has the last word. Both are told to those
who work on the ticket, and to nobody else.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import Ticket, TicketEntry, TicketSensitivity
from cogep_assist.core.pii.sensitive import SensitiveCategory, find_sensitive
from cogep_assist.core.principal import SYSTEM, Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import lock_ticket
from cogep_assist.crm_service.tickets.ticket_events import NOW

# So many words of a category say why; more would only repeat the ticket.
MOST_WORDS = 5
# So much is looked through in a millisecond or two; more is looked through beside the event loop.
CHARS_AT_ONCE = 4_000


async def flag_ticket(session: AsyncSession, ticket_id: UUID, texts: Iterable[str]) -> None:
    """Note which categories a ticket's texts name now, and why; people's decisions stay."""
    # A long thread takes a moment, in which the worker goes on with other duties.
    found = await asyncio.to_thread(sensitive_words, list(texts))
    await session.execute(
        sa.delete(TicketSensitivity).where(
            TicketSensitivity.ticket_id == ticket_id,
            TicketSensitivity.category.not_in(list(found)),
            TicketSensitivity.decided_at.is_(None),
        )
    )
    if not found:
        return
    rows = [
        {"ticket_id": ticket_id, "category": category, "words": words}
        for category, words in found.items()
    ]
    given = insert(TicketSensitivity).values(rows)
    written = await session.scalars(
        given.on_conflict_do_update(
            index_elements=[TicketSensitivity.ticket_id, TicketSensitivity.category],
            set_={"words": given.excluded.words},
            where=TicketSensitivity.words != given.excluded.words,
        ).returning(TicketSensitivity.category)
    )
    await _note_flagged(session, ticket_id, written.all())


async def flag_at_once(session: AsyncSession, ticket_id: UUID, texts: Sequence[str]) -> bool:
    """Flag what a text names as it is written, so that nobody reads it before it is withheld.

    Nothing is taken back here: the look at the whole ticket, a moment later, does. Return whether
    something was named.
    """
    long = sum(map(len, texts)) > CHARS_AT_ONCE
    found = await asyncio.to_thread(sensitive_words, texts) if long else sensitive_words(texts)
    if not found:
        return False
    rows = [
        {"ticket_id": ticket_id, "category": category, "words": words}
        for category, words in found.items()
    ]
    written = await session.scalars(
        insert(TicketSensitivity)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(TicketSensitivity.category)
    )
    await _note_flagged(session, ticket_id, written.all())
    return True


async def flag_written(session: AsyncSession, ticket_id: UUID) -> None:
    """Flag what the entries of a ticket name, after some came to it from another."""
    bodies = await session.scalars(
        sa.select(TicketEntry.body).where(TicketEntry.ticket_id == ticket_id)
    )
    await flag_at_once(session, ticket_id, bodies.all())


async def decide_sensitivity(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    category: SensitiveCategory,
    *,
    upheld: bool,
    note: str = "",
) -> None:
    """Say whether a ticket holds sensitive data of a category, found by words or not.

    Whoever sees a ticket may say that it does; that it does not, only who may read it either way.
    Raises AppError("ticket_not_found"|"role_not_allowed"|"ticket_merged").
    """
    if not upheld:
        principal.require(Act.READ_SENSITIVE)
    ticket = await lock_ticket(session, principal, ticket_id)
    values = {
        "upheld": upheld,
        "note": note.strip() or None,
        "decided_by": principal.label,
        "decided_at": NOW,
    }
    await session.execute(
        insert(TicketSensitivity)
        .values(ticket_id=ticket.id, category=category, words=[], **values)
        .on_conflict_do_update(
            index_elements=[TicketSensitivity.ticket_id, TicketSensitivity.category], set_=values
        )
    )
    details = {"category": category.value, "upheld": upheld}
    await audit.record(
        session, principal, "ticket_sensitivity_decided", "ticket", ticket_id, details
    )
    await announce(session, "ticket", ticket_id)


async def _note_flagged(
    session: AsyncSession, ticket_id: UUID, found: Sequence[SensitiveCategory]
) -> None:
    if not found:
        return
    details = {"categories": sorted(category.value for category in found)}
    await audit.record(session, SYSTEM, "ticket_flagged_sensitive", "ticket", ticket_id, details)
    await announce(session, "ticket", ticket_id)


def flags_of_ticket() -> sa.ScalarSelect[Any]:
    """Select what is flagged as one JSON value, beside each ticket of the query it stands in."""
    row = sa.func.to_jsonb(sa.literal_column("ticket_sensitivity"))
    ordered = aggregate_order_by(row, TicketSensitivity.category)
    return (
        sa.select(sa.func.jsonb_agg(ordered))
        .select_from(TicketSensitivity)
        .where(TicketSensitivity.ticket_id == Ticket.id)
        .correlate(Ticket)
        .scalar_subquery()
    )


def sensitive_words(texts: Iterable[str]) -> dict[SensitiveCategory, list[str]]:
    """Return the telling words of some texts by category, as they are written there."""
    found: dict[SensitiveCategory, dict[str, None]] = {}
    for text in texts:
        # A ticket is about a person, whether a sentence says so or not.
        for mention in find_sensitive(text, about_somebody=True):
            word = " ".join(text[mention.start : mention.end].lower().split())
            found.setdefault(mention.category, {})[word] = None
    return {category: list(words)[:MOST_WORDS] for category, words in found.items()}
