"""Relations between tickets: duplicate of, caused by, continuation of."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import LinkKind, Ticket, TicketLink
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.ticket_access import find_ticket, lock_ticket
from cogep_assist.crm_service.tickets.ticket_events import note_event, touch


async def link_tickets(
    session: AsyncSession, principal: Principal, ticket_id: UUID, other_id: UUID, kind: LinkKind
) -> Ticket:
    """Relate a ticket to another that the same person sees; relating them twice is once.

    Raises AppError("ticket_not_found"|"ticket_link_to_itself"|"ticket_link_turned").
    """
    if ticket_id == other_id:
        raise AppError("ticket_link_to_itself")
    ticket = await lock_ticket(session, principal, ticket_id)
    other = await find_ticket(session, principal, other_id, text=False)
    turned = await session.scalar(
        sa.select(TicketLink.kind).where(
            TicketLink.ticket_id == other.id,
            TicketLink.other_id == ticket.id,
            TicketLink.kind == kind,
        )
    )
    if turned is not None:
        raise AppError("ticket_link_turned")
    made = await session.scalar(
        insert(TicketLink)
        .values(ticket_id=ticket.id, other_id=other.id, kind=kind, created_by=principal.label)
        .on_conflict_do_nothing()
        .returning(TicketLink.ticket_id)
    )
    if made is not None:
        await touch(session, ticket)
        details = {"kind": kind.value, "other": str(other.id)}
        await note_event(session, principal, ticket, "linked", details)
    return ticket


async def unlink_tickets(
    session: AsyncSession, principal: Principal, ticket_id: UUID, other_id: UUID, kind: LinkKind
) -> Ticket:
    """Take a relation back. Raises AppError("ticket_not_found"|"ticket_link_not_found")."""
    ticket = await lock_ticket(session, principal, ticket_id)
    gone = await session.scalar(
        sa.delete(TicketLink)
        .where(
            TicketLink.ticket_id == ticket.id,
            TicketLink.other_id == other_id,
            TicketLink.kind == kind,
        )
        .returning(TicketLink.ticket_id)
    )
    if gone is None:
        raise AppError("ticket_link_not_found")
    await touch(session, ticket)
    details = {"kind": kind.value, "other": str(other_id)}
    await note_event(session, principal, ticket, "unlinked", details)
    return ticket
