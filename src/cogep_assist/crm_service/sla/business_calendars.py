"""Calendars of business hours: who keeps them, and the hours that they come to."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.brazil.cep import STATES
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import BusinessCalendar, CalendarDay, SlaPolicy
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.sla.business_time import BusinessHours, Shift
from cogep_assist.crm_service.sla.calendar_holidays import SpecialDays, holiday_name
from cogep_assist.crm_service.sla.sla_schemas import CalendarBody, CalendarReply, DayBody
from cogep_assist.edge.validation_words import invalid_field

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


async def list_calendars(session: AsyncSession, principal: Principal) -> list[CalendarReply]:
    """Return every calendar, by name."""
    principal.require(Act.WORK_TICKETS)
    calendars = await session.scalars(sa.select(BusinessCalendar).order_by(BusinessCalendar.name))
    found = calendars.all()
    days = await _days_of(session, [calendar.id for calendar in found])
    return [_said(calendar, days[calendar.id]) for calendar in found]


async def set_calendar(
    session: AsyncSession, principal: Principal, name: str, body: CalendarBody
) -> tuple[CalendarReply, bool]:
    """Create a calendar or replace what it says; return it, and whether it is new.

    Every ticket whose policy counts by it is worked out anew, in the background.
    Raises AppError("role_not_allowed"|"request_invalid").
    """
    principal.require(Act.MANAGE_DESK)
    name = checked_name(name)
    values = {
        "time_zone": _zone_name(body.time_zone),
        "week": [read_shifts("week", day) for day in body.week],
        "state": _state(body.state),
        "public_holidays": body.public_holidays,
        "optional_holidays": body.optional_holidays,
    }
    changed = {**values, "revision": BusinessCalendar.revision + 1}
    row = (
        await session.execute(
            insert(BusinessCalendar)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=changed)
            .returning(BusinessCalendar.id, BusinessCalendar.revision)
        )
    ).one()
    act = "calendar_created" if row.revision == 1 else "calendar_changed"
    await audit.record(session, principal, act, "calendar", row.id)
    await _recount(session, row.id)
    return await _reply(session, await find_calendar(session, name)), row.revision == 1


async def set_day(
    session: AsyncSession, principal: Principal, name: str, day: date, body: DayBody | None
) -> CalendarReply:
    """Say how a day differs from its weekday, or take that back with None.

    Raises AppError("role_not_allowed"|"calendar_not_found"|"request_invalid").
    """
    principal.require(Act.MANAGE_DESK)
    calendar = await find_calendar(session, name, lock=True)
    if body is None:
        await session.execute(
            sa.delete(CalendarDay).where(
                CalendarDay.calendar_id == calendar.id, CalendarDay.day == day
            )
        )
    else:
        told = {"name": body.name.strip(), "shifts": read_shifts("shifts", body.shifts)}
        await session.execute(
            insert(CalendarDay)
            .values(calendar_id=calendar.id, day=day, **told)
            .on_conflict_do_update(index_elements=["calendar_id", "day"], set_=told)
        )
    calendar.revision += 1
    await session.flush()
    details = {"day": day.isoformat(), "removed": body is None}
    await audit.record(session, principal, "calendar_day_set", "calendar", calendar.id, details)
    await _recount(session, calendar.id)
    return await _reply(session, calendar)


async def find_calendar(
    session: AsyncSession, name: str, *, lock: bool = False
) -> BusinessCalendar:
    """Return a calendar by name. Raises AppError("calendar_not_found")."""
    statement = sa.select(BusinessCalendar).where(BusinessCalendar.name == name.strip())
    if lock:
        statement = statement.with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise AppError("calendar_not_found", name=name[:60])
    return found


def own_days() -> sa.ScalarSelect[Any]:
    """Select the own days of the calendar of a statement, as ``hours_with`` takes them."""
    told = sa.func.jsonb_build_array(CalendarDay.day, CalendarDay.shifts)
    return (
        sa.select(sa.func.jsonb_agg(told))
        .where(CalendarDay.calendar_id == BusinessCalendar.id)
        .correlate(BusinessCalendar)
        .scalar_subquery()
    )


def hours_with(calendar: BusinessCalendar, days: list[Any] | None) -> BusinessHours:
    """Return the hours in which time counts by a calendar and its own days."""
    own = tuple(sorted((date.fromisoformat(day), _frozen(shifts)) for day, shifts in days or ()))
    week = tuple(_frozen(day) for day in calendar.week)
    return business_hours(
        calendar.time_zone,
        week,
        own,
        calendar.state,
        public=calendar.public_holidays,
        optional=calendar.optional_holidays,
    )


async def days_off(
    session: AsyncSession, calendar: BusinessCalendar, since: date, until: date
) -> dict[date, str]:
    """Return the days between two, both with, that are unlike their weekday, by name."""
    rows = await session.execute(
        sa.select(CalendarDay.day, CalendarDay.name).where(
            CalendarDay.calendar_id == calendar.id, CalendarDay.day.between(since, until)
        )
    )
    named: dict[date, str] = {row.day: row.name for row in rows}
    for ordinal in range(since.toordinal(), until.toordinal() + 1):
        day = date.fromordinal(ordinal)
        legal = holiday_name(
            calendar.state,
            day,
            public=calendar.public_holidays,
            optional=calendar.optional_holidays,
        )
        if legal is not None:
            named.setdefault(day, legal)
    return dict(sorted(named.items()))


@lru_cache(maxsize=64)
def business_hours(
    zone: str,
    week: tuple[tuple[Shift, ...], ...],
    own: tuple[tuple[date, tuple[Shift, ...]], ...] = (),
    state: str | None = None,
    *,
    public: bool = True,
    optional: bool = True,
) -> BusinessHours:
    """Return the hours of a calendar that says this; ``own`` days come before the law's."""
    special = SpecialDays(week, dict(own), state, public=public, optional=optional)
    return BusinessHours(ZoneInfo(zone), week, special)


def checked_name(name: str) -> str:
    """Return a calendar's or a policy's name. Raises AppError("request_invalid")."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise invalid_field("name", "deve ter de 1 a 60 caracteres visíveis")
    return name


def read_shifts(field: str, shifts: list[list[str]]) -> list[list[int]]:
    """Read shifts such as [["08:00", "12:00"]]. Raises AppError("request_invalid")."""
    read = [[_minutes(field, clock) for clock in pair] for pair in shifts]
    free_from = -1
    for pair in read:
        if len(pair) != 2 or not free_from < pair[0] < pair[1] <= 24 * 60:
            raise invalid_field(field, "os turnos vêm em ordem, sem se tocar, dentro do dia")
        free_from = pair[1]
    return read


async def _recount(session: AsyncSession, calendar_id: UUID) -> None:
    policies = await session.scalars(
        sa.select(SlaPolicy.id).where(SlaPolicy.calendar_id == calendar_id)
    )
    for policy_id in policies:
        await enqueue_background(session, "recount_sla", str(policy_id))


async def _reply(session: AsyncSession, calendar: BusinessCalendar) -> CalendarReply:
    return _said(calendar, (await _days_of(session, [calendar.id]))[calendar.id])


async def _days_of(
    session: AsyncSession, calendars: Sequence[UUID]
) -> dict[UUID, list[CalendarDay]]:
    rows = await session.scalars(
        sa.select(CalendarDay)
        .where(CalendarDay.calendar_id.in_(calendars))
        .order_by(CalendarDay.day)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[CalendarDay]] = {calendar: [] for calendar in calendars}
    for row in rows:
        found[row.calendar_id].append(row)
    return found


def _said(calendar: BusinessCalendar, days: Sequence[CalendarDay]) -> CalendarReply:
    return CalendarReply(
        id=calendar.id,
        name=calendar.name,
        time_zone=calendar.time_zone,
        week=[_clocks(day) for day in calendar.week],
        state=calendar.state,
        public_holidays=calendar.public_holidays,
        optional_holidays=calendar.optional_holidays,
        days={day.day: DayBody(name=day.name, shifts=_clocks(day.shifts)) for day in days},
    )


def _zone_name(name: str) -> str:
    if name not in available_timezones():
        raise invalid_field("time_zone", "não é um fuso conhecido; exemplo: America/Sao_Paulo")
    return name


def _state(state: str | None) -> str | None:
    if state is None:
        return None
    if state.upper() not in STATES:
        raise invalid_field("state", "deve ser a sigla de um estado ou DF")
    return state.upper()


def _minutes(field: str, clock: str) -> int:
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise invalid_field(field, "a hora vem como HH:MM, de 00:00 a 24:00")
    return int(found[1]) * 60 + int(found[2])


def _clocks(shifts: list[list[int]]) -> list[list[str]]:
    return [[f"{minute // 60:02d}:{minute % 60:02d}" for minute in pair] for pair in shifts]


def _frozen(shifts: list[list[int]]) -> tuple[Shift, ...]:
    return tuple((start, end) for start, end in shifts)
