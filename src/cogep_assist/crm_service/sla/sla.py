"""Where a ticket stands against what was promised: worked out from its history, told by events.

The clock of a target runs while a ticket is new or open, inside business hours, and stands
while it waits, is resolved or closed. Everything is worked out anew at each change from the
ticket's own events, under the policy and the calendar that hold now: so a change of
priority, queue or calendar counts from the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    BusinessCalendar,
    SlaPolicy,
    SlaStage,
    SlaTargetName,
    Ticket,
    TicketChannel,
    TicketEvent,
    TicketPriority,
    TicketSla,
    TicketStatus,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.sla.business_time import BusinessHours, moment_after
from cogep_assist.crm_service.sla.sla_clock import Reading, Stretch, read_clock
from cogep_assist.crm_service.sla.sla_notices import tell_people
from cogep_assist.crm_service.sla.sla_policies import promise_to
from cogep_assist.crm_service.tickets.ticket_events import NOW, note_event

RUNNING = frozenset({TicketStatus.NEW.value, TicketStatus.OPEN.value})
FIRST_REPLY, RESOLUTION = "first_reply", "resolution"
CHECKED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class TargetState:
    """One target: its clock, when it is to be warned about, and when it was met if it was."""

    reading: Reading
    warn_at: datetime | None
    done_at: datetime | None

    @property
    def missed_at(self) -> datetime | None:
        """When the target was missed, before anybody met it."""
        return self.reading.missed_at

    @property
    def met(self) -> bool | None:
        """Whether it was met; None while that is open."""
        if self.missed_at is not None:
            return False
        return True if self.done_at is not None else None

    @property
    def due_at(self) -> datetime | None:
        """When it will be missed, or None once that is decided or while the clock stands."""
        return self.reading.due_at if self.met is None else None

    @property
    def owed_at(self) -> datetime | None:
        """By when it is owed, or since when; None once it is done and while nothing is due."""
        return None if self.done_at is not None else self.missed_at or self.due_at


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands, under which policy and calendar."""

    policy: SlaPolicy
    calendar: BusinessCalendar
    read_at: datetime
    targets: dict[str, TargetState]


async def standing_of(session: AsyncSession, ticket: Ticket) -> Standing | None:
    """Work out where a ticket stands; None where nothing was promised.

    What came over from another system was promised something there, and nothing here.
    """
    if ticket.channel is TicketChannel.IMPORT:
        return None
    promise = await promise_to(session, ticket.queue_id, ticket.priority, ticket.customer_id)
    if promise is None:
        return None
    policy, target, now = promise.policy, promise.target, promise.read_at
    hours = promise.hours
    stretches = await _life(session, ticket)
    ended = ticket.resolved_at or ticket.closed_at
    promised = {
        FIRST_REPLY: (target.first_reply_minutes, ticket.first_replied_at or ended),
        RESOLUTION: (target.resolution_minutes, ended),
    }
    return Standing(
        policy,
        promise.calendar,
        now,
        {
            name: _state(hours, stretches, minutes, done_at, policy.warn_percent, now)
            for name, (minutes, done_at) in promised.items()
            if minutes is not None
        },
    )


async def refresh_sla(session: AsyncSession, ticket: Ticket, *, is_new: bool = False) -> None:
    """Store where a locked ticket stands and tell, once each, what is near and what was missed.

    ``is_new``: nothing can be stored of it yet, so that need not be looked up.
    """
    standing = await standing_of(session, ticket)
    kept = None
    if not is_new:
        kept = await session.get(TicketSla, ticket.id, populate_existing=True)
    if standing is None:
        if kept is not None:
            await session.delete(kept)
            await session.flush()
        return
    values: dict[str, object] = {"policy_id": standing.policy.id}
    waits_for: list[datetime] = []
    for name in (FIRST_REPLY, RESOLUTION):
        state = standing.targets.get(name)
        values[f"{name}_due_at"] = state and state.due_at
        values[f"{name}_missed_at"] = state and state.missed_at
        values[f"{name}_met"] = None if state is None else state.met
        values[f"{name}_warned_at"] = await _told(session, ticket, name, state, kept, standing)
        waits_for += _next_moments(state, standing.read_at)
    owed = [state.owed_at for state in standing.targets.values() if state.owed_at is not None]
    values["due_at"] = min(owed, default=None)
    values["next_check_at"] = min(waits_for, default=None)
    await session.execute(
        insert(TicketSla)
        .values(ticket_id=ticket.id, **values)
        .on_conflict_do_update(index_elements=["ticket_id"], set_=values)
    )


async def promised_to_new(
    session: AsyncSession, queue_id: UUID, priority: TicketPriority, customer_id: UUID | None
) -> tuple[datetime | None, dict[str, Any] | None]:
    """Return when a ticket is opened and what of its targets is stored with it, if anything is.

    Only for a ticket of which nothing else is known: its clock has just begun to run.
    """
    promise = await promise_to(session, queue_id, priority, customer_id)
    if promise is None:
        return None, None
    hours, now = promise.hours, promise.read_at
    waits_for: list[datetime] = []
    values: dict[str, Any] = {"policy_id": promise.policy.id}
    for name in (FIRST_REPLY, RESOLUTION):
        minutes: int | None = getattr(promise.target, f"{name}_minutes")
        target = timedelta(minutes=minutes or 0)
        due = None if minutes is None else moment_after(hours, now, target)
        warned = moment_after(hours, now, target * promise.policy.warn_percent / 100)
        values[f"{name}_due_at"] = due
        waits_for += [at for at in (due, warned) if due is not None and at is not None]
    due_at = [at for at in (values["first_reply_due_at"], values["resolution_due_at"]) if at]
    values["due_at"] = min(due_at, default=None)
    values["next_check_at"] = min(waits_for, default=None)
    return now, values


async def check_due(session: AsyncSession) -> int:
    """Work out anew the tickets whose moment has come; return how many."""
    due = await session.scalars(
        sa.select(TicketSla.ticket_id)
        .where(TicketSla.next_check_at <= NOW)
        .order_by(TicketSla.next_check_at)
        .limit(CHECKED_AT_ONCE)
    )
    checked = 0
    for ticket_id in due.all():
        # The ticket first, as everybody else locks it; one that is being changed is looked
        # at by who changes it.
        ticket = await session.scalar(
            sa.select(Ticket).where(Ticket.id == ticket_id).with_for_update(skip_locked=True)
        )
        if ticket is not None:
            await refresh_sla(session, ticket)
            checked += 1
    return checked


async def stop_clock(session: AsyncSession, ticket_id: UUID) -> None:
    """Promise nothing more about a ticket that went on in another."""
    await session.execute(sa.delete(TicketSla).where(TicketSla.ticket_id == ticket_id))


async def _life(session: AsyncSession, ticket: Ticket) -> list[Stretch]:
    """Return the stretches of a ticket's life, from its events."""
    rows = await session.execute(
        sa.select(TicketEvent.created_at, TicketEvent.details["after"].astext)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "moved")
        .order_by(TicketEvent.id)
    )
    moments = [(ticket.created_at, TicketStatus.NEW.value), *((at, to) for at, to in rows)]
    ends: list[datetime | None] = [at for at, _ in moments[1:]]
    return [
        Stretch(since, until, status in RUNNING)
        for (since, status), until in zip(moments, [*ends, None], strict=True)
    ]


def _state(
    hours: BusinessHours,
    stretches: Sequence[Stretch],
    minutes: int,
    done_at: datetime | None,
    warn_percent: int,
    now: datetime,
) -> TargetState:
    target = timedelta(minutes=minutes)
    until = now if done_at is None else min(done_at, now)
    reading = read_clock(hours, stretches, target, until)
    warning = read_clock(hours, stretches, target * warn_percent / 100, until)
    return TargetState(reading, warning.due_at, done_at)


async def _told(
    session: AsyncSession,
    ticket: Ticket,
    name: str,
    state: TargetState | None,
    kept: TicketSla | None,
    standing: Standing,
) -> datetime | None:
    """Note what is near or was missed, unless that was told; return when it was warned about."""
    if state is None:
        return None
    warned: datetime | None = getattr(kept, f"{name}_warned_at", None)
    missed_before: datetime | None = getattr(kept, f"{name}_missed_at", None)
    told = {"target": name, "policy": str(standing.policy.id)}
    if state.missed_at is not None:
        if missed_before is None:
            details = {**told, "at": state.missed_at.isoformat()}
            await note_event(session, SYSTEM, ticket, "sla_missed", details)
            await _tell(session, ticket, name, SlaStage.MISSED, state, standing)
        return warned
    near = state.warn_at is not None and state.warn_at <= standing.read_at
    if near and state.met is None and warned is None:
        await note_event(session, SYSTEM, ticket, "sla_warned", told)
        await _tell(session, ticket, name, SlaStage.NEAR, state, standing)
        return standing.read_at
    # Work that was given more time may come near once more.
    return warned if near else None


async def _tell(
    session: AsyncSession,
    ticket: Ticket,
    name: str,
    stage: SlaStage,
    state: TargetState,
    standing: Standing,
) -> None:
    """Tell people, unless the work is done meanwhile or the clock stands."""
    due_at = state.reading.due_at
    if state.done_at is not None or ticket.status.value not in RUNNING or due_at is None:
        return
    await tell_people(
        session,
        ticket,
        SlaTargetName(name),
        stage,
        due_at=due_at,
        left=state.reading.left,
        escalates=standing.policy.escalates,
    )


def _next_moments(state: TargetState | None, now: datetime) -> list[datetime]:
    if state is None or state.met is not None:
        return []
    return [at for at in (state.warn_at, state.due_at) if at is not None and at > now]
