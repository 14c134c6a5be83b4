"""The organisation's own days in the law's calendar, and the calendar that they come to."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_calendar import LegalCalendar
from cogep_assist.core.models import LegalDay
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.requests.request_words import printable

MAX_NAME_CHARS = 100


async def list_days(session: AsyncSession, principal: Principal) -> list[LegalDay]:
    """Return the organisation's own days, in order."""
    principal.require(Act.READ_LEGAL_TERMS)
    statement = sa.select(LegalDay).order_by(LegalDay.day)
    return list(await session.scalars(statement.execution_options(populate_existing=True)))


async def set_day(
    session: AsyncSession, principal: Principal, day: date, name: str, *, is_business_day: bool
) -> tuple[LegalDay, bool]:
    """Say that a day is a holiday of the town's, or a holiday that is worked; tell if it is new.

    Clocks that run already keep their ends. Raises AppError("role_not_allowed"|"text_missing").
    """
    principal.require(Act.MANAGE_LEGAL_TERMS)
    name = printable(name)[:MAX_NAME_CHARS]
    if not name:
        raise AppError("text_missing", field="name")
    known = await session.get(LegalDay, day)
    values = {"name": name, "is_business_day": is_business_day}
    await session.execute(
        insert(LegalDay)
        .values(day=day, **values)
        .on_conflict_do_update(index_elements=["day"], set_=values)
    )
    await audit.record(session, principal, "legal_day_set", "legal_day", day.isoformat())
    found = await session.get(LegalDay, day, populate_existing=True)
    assert found is not None
    return found, known is None


async def remove_day(session: AsyncSession, principal: Principal, day: date) -> None:
    """Let a day be as the law says. Raises AppError("role_not_allowed"|"legal_day_not_found")."""
    principal.require(Act.MANAGE_LEGAL_TERMS)
    gone = await session.scalar(
        sa.delete(LegalDay).where(LegalDay.day == day).returning(LegalDay.day)
    )
    if gone is None:
        raise AppError("legal_day_not_found")
    await audit.record(session, principal, "legal_day_removed", "legal_day", day.isoformat())


async def legal_calendar(session: AsyncSession) -> LegalCalendar:
    """Return the calendar by which this organisation's terms are counted."""
    profile = await find_profile(session)
    rows = await session.execute(sa.select(LegalDay.day, LegalDay.is_business_day))
    own = {row.day: row.is_business_day for row in rows}
    return LegalCalendar(profile.state, profile.optional_holidays, own)
