"""Warn of terms that are about to end: 7, 3 and 1 days before, on the day, and when missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.config import Settings
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import (
    ClockObject,
    DeadlineRule,
    Incident,
    IncidentStep,
    IncidentStepKind,
    LegalClock,
    RequestStepKind,
    SubjectRequest,
    User,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.legal.legal_clocks import RUNNING, local_today
from cogep_assist.lgpd_service.legal.officers import officer_addresses
from cogep_assist.lgpd_service.requests.request_letters import deadline_near
from cogep_assist.lgpd_service.requests.request_steps import note_step

ALERTS = "deadline_alerts"
# Days before the end, the last one first; -1: it has ended.
LEVELS = (-1, 0, 1, 3, 7)
MISSED = -1
BATCH = 500
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class _Due:
    """A clock that somebody is to be warned of."""

    clock: LegalClock
    name: str
    level: int


async def send_alerts(session: AsyncSession, _subject: str, settings: Settings) -> int:
    """Send the warnings that are due and return how many clocks were told of.

    Each level is told once: a clock that was not looked at for some days is told of as it stands.
    """
    zone = ZoneInfo(settings.timezone)
    today = await local_today(session, zone)
    due = await _due(session, today)
    if not due:
        return 0
    officers = await officer_addresses(session, zone)
    for one in due:
        await _warn(session, one, officers, today)
    return len(due)


async def _due(session: AsyncSession, today: date) -> list[_Due]:
    left = LegalClock.due_on - today
    level = sa.case(
        (LegalClock.due_at <= NOW, MISSED),
        *((left <= days, days) for days in LEVELS if days >= 0),
        else_=None,
    )
    statement = (
        sa.select(LegalClock, DeadlineRule.name, level)
        .join(DeadlineRule, DeadlineRule.key == LegalClock.rule_key)
        .where(
            RUNNING,
            level.is_not(None),
            sa.or_(LegalClock.alerted.is_(None), LegalClock.alerted > level),
        )
        .order_by(LegalClock.due_at)
        .limit(BATCH)
        .with_for_update(of=LegalClock, skip_locked=True)
    )
    return [_Due(row[0], row[1], row[2]) for row in await session.execute(statement)]


async def _warn(
    session: AsyncSession, due: _Due, officers: Sequence[tuple[str, str]], today: date
) -> None:
    clock = due.clock
    clock.alerted = due.level
    await session.flush()
    if clock.object_kind is ClockObject.REQUEST:
        what, addresses = await _request(session, due, officers)
    else:
        what, addresses = await _incident(session, due, officers)
    days = MISSED if due.level == MISSED else (clock.due_on - today).days
    for name, address in dict.fromkeys(addresses):
        letter = deadline_near(name, what, clock.due_on, days, clock.reference)
        await post(session, MAIL, f"officer:{clock.object_id}", mail_payload(letter, address))


async def _request(
    session: AsyncSession, due: _Due, officers: Sequence[tuple[str, str]]
) -> tuple[str, list[tuple[str, str]]]:
    request = await session.get_one(
        SubjectRequest, due.clock.object_id, with_for_update=True, populate_existing=True
    )
    details = {"rule": due.clock.rule_key, "level": due.level}
    await note_step(session, SYSTEM, request, RequestStepKind.ALERTED, details=details)
    assignee = await _person(session, request.assignee_id)
    return f"Pedido {request.protocol}, {due.name}", [*officers, *assignee]


async def _incident(
    session: AsyncSession, due: _Due, officers: Sequence[tuple[str, str]]
) -> tuple[str, list[tuple[str, str]]]:
    incident = await session.get_one(Incident, due.clock.object_id)
    details = {"rule": due.clock.rule_key, "level": due.level}
    session.add(
        IncidentStep(
            incident_id=incident.id,
            kind=IncidentStepKind.ALERTED,
            details=details,
            actor=SYSTEM.label,
        )
    )
    await audit.record(session, SYSTEM, "incident_alerted", "incident", incident.id, details)
    return f"Incidente {incident.number}, {due.name}", list(officers)


async def _person(session: AsyncSession, user_id: UUID | None) -> list[tuple[str, str]]:
    if user_id is None:
        return []
    row = (
        await session.execute(sa.select(User.name, User.email).where(User.id == user_id))
    ).first()
    return [(row.name, row.email)] if row else []
