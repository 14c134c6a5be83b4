"""Explain a ticket's clock: each interval that was counted, and what it comes to."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.sla.business_calendars import days_off
from cogep_assist.crm_service.sla.sla import (
    FIRST_REPLY,
    RESOLUTION,
    Standing,
    TargetState,
    standing_of,
)
from cogep_assist.crm_service.sla.sla_schemas import CountedInterval, SlaReading, TargetReading
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_events import database_now


async def explain_sla(session: AsyncSession, principal: Principal, ticket_id: UUID) -> SlaReading:
    """Return where a ticket stands and why. Raises AppError("ticket_not_found")."""
    principal.require(Act.WORK_TICKETS)
    ticket = await find_ticket(session, principal, ticket_id, text=False)
    standing = await standing_of(session, ticket)
    return SlaReading(
        ticket_id=ticket.id,
        protocol=ticket.protocol,
        policy=standing.policy.name if standing else None,
        calendar=standing.calendar.name if standing else None,
        days_off={} if standing is None else await _days_off(session, ticket, standing),
        read_at=standing.read_at if standing else await database_now(session),
        first_reply=_target(standing, FIRST_REPLY),
        resolution=_target(standing, RESOLUTION),
    )


async def _days_off(session: AsyncSession, ticket: Ticket, standing: Standing) -> dict[date, str]:
    """Name the special days of the ticket's life so far and until what is due, a year at most."""
    zone = ZoneInfo(standing.calendar.time_zone)
    due = [state.due_at for state in standing.targets.values() if state.due_at is not None]
    since = ticket.created_at.astimezone(zone).date()
    until = max([standing.read_at, *due]).astimezone(zone).date()
    return await days_off(
        session, standing.calendar, since, min(until, since + timedelta(days=366))
    )


def _target(standing: Standing | None, name: str) -> TargetReading | None:
    state = None if standing is None else standing.targets.get(name)
    if state is None:
        return None
    return TargetReading(
        state=_word(state),
        target_minutes=round(state.reading.target.total_seconds() / 60),
        spent_minutes=round(state.reading.spent.total_seconds() / 60, 2),
        due_at=state.due_at,
        missed_at=state.missed_at,
        counted=[
            CountedInterval(
                since=since, until=until, minutes=round((until - since).total_seconds() / 60, 2)
            )
            for since, until in state.reading.counted
        ],
    )


def _word(state: TargetState) -> str:
    if state.met is not None:
        return "met" if state.met else "missed"
    return "paused" if state.due_at is None else "running"
