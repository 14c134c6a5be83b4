"""How much business time the tickets of a list have left: from what is stored, in one query."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import BusinessCalendar, SlaPolicy, Ticket, TicketSla, TicketStatus
from cogep_assist.crm_service.sla.business_calendars import hours_with, own_days
from cogep_assist.crm_service.sla.business_time import BusinessHours, counted_time
from cogep_assist.crm_service.sla.sla import FIRST_REPLY, RESOLUTION
from cogep_assist.crm_service.tickets.ticket_moves import ENDED

TARGETS = (FIRST_REPLY, RESOLUTION)


class CountdownState(enum.StrEnum):
    """How a ticket stands against what was promised, in one word."""

    RUNNING = "running"
    NEAR = "near"
    LATE = "late"
    PAUSED = "paused"
    KEPT = "kept"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Countdown:
    """The target that comes first, and the business time until it (or since it, when late)."""

    state: CountdownState
    target: str | None = None
    time: timedelta | None = None
    due_at: datetime | None = None


async def countdowns(session: AsyncSession, ticket_ids: Sequence[UUID]) -> dict[UUID, Countdown]:
    """Return how much time tickets have left; one to whom nothing was promised is left out."""
    if not ticket_ids:
        return {}
    rows = (
        await session.execute(
            sa.select(
                TicketSla,
                Ticket.status,
                Ticket.first_replied_at,
                BusinessCalendar,
                own_days(),
                sa.func.clock_timestamp(),
            )
            .join(Ticket, Ticket.id == TicketSla.ticket_id)
            .outerjoin(SlaPolicy, SlaPolicy.id == TicketSla.policy_id)
            .outerjoin(BusinessCalendar, BusinessCalendar.id == SlaPolicy.calendar_id)
            .where(TicketSla.ticket_id.in_(ticket_ids))
            .execution_options(populate_existing=True)
        )
    ).all()
    hours = {
        calendar.id: hours_with(calendar, days)
        for _, _, _, calendar, days, _ in rows
        if calendar is not None
    }
    return {
        sla.ticket_id: _countdown(sla, status, replied_at, calendar and hours[calendar.id], now)
        for sla, status, replied_at, calendar, _, now in rows
    }


def _countdown(
    sla: TicketSla,
    status: TicketStatus,
    replied_at: datetime | None,
    hours: BusinessHours | None,
    now: datetime,
) -> Countdown:
    if status in ENDED:
        missed = any(getattr(sla, f"{name}_missed_at") for name in TARGETS)
        return Countdown(CountdownState.MISSED if missed else CountdownState.KEPT)
    owed = sla.first_reply_missed_at if replied_at is None else None
    if owed is not None and sla.resolution_missed_at is None:
        # Somebody still waits for it: the time that the resolution has left must not hide that.
        return Countdown(CountdownState.LATE, FIRST_REPLY, _between(hours, owed, now), owed)
    due = [(at, name) for name in TARGETS if (at := getattr(sla, f"{name}_due_at")) is not None]
    if due:
        return _until(sla, *min(due), hours, now)
    late = [(at, name) for name in TARGETS if (at := getattr(sla, f"{name}_missed_at")) is not None]
    if late:
        at, name = max(late)
        return Countdown(CountdownState.LATE, name, _between(hours, at, now), at)
    return Countdown(CountdownState.PAUSED)


def _until(
    sla: TicketSla, due_at: datetime, name: str, hours: BusinessHours | None, now: datetime
) -> Countdown:
    # What the clock passed a moment ago is late, whether or not the ticker has told it yet.
    if due_at <= now:
        return Countdown(CountdownState.LATE, name, _between(hours, due_at, now), due_at)
    near = getattr(sla, f"{name}_warned_at") is not None
    state = CountdownState.NEAR if near else CountdownState.RUNNING
    return Countdown(state, name, _between(hours, now, due_at), due_at)


def _between(hours: BusinessHours | None, since: datetime, until: datetime) -> timedelta:
    return until - since if hours is None else counted_time(hours, since, until)
