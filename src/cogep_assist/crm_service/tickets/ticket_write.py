"""Write on a ticket: a person's message, a reply to them, a note among colleagues."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import EntryKind, Ticket, TicketEntry, TicketStatus, WaitingOn
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.sla.sla import refresh_sla
from cogep_assist.crm_service.tickets.ticket_access import find_ticket, lock_ticket
from cogep_assist.crm_service.tickets.ticket_assignment import attending_users
from cogep_assist.crm_service.tickets.ticket_events import NOW, note_event, touch
from cogep_assist.crm_service.tickets.ticket_index import index_soon
from cogep_assist.crm_service.tickets.ticket_move import Move, apply_move, may_still_reopen
from cogep_assist.crm_service.tickets.ticket_moves import ENDED, OPEN
from cogep_assist.crm_service.tickets.ticket_sensitivity import flag_at_once
from cogep_assist.crm_service.tickets.ticket_words import clean_body


async def write_entry(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    body: str,
    *,
    kind: EntryKind | None = None,
    mentions: Sequence[UUID] = (),
    citations: Sequence[dict[str, Any]] = (),
    folded: str | None = None,
    reopen_days: int,
) -> tuple[Ticket, TicketEntry]:
    """Write on a ticket and let it go on as that asks for.

    Who works on tickets writes replies, or notes and messages if they say so; everybody
    else writes messages. A message takes up a ticket that waited for the person or has
    ended. ``folded``: what a letter quotes. Raises AppError("ticket_not_found"|
    "role_not_allowed"|"ticket_closed"|"mention_not_found"|"request_invalid").
    """
    text = clean_body(body)
    kind = _kind(principal, kind)
    ticket = await lock_ticket(session, principal, ticket_id, own=True)
    await _check_mentions(session, ticket, mentions)
    entry = TicketEntry(
        ticket_id=ticket.id,
        kind=kind,
        author=principal.label,
        body=text,
        mentions=list(mentions),
        citations=list(citations),
        folded=folded,
    )
    session.add(entry)
    await settle_entry(session, principal, ticket, entry, reopen_days)
    return ticket, entry


async def settle_entry(
    session: AsyncSession,
    principal: Principal,
    ticket: Ticket,
    entry: TicketEntry,
    reopen_days: int,
) -> None:
    """Let a locked ticket go on as an entry of its asks for, and tell whom it concerns."""
    kind = entry.kind
    await _go_on(session, principal, ticket, kind, reopen_days)
    if kind is not EntryKind.NOTE:
        ticket.last_entry_at = NOW
    await touch(session, ticket)
    await session.refresh(entry)
    await flag_at_once(session, ticket.id, [entry.body])
    details = {"entry": str(entry.id), "mentions": [str(user) for user in entry.mentions]}
    await note_event(session, principal, ticket, f"{kind.value}_written", details)
    if kind is EntryKind.REPLY:
        await refresh_sla(session, ticket)
    await index_soon(session, ticket.id)


async def check_seen(
    session: AsyncSession, principal: Principal, ticket_id: UUID, last_seen: UUID | None
) -> None:
    """Raise AppError("ticket_moved_on") when somebody else wrote after the entry that was seen.

    Notes are between colleagues and hold no reply up. Raises AppError("ticket_not_found").
    """
    await find_ticket(session, principal, ticket_id, text=False)
    if last_seen is None:
        return
    newer = await session.scalar(
        sa.select(TicketEntry.id)
        .where(
            TicketEntry.ticket_id == ticket_id,
            TicketEntry.id > last_seen,
            TicketEntry.kind != EntryKind.NOTE,
            TicketEntry.author != principal.label,
        )
        .limit(1)
    )
    if newer is not None:
        raise AppError("ticket_moved_on")


def _kind(principal: Principal, kind: EntryKind | None) -> EntryKind:
    if principal.may(Act.WORK_TICKETS):
        return kind or EntryKind.REPLY
    if kind not in {None, EntryKind.MESSAGE}:
        principal.require(Act.WORK_TICKETS)
    return EntryKind.MESSAGE


async def _check_mentions(session: AsyncSession, ticket: Ticket, mentions: Sequence[UUID]) -> None:
    if not mentions:
        return
    # Only who could open the ticket anyway: a mention gives nobody access.
    known = set(await session.scalars(attending_users(ticket.queue_id)))
    if not known.issuperset(mentions):
        raise AppError("mention_not_found")


async def _go_on(
    session: AsyncSession, principal: Principal, ticket: Ticket, kind: EntryKind, reopen_days: int
) -> None:
    if kind is EntryKind.REPLY:
        if ticket.first_replied_at is None:
            ticket.first_replied_at = NOW
        if ticket.status is TicketStatus.NEW:
            await apply_move(session, principal, ticket, Move(OPEN))
    elif kind is EntryKind.MESSAGE:
        if ticket.status in ENDED:
            if not await may_still_reopen(session, ticket, reopen_days):
                raise AppError("ticket_closed", days=reopen_days)
            await apply_move(session, principal, ticket, Move(OPEN, "nova mensagem"))
        elif ticket.waiting_on is WaitingOn.CUSTOMER:
            await apply_move(session, principal, ticket, Move(OPEN))
