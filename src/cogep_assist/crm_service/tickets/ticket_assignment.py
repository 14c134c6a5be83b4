"""Who attends to a ticket: claimed, assigned by hand, or by the queue's rule."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_absence import is_away
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AssignmentRule,
    Role,
    TeamMember,
    Ticket,
    TicketQueue,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import SYSTEM, Principal
from cogep_assist.crm_service.tickets.ticket_access import is_sensitive, lock_ticket
from cogep_assist.crm_service.tickets.ticket_events import note_event, touch
from cogep_assist.edge.entity_tags import check_revision

ATTENDING = (Role.AGENT, Role.ADMIN)
UNFINISHED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING)


async def claim_ticket(session: AsyncSession, principal: Principal, ticket_id: UUID) -> Ticket:
    """Take a ticket that nobody has. Two at once: the row's lock lets one win.

    Raises AppError("ticket_claimed_meanwhile") that names who has it, or AppError(
    "claim_needs_person") for a key. Claiming one's own ticket again changes nothing.
    """
    if principal.user_id is None:
        raise AppError("claim_needs_person")
    ticket = await lock_ticket(session, principal, ticket_id, text=False)
    if ticket.assignee_id == principal.user_id:
        return ticket
    if ticket.assignee_id is not None:
        holder = await session.scalar(sa.select(User.name).where(User.id == ticket.assignee_id))
        raise AppError("ticket_claimed_meanwhile", by=holder or "outra pessoa")
    return await _hand_to(session, principal, ticket, principal.user_id, "claimed")


async def assign_ticket(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    user_id: UUID | None,
    expected: int | None = None,
) -> Ticket:
    """Give a ticket to somebody of its queue's team, or back to the queue.

    Raises AppError("assignee_not_found"|"changed_meanwhile").
    """
    ticket = await lock_ticket(session, principal, ticket_id, text=False)
    check_revision(expected, ticket.revision)
    if ticket.assignee_id == user_id:
        return ticket
    if user_id is not None and not await _may_attend(session, user_id, ticket.queue_id):
        raise AppError("assignee_not_found")
    return await _hand_to(session, principal, ticket, user_id, "assigned")


async def assign_by_rule(session: AsyncSession, ticket: Ticket, queue: TicketQueue) -> None:
    """Give a ticket to whom the queue's rule names; to nobody where nobody can attend."""
    if queue.assignment is AssignmentRule.MANUAL:
        return
    turn = _taking_turns(queue.id)
    if await session.scalar(sa.select(is_sensitive()).where(Ticket.id == ticket.id)):
        # Nobody is handed what they may not read.
        turn = turn.where(User.reads_sensitive)
    if queue.assignment is AssignmentRule.ROUND_ROBIN:
        chosen = await _next_in_turn(session, queue, turn)
    else:
        chosen = await _least_loaded(session, queue.id, turn)
    if chosen is not None:
        await _hand_to(session, SYSTEM, ticket, chosen, "assigned")


def attending_users(queue_id: UUID) -> sa.Select[UUID]:
    """Select the people who may attend to the tickets of a queue."""
    owners = sa.select(TicketQueue.team_id).where(TicketQueue.id == queue_id).scalar_subquery()
    members = sa.select(TeamMember.user_id).where(TeamMember.team_id == owners)
    return sa.select(User.id).where(
        User.disabled_at.is_(None),
        User.role.in_(ATTENDING),
        sa.or_(owners.is_(None), User.id.in_(members), User.role == Role.ADMIN),
    )


async def _may_attend(session: AsyncSession, user_id: UUID, queue_id: UUID) -> bool:
    found = await session.scalar(attending_users(queue_id).where(User.id == user_id))
    return found is not None


async def _hand_to(
    session: AsyncSession, principal: Principal, ticket: Ticket, user_id: UUID | None, kind: str
) -> Ticket:
    before = ticket.assignee_id
    ticket.assignee_id = user_id
    if ticket.status is TicketStatus.NEW and kind == "claimed":
        ticket.status = TicketStatus.OPEN
    await touch(session, ticket)
    details = {"before": before and str(before), "after": user_id and str(user_id)}
    await note_event(session, principal, ticket, kind, details)
    return ticket


async def _next_in_turn(
    session: AsyncSession, queue: TicketQueue, taking: sa.Select[UUID]
) -> UUID | None:
    """Return who comes after the one who had the last ticket, in a fixed order.

    The queue's row is locked, so that two tickets at once go to two people.
    """
    last = await session.scalar(
        sa.select(TicketQueue.last_assignee_id).where(TicketQueue.id == queue.id).with_for_update()
    )
    # Administrators help out by hand; only agents who are there take turns.
    turn = taking.order_by(User.id)
    chosen = None
    if last is not None:
        chosen = await session.scalar(turn.where(User.id > last).limit(1))
    if chosen is None:
        chosen = await session.scalar(turn.limit(1))
    if chosen is not None:
        await session.execute(
            sa.update(TicketQueue).where(TicketQueue.id == queue.id).values(last_assignee_id=chosen)
        )
    return chosen


async def _least_loaded(
    session: AsyncSession, queue_id: UUID, taking: sa.Select[UUID]
) -> UUID | None:
    # Locked for the same reason as the turn: the count must hold until the commit.
    await session.execute(
        sa.select(TicketQueue.id).where(TicketQueue.id == queue_id).with_for_update()
    )
    load = (
        sa.select(sa.func.count())
        .where(Ticket.assignee_id == User.id, Ticket.status.in_(UNFINISHED))
        .correlate(User)
        .scalar_subquery()
    )
    return await session.scalar(taking.order_by(load, User.id).limit(1))


def _taking_turns(queue_id: UUID) -> sa.Select[UUID]:
    return attending_users(queue_id).where(User.role == Role.AGENT, ~is_away())
