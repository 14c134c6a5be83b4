"""Move a ticket from one state to another: resolve, wait, reopen, close, put off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Ticket, TicketStatus, WaitingOn
from cogep_assist.core.principal import SYSTEM, Act, Principal
from cogep_assist.crm_service.sla.sla import refresh_sla
from cogep_assist.crm_service.tickets.ticket_access import lock_ticket
from cogep_assist.crm_service.tickets.ticket_events import NOW, database_now, note_event, touch
from cogep_assist.crm_service.tickets.ticket_moves import CLOSED, ENDED, OPEN, RESOLVED, check_move
from cogep_assist.edge.entity_tags import check_revision
from cogep_assist.edge.validation_words import invalid_field

WOKEN_AT_ONCE = 500
MAX_AHEAD = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Move:
    """The state that a ticket is to have; ``until``: when a ticket that waits comes back."""

    status: TicketStatus
    reason: str | None = None
    waiting_on: WaitingOn | None = None
    until: datetime | None = None


async def move_ticket(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    move: Move,
    *,
    reopen_days: int,
    expected: int | None = None,
) -> Ticket:
    """Move a ticket. The person who opened it may close it, and reopen it within some days.

    Raises AppError as ``check_move``, or AppError("ticket_not_found"|"role_not_allowed"|
    "ticket_reopen_too_late"|"changed_meanwhile"|"request_invalid").
    """
    ticket = await lock_ticket(session, principal, ticket_id, own=True)
    check_revision(expected, ticket.revision)
    if not principal.may(Act.WORK_TICKETS):
        if move.status not in {OPEN, CLOSED}:
            principal.require(Act.WORK_TICKETS)
        if ticket.status in ENDED and not await _in_time(session, ticket, reopen_days):
            raise AppError("ticket_reopen_too_late", days=reopen_days)
    return await apply_move(session, principal, ticket, move)


async def apply_move(
    session: AsyncSession, principal: Principal, ticket: Ticket, move: Move
) -> Ticket:
    """Move a ticket that is locked already; see ``move_ticket``."""
    before = ticket.status
    check_move(
        before,
        move.status,
        reason=move.reason,
        waiting_on=move.waiting_on,
        until=move.until,
    )
    await check_future(session, move.until)
    _enter(ticket, move)
    if before in ENDED and move.status is OPEN:
        ticket.reopened += 1
    await touch(session, ticket)
    details = {
        "before": before.value,
        "after": move.status.value,
        "reason": move.reason,
        "waiting_on": move.waiting_on and move.waiting_on.value,
        "until": move.until and move.until.isoformat(),
    }
    told = {key: value for key, value in details.items() if value is not None}
    await note_event(session, principal, ticket, "moved", told)
    await refresh_sla(session, ticket)
    return ticket


async def snooze_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID, until: datetime | None
) -> Ticket:
    """Put a ticket out of sight until a moment, or bring it back.

    Raises AppError("request_invalid") for a moment that is past, "ticket_move_not_allowed"
    for a ticket that has ended.
    """
    ticket = await lock_ticket(session, principal, ticket_id)
    if ticket.status in ENDED:
        raise AppError("ticket_snooze_ended")
    await check_future(session, until)
    # A ticket that waits keeps the earlier of both moments in mind: it only has one.
    ticket.snoozed = until is not None
    if until is not None or ticket.status is not TicketStatus.WAITING:
        ticket.wake_at = until
    await touch(session, ticket)
    details = {} if until is None else {"until": until.isoformat()}
    await note_event(session, principal, ticket, "snoozed" if until else "woken", details)
    return ticket


async def wake_tickets(session: AsyncSession) -> int:
    """Bring back the tickets whose moment has come, by the database's clock; return how many."""
    due = await session.scalars(
        sa.select(Ticket)
        .where(Ticket.wake_at <= NOW, Ticket.merged_into_id.is_(None))
        .order_by(Ticket.wake_at)
        .limit(WOKEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    woken = due.all()
    for ticket in woken:
        if ticket.status is TicketStatus.WAITING:
            await apply_move(session, SYSTEM, ticket, Move(OPEN))
        else:
            ticket.snoozed, ticket.wake_at = False, None
            await touch(session, ticket)
            await note_event(session, SYSTEM, ticket, "woken")
    return len(woken)


async def check_future(session: AsyncSession, moment: datetime | None) -> None:
    """Raise AppError("request_invalid") unless a moment lies ahead, and not years ahead."""
    if moment is None:
        return
    now = await database_now(session)
    if not now < moment < now + MAX_AHEAD:
        raise invalid_field("until", "deve ser uma data futura, a menos de dois anos")


async def may_still_reopen(session: AsyncSession, ticket: Ticket, reopen_days: int) -> bool:
    """Tell whether a ticket that has ended may still be taken up again by who opened it."""
    return ticket.status not in ENDED or await _in_time(session, ticket, reopen_days)


async def _in_time(session: AsyncSession, ticket: Ticket, reopen_days: int) -> bool:
    ended = ticket.resolved_at or ticket.closed_at
    if ended is None:
        return True
    now = await database_now(session)
    return now - ended <= timedelta(days=reopen_days)


def _enter(ticket: Ticket, move: Move) -> None:
    ticket.status = move.status
    ticket.status_reason = move.reason
    ticket.waiting_on = move.waiting_on
    ticket.wake_at, ticket.snoozed = move.until, False
    if move.status is RESOLVED:
        ticket.resolved_at, ticket.closed_at = NOW, None
    elif move.status is CLOSED:
        ticket.closed_at = NOW
    else:
        ticket.resolved_at = ticket.closed_at = None
