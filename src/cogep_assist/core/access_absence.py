"""When somebody is away: their work goes on with others, and colleagues see until when.

Kept as moments, from the first day's beginning to the last day's end where the organisation is, so
that the database's clock alone says who is away. Why somebody is away is nobody's concern here.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_calendar import ONE_DAY
from cogep_assist.core.legal_terms import end_of_day
from cogep_assist.core.models import User
from cogep_assist.core.principal import Act, Principal

NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Absence:
    """The first and the last day that somebody is away."""

    first: date
    last: date


async def set_absence(
    session: AsyncSession,
    principal: Principal,
    user_id: UUID | None,
    absence: Absence | None,
    zone: ZoneInfo,
) -> None:
    """Keep when somebody is away; None: they are back.

    Everybody who attends tickets says it of themselves, who manages users of others. Raises
    AppError("role_not_allowed"|"account_needed"|"user_not_found"|"absence_ends_early").
    """
    if user_id is None:
        raise AppError("account_needed")
    own = user_id == principal.user_id
    principal.require(Act.WORK_TICKETS if own else Act.MANAGE_USERS)
    if absence is not None and absence.last < absence.first:
        raise AppError("absence_ends_early")
    begins = absence and datetime.combine(absence.first, time(), zone).astimezone(UTC)
    ends = absence and end_of_day(absence.last, zone)
    changed = await session.execute(
        sa.update(User)
        .where(User.id == user_id)
        .values(leaves_at=begins, away_until=ends)
        .returning(User.id)
    )
    if changed.scalar_one_or_none() is None:
        raise AppError("user_not_found")
    await audit.record(
        session, principal, "absence_set", "user", user_id, {"away": absence is not None}
    )


def is_away(user: type[User] = User) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the users who are away now; never unknown."""
    return sa.and_(user.away_until.is_not(None), user.leaves_at <= NOW, user.away_until > NOW)


def absence_of(user: User, zone: ZoneInfo) -> Absence | None:
    """Return when somebody is away or will be, in local days; None where that is over."""
    if user.leaves_at is None or user.away_until is None:
        return None
    if user.away_until <= datetime.now(UTC):
        return None
    last = user.away_until.astimezone(zone).date() - ONE_DAY
    return Absence(user.leaves_at.astimezone(zone).date(), last)
