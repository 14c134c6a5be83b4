"""Clocks of requests and incidents: when they end, what extends them, what stops them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_terms import end_of_day, last_day
from cogep_assist.core.models import ClockObject, LegalClock
from cogep_assist.lgpd_service.legal.deadline_rules import find_rule, term_of
from cogep_assist.lgpd_service.legal.legal_days import legal_calendar
from cogep_assist.lgpd_service.legal.organization_profile import find_profile, has_small_terms

NOW = sa.func.clock_timestamp()
RUNNING = sa.and_(LegalClock.met_at.is_(None), LegalClock.stopped_at.is_(None))


async def start_clock(
    session: AsyncSession,
    kind: ClockObject,
    object_id: UUID,
    rule_key: str,
    starts_on: date,
    zone: ZoneInfo,
    *,
    small: bool | None = None,
) -> LegalClock:
    """Start a clock by a rule as it stands now, on the local day of what started it."""
    rule, profile = await find_rule(session, rule_key), await find_profile(session)
    term = term_of(rule, profile, small=small)
    due_on = last_day(term, starts_on, await legal_calendar(session))
    clock = LegalClock(
        object_kind=kind,
        object_id=object_id,
        rule_key=rule.key,
        rule_revision=rule.revision,
        unit=term.unit,
        amount=term.amount,
        small_agent=has_small_terms(profile) if small is None else small,
        reference=rule.reference,
        starts_on=starts_on,
        due_on=due_on,
        due_at=end_of_day(due_on, zone),
    )
    session.add(clock)
    await session.flush()
    return clock


async def extend_clock(
    session: AsyncSession, clock: LegalClock, reason: str, zone: ZoneInfo
) -> LegalClock:
    """Give a running clock the one extension that its rule knows; the reason is obligatory.

    Raises AppError("deadline_not_extensible"|"deadline_extended_already"|"deadline_over"|
    "text_missing").
    """
    rule, profile = await find_rule(session, clock.rule_key), await find_profile(session)
    if not reason.strip():
        raise AppError("text_missing", field="reason")
    if rule.extension is None:
        raise AppError("deadline_not_extensible", reference=clock.reference)
    if clock.extended_by is not None:
        raise AppError("deadline_extended_already", due=f"{clock.due_on:%d/%m/%Y}")
    if clock.met_at is not None or clock.stopped_at is not None or await _is_over(session, clock):
        raise AppError("deadline_over", due=f"{clock.due_on:%d/%m/%Y}")
    term = term_of(rule, profile, extended=True, small=clock.small_agent)
    clock.extended_by = term.amount - clock.amount
    clock.amount = term.amount
    clock.extension_reason = reason.strip()
    clock.due_on = last_day(term, clock.starts_on, await legal_calendar(session))
    clock.due_at = end_of_day(clock.due_on, zone)
    # Its warnings begin anew.
    clock.alerted = None
    await session.flush()
    return clock


async def recount_clock(
    session: AsyncSession, clock: LegalClock, zone: ZoneInfo, *, small: bool
) -> None:
    """Count a running clock anew from its first day, with or without small agents' terms."""
    rule, profile = await find_rule(session, clock.rule_key), await find_profile(session)
    term = term_of(rule, profile, extended=clock.extended_by is not None, small=small)
    clock.small_agent, clock.amount, clock.alerted = small, term.amount, None
    clock.due_on = last_day(term, clock.starts_on, await legal_calendar(session))
    clock.due_at = end_of_day(clock.due_on, zone)
    await session.flush()


async def meet_clocks(
    session: AsyncSession,
    kind: ClockObject,
    object_id: UUID,
    *rule_keys: str,
    at: datetime | None = None,
) -> None:
    """Note that what running clocks waited for is done, now or ``at`` a moment that is past.

    All of an object's where none is named.
    """
    met = NOW if at is None else at
    await session.execute(_of(kind, object_id, rule_keys).values(met_at=met))


async def stop_clocks(
    session: AsyncSession, kind: ClockObject, object_id: UUID, *rule_keys: str
) -> None:
    """Let running clocks stand, because nobody waits for them any more."""
    await session.execute(_of(kind, object_id, rule_keys).values(stopped_at=NOW))


async def resume_clocks(session: AsyncSession, kind: ClockObject, object_id: UUID) -> None:
    """Let an object's clocks run on, with the same ends, because it is opened again."""
    await session.execute(
        sa.update(LegalClock)
        .where(LegalClock.object_kind == kind, LegalClock.object_id == object_id)
        .values(met_at=None, stopped_at=None)
    )


async def clocks_of(
    session: AsyncSession, kind: ClockObject, object_ids: Sequence[UUID]
) -> dict[UUID, list[LegalClock]]:
    """Return the clocks of objects, the first to end before the others."""
    statement = (
        sa.select(LegalClock)
        .where(LegalClock.object_kind == kind, LegalClock.object_id.in_(object_ids))
        .order_by(LegalClock.due_at, LegalClock.rule_key)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[LegalClock]] = {object_id: [] for object_id in object_ids}
    for clock in await session.scalars(statement):
        found[clock.object_id].append(clock)
    return found


async def local_today(session: AsyncSession, zone: ZoneInfo) -> date:
    """Return the local day by the database's clock."""
    today: date | None = await session.scalar(
        sa.select(sa.cast(sa.func.timezone(zone.key, NOW), sa.Date))
    )
    assert today is not None
    return today


async def _is_over(session: AsyncSession, clock: LegalClock) -> bool:
    over: bool | None = await session.scalar(sa.select(sa.literal(clock.due_at) <= NOW))
    return bool(over)


def _of(kind: ClockObject, object_id: UUID, rule_keys: Sequence[str]) -> sa.Update:
    statement = sa.update(LegalClock).where(
        LegalClock.object_kind == kind, LegalClock.object_id == object_id, RUNNING
    )
    return statement.where(LegalClock.rule_key.in_(rule_keys)) if rule_keys else statement
