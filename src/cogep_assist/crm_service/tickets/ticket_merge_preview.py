"""What merging two tickets would do, before anybody does it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Ticket, TicketEntry
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.protocol import read_protocol
from cogep_assist.crm_service.tickets.ticket_access import may_see
from cogep_assist.crm_service.tickets.ticket_merge import check_people
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets, ticket_of
from cogep_assist.crm_service.tickets.ticket_schemas import TicketReply


@dataclass(frozen=True, slots=True)
class TicketMergePreview:
    """Which ticket stays, which is closed, and what comes along; why not, where it cannot be."""

    kept: TicketReply
    other: TicketReply
    entries: int
    new_tags: list[str]
    problem: AppError | None


async def preview_ticket_merge(
    session: AsyncSession, principal: Principal, kept_id: UUID, other_id: UUID
) -> TicketMergePreview:
    """Compare two tickets. Raises AppError("ticket_not_found"|"ticket_merge_with_itself")."""
    principal.require(Act.WORK_TICKETS)
    if kept_id == other_id:
        raise AppError("ticket_merge_with_itself")
    entries = sa.select(sa.func.count()).where(TicketEntry.ticket_id == other_id).scalar_subquery()
    rows = await session.execute(
        named_tickets(principal)
        .add_columns(entries.label("entries"), Ticket)
        .where(Ticket.id.in_([kept_id, other_id]), may_see(principal))
    )
    found = {row["id"]: row for row in rows.mappings()}
    if len(found) != 2:
        raise AppError("ticket_not_found")
    kept, other = found[kept_id], found[other_id]
    return TicketMergePreview(
        ticket_of(kept, principal),
        ticket_of(other, principal),
        other["entries"],
        [tag for tag in other["tags"] if tag not in kept["tags"]],
        await _problem(session, kept["Ticket"], other["Ticket"]),
    )


async def ticket_by_protocol(session: AsyncSession, principal: Principal, written: str) -> UUID:
    """Return a visible ticket by its protocol. Raises AppError("ticket_not_found")."""
    protocol = read_protocol(written)
    found = None
    if protocol is not None:
        found = await session.scalar(
            sa.select(Ticket.id).where(Ticket.protocol == protocol, may_see(principal))
        )
    if found is None:
        raise AppError("ticket_not_found")
    return found


async def _problem(session: AsyncSession, kept: Ticket, other: Ticket) -> AppError | None:
    for ticket in (kept, other):
        if ticket.merged_into_id is not None:
            return AppError("ticket_merged", into=str(ticket.merged_into_id))
    try:
        await check_people(session, kept, other)
    except AppError as problem:
        return problem
    return None
