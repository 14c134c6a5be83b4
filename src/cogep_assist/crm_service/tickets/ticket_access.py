"""Which tickets somebody may see and work on: where every look-up of the desk starts."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_hold import outside_fences
from cogep_assist.core.models import TeamMember, Ticket, TicketQueue, TicketSensitivity
from cogep_assist.core.principal import Act, Principal, PrincipalKind

# What stands where the subject would.
WITHHELD_SUBJECT = "Chamado com dados sensíveis"


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


def is_sensitive() -> sa.ColumnElement[bool]:
    """Return what holds for tickets that speak of health, faith and the like (LGPD, art. 11).

    Words found it, or a person said it; who looked and said no has the last word.
    """
    return (
        sa.exists()
        .where(
            TicketSensitivity.ticket_id == Ticket.id, TicketSensitivity.upheld.is_not(sa.false())
        )
        .correlate(Ticket)
    )


def is_withheld(principal: Principal) -> sa.ColumnElement[bool]:
    """Return what holds for sensitive tickets whose text somebody who sees them may not read.

    They know that there is one, how it stands and when it is due. What people wrote themselves
    they read: those who ask, and whoever of the desk opened a ticket that is no customer's.
    """
    if principal.may(Act.READ_SENSITIVE) or not principal.may(Act.WORK_TICKETS):
        return sa.false()
    own = sa.and_(Ticket.opened_by == principal.label, Ticket.customer_id.is_(None))
    if principal.customer_id is not None:
        own = sa.or_(own, Ticket.customer_id.is_not_distinct_from(principal.customer_id))
    return sa.and_(is_sensitive(), ~own)


def shown_subject(principal: Principal) -> sa.ColumnElement[str]:
    """Return a ticket's subject as somebody may read it."""
    if principal.may(Act.READ_SENSITIVE) or not principal.may(Act.WORK_TICKETS):
        return Ticket.subject.label("subject")
    masked = (is_withheld(principal), sa.literal(WITHHELD_SUBJECT))
    return sa.case(masked, else_=Ticket.subject).label("subject")


async def find_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID, *, text: bool = True
) -> Ticket:
    """Return a ticket that somebody may see, to read its text unless ``text`` is False.

    Whoever of the desk comes to read a sensitive one is recorded. Raises AppError(
    "ticket_not_found"|"ticket_withheld").
    """
    statement = sa.select(Ticket).where(Ticket.id == ticket_id, may_see(principal))
    return await _found(session, principal, statement, text=text, reads=True)


async def lock_ticket(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    *,
    own: bool = False,
    text: bool = True,
) -> Ticket:
    """Return a ticket to be changed, locked until the commit.

    ``own``: the person who opened it may change it too. ``text``: who may not read it may not
    change it so either. Raises AppError("ticket_not_found"|"role_not_allowed"|"ticket_merged"|
    "ticket_withheld").
    """
    if not own:
        principal.require(Act.WORK_TICKETS)
    statement = (
        sa.select(Ticket)
        .where(Ticket.id == ticket_id, may_see(principal))
        .with_for_update(of=Ticket)
    )
    ticket = await _found(session, principal, statement, text=text, reads=False)
    if ticket.merged_into_id is not None:
        raise AppError("ticket_merged", into=str(ticket.merged_into_id))
    return ticket


async def note_read(session: AsyncSession, principal: Principal, ticket_id: UUID) -> None:
    """Record that somebody of the desk had the open text of a sensitive ticket before them."""
    await audit.record(session, principal, "sensitive_ticket_read", "ticket", ticket_id)


async def note_listed(session: AsyncSession, principal: Principal, shown: Sequence[UUID]) -> None:
    """Record that a list showed somebody the open subjects of sensitive tickets."""
    if shown:
        details = {"tickets": [str(one) for one in shown]}
        await audit.record(
            session, principal, "sensitive_tickets_listed", "ticket", principal.label, details
        )


async def _found(
    session: AsyncSession,
    principal: Principal,
    statement: sa.Select[Ticket],
    *,
    text: bool,
    reads: bool,
) -> Ticket:
    """Return the ticket that a statement finds, unless its text is asked for and withheld."""
    told = is_sensitive() if principal.may(Act.READ_SENSITIVE) else is_withheld(principal)
    found = await session.execute(
        statement.add_columns(told if text else sa.false()).execution_options(
            populate_existing=True
        )
    )
    row = found.one_or_none()
    if row is None:
        raise AppError("ticket_not_found")
    ticket: Ticket = row[0]
    sensitive: bool = row[1]
    if sensitive and not principal.may(Act.READ_SENSITIVE):
        raise AppError("ticket_withheld")
    if sensitive and reads and principal.kind is not PrincipalKind.SYSTEM:
        await note_read(session, principal, ticket.id)
    return ticket
