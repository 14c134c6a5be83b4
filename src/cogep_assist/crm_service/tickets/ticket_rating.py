"""CSAT: what the person who opened a ticket thought of how it was attended to."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Ticket, TicketRating
from cogep_assist.core.principal import ANONYMOUS, Principal
from cogep_assist.crm_service.tickets.ticket_access import lock_ticket
from cogep_assist.crm_service.tickets.ticket_events import NOW, note_event
from cogep_assist.crm_service.tickets.ticket_moves import ENDED
from cogep_assist.crm_service.tickets.ticket_status import ticket_by_proof
from cogep_assist.crm_service.tickets.ticket_words import clean_body


async def rate_ticket(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    score: int,
    comment: str | None,
) -> Ticket:
    """Keep the verdict of who opened a ticket, once it has ended; a second one replaces it.

    Raises AppError("ticket_not_found"|"rating_not_yours"|"rating_too_early").
    """
    ticket = await lock_ticket(session, principal, ticket_id, own=True)
    if ticket.opened_by != principal.label:
        raise AppError("rating_not_yours")
    return await keep_rating(session, principal, ticket, score, comment)


async def rate_by_proof(
    session: AsyncSession, protocol: str, proof: str, score: int, comment: str | None
) -> Ticket:
    """Keep the verdict of somebody with a ticket's protocol and its code.

    Raises AppError("ticket_status_not_found"|"rating_too_early").
    """
    found = await ticket_by_proof(session, protocol, proof)
    ticket = await session.get_one(Ticket, found.id, with_for_update=True, populate_existing=True)
    return await keep_rating(session, ANONYMOUS, ticket, score, comment)


async def keep_rating(
    session: AsyncSession, principal: Principal, ticket: Ticket, score: int, comment: str | None
) -> Ticket:
    """Keep a verdict on a locked ticket. Raises AppError("rating_too_early")."""
    if ticket.status not in ENDED:
        raise AppError("rating_too_early")
    words = None if comment is None or not comment.strip() else clean_body(comment, "comment")
    values = {"score": score, "comment": words, "updated_at": NOW}
    await session.execute(
        insert(TicketRating)
        .values(ticket_id=ticket.id, **values)
        .on_conflict_do_update(index_elements=[TicketRating.ticket_id], set_=values)
    )
    await note_event(session, principal, ticket, "rated", {"score": score})
    return ticket
