"""Who else is at a ticket now, so that two do not answer it at once."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.live_events import announce
from cogep_assist.core.models import TicketPresence, User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import PresenceReply
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_events import NOW

# What pages hear where somebody comes, goes, or begins or ends to write; not that they are there.
PRESENCE = "presence"
# A page says that it is open every 15 seconds; one that was silent for longer has gone.
SEEN_FOR: sa.ColumnClause[timedelta] = sa.literal_column("interval '40 seconds'")


async def be_present(
    session: AsyncSession, principal: Principal, ticket_id: UUID, *, writing: bool
) -> list[PresenceReply]:
    """Say that one is at a ticket, and return who else is, in every process.

    Raises AppError("ticket_not_found"|"role_not_allowed"). A key is nobody and is not shown.
    """
    principal.require(Act.WORK_TICKETS)
    await find_ticket(session, principal, ticket_id, text=False)
    there = await _there(session, ticket_id)
    if principal.user_id is not None:
        told = {"writing": writing, "seen_at": NOW}
        await session.execute(
            insert(TicketPresence)
            .values(ticket_id=ticket_id, user_id=principal.user_id, **told)
            .on_conflict_do_update(index_elements=["ticket_id", "user_id"], set_=told)
        )
        if all((one.user_id, one.writing) != (principal.user_id, writing) for one in there):
            await announce(session, PRESENCE, ticket_id)
    return [one for one in there if one.user_id != principal.user_id]


async def leave(session: AsyncSession, principal: Principal, ticket_id: UUID) -> None:
    """Say that one is at a ticket no more. Raises AppError("ticket_not_found")."""
    principal.require(Act.WORK_TICKETS)
    await find_ticket(session, principal, ticket_id, text=False)
    gone = await session.scalar(
        sa.delete(TicketPresence)
        .where(TicketPresence.ticket_id == ticket_id, TicketPresence.user_id == principal.user_id)
        .returning(TicketPresence.user_id)
    )
    if gone is not None:
        await announce(session, PRESENCE, ticket_id)


async def sweep_presence(session: AsyncSession) -> None:
    """Forget who was at tickets a while ago."""
    await session.execute(sa.delete(TicketPresence).where(TicketPresence.seen_at < NOW - SEEN_FOR))


async def _there(session: AsyncSession, ticket_id: UUID) -> list[PresenceReply]:
    rows = await session.execute(
        sa.select(TicketPresence.user_id, User.name, TicketPresence.writing)
        .join(User, User.id == TicketPresence.user_id)
        .where(TicketPresence.ticket_id == ticket_id, TicketPresence.seen_at > NOW - SEEN_FOR)
        .order_by(User.name)
    )
    return [PresenceReply(user_id=row.user_id, name=row.name, writing=row.writing) for row in rows]
