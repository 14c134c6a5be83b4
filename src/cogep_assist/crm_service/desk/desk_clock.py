"""What time alone does to tickets: it wakes those that wait, and brings targets near."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket, TicketSla
from cogep_assist.crm_service.customers.customer_import_failures import (
    fail_given_up,
    imports_given_up,
)
from cogep_assist.crm_service.sla.sla import check_due
from cogep_assist.crm_service.tickets.ticket_events import NOW
from cogep_assist.crm_service.tickets.ticket_move import wake_tickets

DESK_CLOCK = "desk_clock"


async def desk_clock_is_due(session: AsyncSession) -> bool:
    """Tell whether a ticket's moment has come: a look at two small indexes."""
    wakes = sa.exists().where(Ticket.wake_at <= NOW, Ticket.merged_into_id.is_(None))
    near = sa.exists().where(TicketSla.next_check_at <= NOW)
    given_up = sa.exists(imports_given_up())
    return bool(await session.scalar(sa.select(sa.or_(wakes, near, given_up))))


async def run_desk_clock(session: AsyncSession, _subject: str) -> None:
    """Wake tickets and look at targets whose moment has come; what is left is due again."""
    await wake_tickets(session)
    await check_due(session)
    await fail_given_up(session)
