"""Hold a reply back for some seconds: until it goes out nobody but the desk sees it.

Nothing has happened while it is held: no letter, no state, no clock. Its author may take it back;
afterwards the worker sends it in their name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import (
    EntryKind,
    Ticket,
    TicketEntry,
    TicketStatus,
    User,
    WaitingOn,
)
from cogep_assist.core.principal import SYSTEM, Act, Principal, PrincipalKind
from cogep_assist.crm_service.tickets.ticket_access import lock_ticket
from cogep_assist.crm_service.tickets.ticket_attachments import (
    WITHOUT_WORDS,
    AttachedFile,
    keep_files,
)
from cogep_assist.crm_service.tickets.ticket_events import NOW
from cogep_assist.crm_service.tickets.ticket_move import Move, apply_move
from cogep_assist.crm_service.tickets.ticket_moves import MOVES, WAITING
from cogep_assist.crm_service.tickets.ticket_words import clean_body
from cogep_assist.crm_service.tickets.ticket_write import settle_entry

SEND = "send_held_reply"
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a reply said before it was taken back."""

    body: str
    citations: list[dict[str, Any]]
    files: bool


async def hold_reply(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    body: str,
    *,
    seconds: int,
    then: TicketStatus | None = None,
    citations: Sequence[dict[str, Any]] = (),
    files: Sequence[AttachedFile] = (),
) -> TicketEntry:
    """Write a reply that goes out in so many seconds. Raises AppError as ``write_entry``."""
    principal.require(Act.WORK_TICKETS)
    text = clean_body(body if body.strip() or not files else WITHOUT_WORDS)
    ticket = await lock_ticket(session, principal, ticket_id)
    entry = TicketEntry(
        ticket_id=ticket.id,
        kind=EntryKind.REPLY,
        author=principal.label,
        body=text,
        citations=list(citations),
        held_until=NOW + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds),
        held_then=then,
    )
    session.add(entry)
    await session.flush()
    await keep_files(session, entry.id, files)
    await announce(session, "ticket", ticket.id)
    return entry


async def take_reply_back(
    session: AsyncSession, principal: Principal, ticket_id: UUID, entry_id: UUID
) -> TakenBack:
    """Delete a reply of one's own that has not gone out, and return what it said.

    Raises AppError("ticket_not_found"|"reply_not_found"|"reply_sent").
    """
    ticket = await lock_ticket(session, principal, ticket_id)
    entry = await session.get(TicketEntry, entry_id, populate_existing=True)
    if entry is None or entry.ticket_id != ticket.id or entry.author != principal.label:
        raise AppError("reply_not_found")
    if entry.held_until is None:
        raise AppError("reply_sent")
    taken = TakenBack(entry.body, list(entry.citations), entry.body == WITHOUT_WORDS)
    await session.delete(entry)
    await session.flush()
    await audit.record(session, principal, "ticket_reply_withdrawn", "ticket", ticket.id)
    await announce(session, "ticket", ticket.id)
    return taken


async def replies_to_send(session: AsyncSession) -> Sequence[UUID]:
    """Return the replies whose time has come, the oldest first."""
    statement = sa.select(TicketEntry.id).where(TicketEntry.held_until <= NOW)
    rows = await session.scalars(statement.order_by(TicketEntry.held_until).limit(MOST_AT_ONCE))
    return rows.all()


async def send_held_reply(session: AsyncSession, subject: str) -> None:
    """Let a reply go out in its author's name; nothing where it was taken back or has gone."""
    ticket = await session.scalar(
        sa.select(Ticket)
        .join(TicketEntry, TicketEntry.ticket_id == Ticket.id)
        .where(TicketEntry.id == UUID(subject))
        .with_for_update(of=Ticket)
    )
    entry = await session.get(TicketEntry, UUID(subject), populate_existing=True)
    if ticket is None or entry is None or entry.held_until is None:
        return
    author, then = await _author(session, entry.author), entry.held_then
    entry.held_until = entry.held_then = None
    entry.created_at = NOW
    await settle_entry(session, author, ticket, entry, get_settings().ticket_reopen_days)
    # Somebody may have moved the ticket meanwhile: their word stands.
    if then is not None and then in MOVES[ticket.status]:
        waiting_on = WaitingOn.CUSTOMER if then is WAITING else None
        await apply_move(session, author, ticket, Move(then, None, waiting_on))


async def _author(session: AsyncSession, label: str) -> Principal:
    kind, _, key = label.partition(":")
    if kind != PrincipalKind.USER.value:
        return SYSTEM
    user = await session.get(User, UUID(key))
    if user is None:
        return SYSTEM
    return Principal(PrincipalKind.USER, user.role, user.id, reads_sensitive=user.reads_sensitive)
