"""Terms of laws: dated cases reasoned by hand, and any case against a slow, obvious reference."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.core.legal_calendar import LegalCalendar
from cogep_assist.core.legal_terms import Term, end_of_day, last_day
from cogep_assist.core.models import DeadlineUnit

UNITS = {
    "c": DeadlineUnit.CALENDAR_DAYS,
    "b": DeadlineUnit.BUSINESS_DAYS,
    "m": DeadlineUnit.MONTHS,
    "y": DeadlineUnit.YEARS,
}
CALENDARS = {
    # With ponto facultativo, as a federal body keeps it; without; of states; of a town.
    "fed": LegalCalendar(),
    "plain": LegalCalendar(optional=False),
    "sp": LegalCalendar("SP"),
    "rj": LegalCalendar("RJ"),
    "ba": LegalCalendar("BA"),
    "town": LegalCalendar(own={date(2027, 1, 25): False}),
    "open": LegalCalendar(own={date(2026, 2, 16): True, date(2026, 12, 24): True}),
}
# Calendar, term, month of the start, and "day>last day" pairs; another month's day is MM-DD.
# c/b/m/y: calendar days, business days, months, years; s: a start on a day without work is put off;
# p: as a private organisation counts months; a: ends on any day.
CASES = """
# Incident, 3 business days, over Carnaval (16 and 17 February) and Ash Wednesday (18, half a day).
fed   b3  2026-02 09>12 10>13 11>18 12>19 13>20 14>20 15>20 16>20 17>20 18>23 19>24 20>25
plain b3  2026-02 09>12 10>13 11>16 12>17 13>18 14>18 15>18 16>19 17>20 18>23 19>24 20>25
open  b3  2026-02 11>16 12>18 13>19
fed   b3  2025-02 25>28 26>03-05 27>03-06 28>03-07
fed   b3  2027-02 02>05 03>10 04>11 05>12 06>12 07>12 08>12 09>12 10>15
# The end of the year: 24 and 31 December count, and no term ends on them.
fed   b3  2026-12 18>23 19>23 20>23 21>28 22>28 23>29 24>30 25>30 28>01-04 29>01-04
fed   b3  2026-12 30>01-05 31>01-06
plain b3  2026-12 18>23 21>24 22>28 23>29 24>30 28>31 29>01-04 30>01-05
open  b3  2026-12 21>24 22>28
# Good Friday and Tiradentes, four days in a row in 2025; Corpus Christi; 20 November.
fed   b3  2025-04 14>17 15>22 16>23 17>24 18>24 19>24 20>24 21>24
fed   b3  2025-06 16>20 17>23 18>24 19>24
plain b3  2025-06 16>19 17>20
fed   b3  2025-11 17>21 18>24 19>25 20>25
fed   b3  2026-11 27>12-02 28>12-02 29>12-02
# Doubled for small agents: 6 and 40 business days; the supplement of 20.
fed   b6  2026-11 13>24 16>25 19>30 20>30 21>30 22>30 27>12-07 30>12-08
fed   b20 2026-12 01>30 02>01-04 03>01-04 04>01-05 07>01-06
fed   b20 2026-02 02>03-04
fed   b20 2026-03 30>04-29
fed   b40 2026-01 05>03-04
plain b40 2026-01 05>03-02
# Access, 15 calendar days: Corpus Christi (4 June), Easter, Tiradentes, 1 May.
fed   c15 2026-05 15>06-01 16>06-01 17>06-01 19>06-03 20>06-05 21>06-05 22>06-08 23>06-08 24>06-08
plain c15 2026-05 20>06-04 22>06-08
fed   c15 2026-03 18>04-02 19>04-06 20>04-06 21>04-06 22>04-06 23>04-07
fed   c15 2026-04 05>20 06>22 07>22 16>05-04 17>05-04 18>05-04 19>05-04
# 7 September, 12 October, 28 October (ponto facultativo), 2 and 20 November.
fed   c15 2026-08 20>09-04 21>09-08 22>09-08 23>09-08 24>09-08
fed   c15 2026-09 24>10-09 25>10-13 26>10-13 27>10-13
fed   c15 2026-10 13>29 15>30 16>11-03 17>11-03 18>11-03
plain c15 2026-10 13>28
fed   c15 2026-11 04>19 05>23 06>23
# Before 2024 the 20 November was no holiday of the whole country.
fed   c15 2023-11 05>20
fed   c15 2026-12 08>23 09>28 10>28 15>30 16>01-04 17>01-04 20>01-04 21>01-05
plain c15 2026-12 09>24 10>28 16>31 17>01-04
fed   c15 2025-12 09>26 10>26 11>26 12>29 16>01-02 17>01-02
# Leap years, and years that are none.
fed   c15 2024-02 13>28 14>29 15>03-01 16>03-04
fed   c15 2023-02 13>28 14>03-01 15>03-02
fed   b3  2024-02 26>29 27>03-01 28>03-04 29>03-05
fed   c15 2024-01 26>02-14 27>02-14 28>02-14 29>02-14 30>02-14 31>02-15
plain c15 2024-01 26>02-12 28>02-12 29>02-13
# Doubled access, 30 days.
fed   c30 2026-11 23>12-23 24>12-28 25>12-28 29>12-29
fed   c30 2026-12 01>01-04 02>01-04 05>01-04
# LAI: 20 days, and 30 with its extension; ouvidoria: 30, and 60 with its extension.
fed   c20 2026-01 05>26 06>26 07>27 25>02-18 26>02-18 27>02-18 28>02-18 29>02-18
fed   c30 2026-01 05>02-04 15>02-18 17>02-18 18>02-18 19>02-18 20>02-19
fed   c60 2026-01 05>03-06
fed   c60 2024-01 05>03-05
fed   c60 2026-10 25>12-28 30>12-29
# A start on a day without work, where the rule puts it off.
fed   c20s 2026-02 14>03-10 13>03-05
fed   b3s 2026-02 14>23 13>20
# At once: the same day, whatever day that is.
fed   c0  2026-02 14>14 16>16
fed   c0  2026-12 25>25
fed   c0  2024-02 29>29
# Months and years: a month that lacks the day ends on its last day, or for others on the next.
fed   m3a 2026-11 30>02-28 28>02-28
fed   m3ap 2026-11 30>03-01 28>02-28
fed   m3a 2023-11 30>02-29
fed   m3a 2026-01 31>04-30
fed   m3ap 2026-01 31>05-01
fed   m3a 2026-05 31>08-31
fed   m6a 2026-08 31>02-28 28>02-28
fed   m6a 2023-08 31>02-29 29>02-29
fed   y5a 2024-02 29>2029-02-28 28>2029-02-28
fed   y5ap 2024-02 29>2029-03-01
fed   y5a 2026-11 29>2031-11-29
fed   y4a 2024-02 29>2028-02-29
# States and towns: 9 July (SP), 23 April (RJ), 2 July (BA), 25 January of a town.
sp    b3  2026-07 06>10 07>13 08>14
fed   b3  2026-07 06>09 07>10
sp    c15 2026-06 24>07-10
fed   c15 2026-06 24>07-09
rj    c15 2026-04 08>24
ba    c15 2026-06 17>07-03
town  c15 2027-01 10>26
town  b3  2027-01 21>27
fed   b3  2027-01 21>26
"""


def test_dated_cases_are_exact() -> None:
    wrong, count = [], 0
    for line in CASES.strip().splitlines():
        if line.startswith("#"):
            continue
        name, code, month, *pairs = line.split()
        for pair in pairs:
            day, expected = pair.split(">")
            start = date.fromisoformat(f"{month}-{day}")
            got = last_day(term_of(code), start, CALENDARS[name])
            count += 1
            if got != due_of(start, expected):
                wrong.append(f"{name} {code} from {start}: {got}, not {expected}")
    assert not wrong, "\n".join(wrong)
    assert count >= 200


def term_of(code: str) -> Term:
    found = re.fullmatch(r"([cbmy])(\d+)([sap]*)", code)
    assert found is not None
    kind, amount, flags = found.groups()
    return Term(
        UNITS[kind],
        int(amount),
        ends_on_business_day="a" not in flags,
        starts_on_business_day="s" in flags,
        missing_day_ends_month="p" not in flags,
    )


def due_of(start: date, text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[0] if len(parts) == 2 else start.month
    return date(start.year + (month < start.month), month, parts[-1])


@given(
    st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    st.integers(0, 90),
    st.sampled_from([DeadlineUnit.CALENDAR_DAYS, DeadlineUnit.BUSINESS_DAYS]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(sorted(CALENDARS)),
)
def test_days_are_counted_as_somebody_with_a_wall_calendar_would(
    start: date, amount: int, unit: DeadlineUnit, ends: bool, starts: bool, name: str
) -> None:
    days = CALENDARS[name]
    term = Term(unit, amount, ends_on_business_day=ends, starts_on_business_day=starts)
    wall = [start + timedelta(days=n) for n in range(400)]
    if starts:
        wall = wall[next(n for n, day in enumerate(wall) if days.is_business_day(day)) :]
    first, rest = wall[0], wall[1:]
    if unit is DeadlineUnit.BUSINESS_DAYS:
        counted = [day for day in rest if days.is_business_day(day)]
    else:
        counted = rest
    expected = first if amount == 0 else counted[amount - 1]
    if ends and amount:
        expected = next(day for day in rest if day >= expected and days.may_end_a_term(day))
    assert last_day(term, start, days) == expected


def test_a_day_ends_where_people_live() -> None:
    brasilia = ZoneInfo("America/Sao_Paulo")
    assert end_of_day(date(2026, 12, 2), brasilia) == datetime(2026, 12, 3, 3, tzinfo=UTC)
    # Midnight did not exist on the night on which summer time began.
    assert end_of_day(date(2018, 11, 3), brasilia) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert end_of_day(date(2018, 2, 17), brasilia) == datetime(2018, 2, 18, 3, tzinfo=UTC)


def test_days_have_their_names() -> None:
    days = LegalCalendar("SP").legal_days(2026)
    assert days[date(2026, 6, 4)] == "Corpus Christi"
    assert date(2026, 7, 9) in days
    assert days[date(2026, 2, 17)] == "Carnaval"
    assert date(2026, 6, 4) not in LegalCalendar(optional=False).legal_days(2026)
