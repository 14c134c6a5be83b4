"""How a ticket stands, for somebody with its protocol and the code that came with it."""

import hmac

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Ticket, TicketQueue
from cogep_assist.core.principal import ANONYMOUS
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.tickets.protocol import read_protocol
from cogep_assist.crm_service.tickets.ticket_access import unfenced
from cogep_assist.crm_service.tickets.ticket_detail import entries_of
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_schemas import PublicStatus

MERGES_FOLLOWED = 20


async def public_status(session: AsyncSession, protocol: str, proof: str) -> PublicStatus:
    """Return what may be shown. Raises AppError("ticket_status_not_found").

    A protocol that does not exist and a code that does not fit get the same answer.
    """
    ticket = await ticket_by_proof(session, protocol, proof)
    shown = await _standing(session, ticket)
    queue = await session.get_one(TicketQueue, shown.queue_id)
    return PublicStatus(
        protocol=ticket.protocol,
        subject=ticket.subject,
        status=shown.status,
        status_label=label(shown.status),
        queue=queue.name,
        created_at=ticket.created_at,
        updated_at=shown.updated_at,
        # What was merged in may hold another person's words: only the ticket's own are shown.
        entries=await entries_of(
            session, ANONYMOUS, ticket.id, with_notes=False, writer=ticket.opened_by
        ),
    )


async def ticket_by_proof(session: AsyncSession, protocol: str, proof: str) -> Ticket:
    """Return the ticket that a protocol and its code open. Raises as ``public_status``."""
    written = read_protocol(protocol)
    given = proof.strip().upper().replace("-", "").encode("utf-8", "replace")
    # Compared in any case, so that the time taken does not tell which of both was wrong.
    fits = hmac.compare_digest(given, proof_of(written or protocol).encode())
    ticket = None
    if written is not None:
        # Of somebody whose data are blocked, or are being erased, nobody is shown anything.
        found = sa.select(Ticket).where(Ticket.protocol == written, unfenced(ANONYMOUS))
        ticket = await session.scalar(found)
    if ticket is None or not fits:
        raise AppError("ticket_status_not_found")
    return ticket


async def _standing(session: AsyncSession, ticket: Ticket) -> Ticket:
    """Return the ticket that a merged one went on in."""
    for _ in range(MERGES_FOLLOWED):
        if ticket.merged_into_id is None:
            break
        ticket = await session.get_one(Ticket, ticket.merged_into_id)
    return ticket
