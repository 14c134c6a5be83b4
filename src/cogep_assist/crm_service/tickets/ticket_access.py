"""Which tickets somebody may see and work on: where every look-up of the desk starts."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_hold import outside_fences
from cogep_assist.core.models import TeamMember, Ticket, TicketQueue
from cogep_assist.core.principal import Act, Principal, PrincipalKind


def visible_queues(principal: Principal) -> sa.Select[UUID]:
    """Select the ids of the queues whose tickets somebody works on.

    Administrators work on all; an agent on their teams' and on those that no team owns; an
    agent's key, which is in no team, on all, as the organisation gave it to a program.
    """
    statement = sa.select(TicketQueue.id)
    if not principal.may(Act.WORK_TICKETS):
        return statement.where(sa.false())
    if principal.may(Act.MANAGE_DESK) or principal.kind is PrincipalKind.KEY:
        return statement
    teams = sa.select(TeamMember.team_id).where(TeamMember.user_id == principal.user_id)
    return statement.where(sa.or_(TicketQueue.team_id.is_(None), TicketQueue.team_id.in_(teams)))


def may_see(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the tickets that somebody may see.

    Those of their queues, those assigned to them, those that they opened themselves, and
    those of the customer who they are; none of a customer whose data are blocked.
    """
    own = own_tickets(principal)
    if own is None:
        return unfenced(principal)
    queues = Ticket.queue_id.in_(visible_queues(principal))
    return sa.and_(sa.or_(queues, *own), unfenced(principal))


def unfenced(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for tickets of nobody whose data are blocked."""
    return outside_fences(principal, Ticket.customer_id)


def own_tickets(principal: Principal) -> list[sa.ColumnElement[bool]] | None:
    """Return what makes a ticket somebody's beyond their queues; None for who sees all."""
    working = principal.may(Act.WORK_TICKETS)
    if working and (principal.may(Act.MANAGE_DESK) or principal.kind is PrincipalKind.KEY):
        return None
    own: list[sa.ColumnElement[bool]] = [Ticket.opened_by == principal.label]
    if principal.customer_id is not None:
        own.append(Ticket.customer_id == principal.customer_id)
    if principal.user_id is not None and working:
        own.append(Ticket.assignee_id == principal.user_id)
    return own


def works_on(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the tickets that somebody may work on."""
    if not principal.may(Act.WORK_TICKETS):
        return sa.false()
    return may_see(principal)


async def find_ticket(session: AsyncSession, principal: Principal, ticket_id: UUID) -> Ticket:
    """Return a ticket that somebody may see. Raises AppError("ticket_not_found")."""
    ticket = await session.scalar(
        sa.select(Ticket)
        .where(Ticket.id == ticket_id, may_see(principal))
        .execution_options(populate_existing=True)
    )
    if ticket is None:
        raise AppError("ticket_not_found")
    return ticket


async def lock_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID, *, own: bool = False
) -> Ticket:
    """Return a ticket to be changed, locked until the commit.

    ``own``: the person who opened it may change it too. Raises AppError("ticket_not_found"|
    "role_not_allowed"|"ticket_merged").
    """
    if not own:
        principal.require(Act.WORK_TICKETS)
    ticket = await session.scalar(
        sa.select(Ticket)
        .where(Ticket.id == ticket_id, may_see(principal))
        .with_for_update(of=Ticket)
        .execution_options(populate_existing=True)
    )
    if ticket is None:
        raise AppError("ticket_not_found")
    if ticket.merged_into_id is not None:
        raise AppError("ticket_merged", into=str(ticket.merged_into_id))
    return ticket
