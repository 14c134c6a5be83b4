"""Count the terms of laws: the first day left out, the last one counted.

Sources: Lei 9.784/1999, art. 66 (public bodies), and Código Civil, art. 132 (everybody else). Both
leave the day of the start out, count the last day, and put an end that falls on a day without work
off to the next day of work. They differ in a month that lacks the day: for public bodies it ends
on its last day (art. 66, par. 3), for others on the first of the next (art. 132, par. 3).
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cogep_assist.core.legal_calendar import ONE_DAY, LegalCalendar
from cogep_assist.core.models import DeadlineUnit

MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A number of days, months or years, and what happens at both ends.

    ``missing_day_ends_month``: a month without the day of the start ends on its last day, else on
    the day after. A term of 0 days is "at once": it ends on the day of the start, whatever day
    that is.
    """

    unit: DeadlineUnit
    amount: int
    ends_on_business_day: bool = True
    starts_on_business_day: bool = False
    missing_day_ends_month: bool = True


def last_day(term: Term, start: date, days: LegalCalendar) -> date:
    """Return the last day of a term that something on a day has started."""
    if term.starts_on_business_day:
        start = days.next_business_day(start)
    if term.amount == 0:
        return start
    end = _counted(term, start, days)
    if term.ends_on_business_day:
        while not days.may_end_a_term(end):
            end += ONE_DAY
    return end


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment after a local day, in UTC: until then a term is kept."""
    return datetime.combine(day + ONE_DAY, time(), zone).astimezone(UTC)


def _counted(term: Term, start: date, days: LegalCalendar) -> date:
    if term.unit is DeadlineUnit.CALENDAR_DAYS:
        return start + timedelta(days=term.amount)
    if term.unit is DeadlineUnit.BUSINESS_DAYS:
        return _after_business_days(start, term.amount, days)
    years = term.unit is DeadlineUnit.YEARS
    return _after_months(term, start, term.amount * (MONTHS_IN_A_YEAR if years else 1))


def _after_business_days(start: date, amount: int, days: LegalCalendar) -> date:
    end = start
    for _ in range(amount):
        end = days.next_business_day(end + ONE_DAY)
    return end


def _after_months(term: Term, start: date, months: int) -> date:
    year, month = divmod(start.year * MONTHS_IN_A_YEAR + start.month - 1 + months, MONTHS_IN_A_YEAR)
    month += 1
    length = calendar.monthrange(year, month)[1]
    if start.day <= length:
        return date(year, month, start.day)
    end = date(year, month, length)
    return end if term.missing_day_ends_month else end + ONE_DAY
