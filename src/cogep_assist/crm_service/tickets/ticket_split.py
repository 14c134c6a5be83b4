"""Split a ticket: some of its entries become a ticket of their own, related to the first."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    EntryKind,
    LinkKind,
    Ticket,
    TicketEntry,
    TicketLink,
    TicketQueue,
)
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.ticket_access import lock_ticket
from cogep_assist.crm_service.tickets.ticket_events import NOW, note_event, touch
from cogep_assist.crm_service.tickets.ticket_index import index_soon
from cogep_assist.crm_service.tickets.ticket_open import open_beside
from cogep_assist.crm_service.tickets.ticket_sensitivity import flag_written


async def split_ticket(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    subject: str,
    entry_ids: Sequence[UUID],
    timezone: str,
) -> Ticket:
    """Move entries to a new ticket of the same person and queue, and return it.

    Raises AppError("ticket_not_found"|"entry_not_found"|"ticket_split_takes_all").
    """
    ticket = await lock_ticket(session, principal, ticket_id)
    wanted = set(entry_ids)
    kinds = await _kinds(session, ticket_id)
    if not wanted <= kinds.keys():
        raise AppError("entry_not_found")
    if not any(kinds[entry] is not EntryKind.NOTE for entry in kinds.keys() - wanted):
        raise AppError("ticket_split_takes_all")
    queue = await session.get_one(TicketQueue, ticket.queue_id)
    made = await open_beside(session, principal, ticket, subject, queue, timezone)
    await session.execute(
        sa.update(TicketEntry).where(TicketEntry.id.in_(wanted)).values(ticket_id=made.id)
    )
    session.add(
        TicketLink(
            ticket_id=made.id,
            other_id=ticket.id,
            kind=LinkKind.SPLIT_FROM,
            created_by=principal.label,
        )
    )
    made.last_entry_at = NOW
    await touch(session, ticket)
    details = {"into": str(made.id), "entries": sorted(str(entry) for entry in wanted)}
    await note_event(session, principal, ticket, "split", details)
    await flag_written(session, made.id)
    await index_soon(session, ticket.id)
    return made


async def _kinds(session: AsyncSession, ticket_id: UUID) -> dict[UUID, EntryKind]:
    rows = await session.execute(
        sa.select(TicketEntry.id, TicketEntry.kind).where(TicketEntry.ticket_id == ticket_id)
    )
    return {row.id: row.kind for row in rows}
