"""The clock of a target, against a slow walk over every minute of a ticket's life."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cogep_assist.crm_service.sla.business_time import BusinessHours
from cogep_assist.crm_service.sla.sla_clock import Stretch, read_clock

Shifts = tuple[tuple[int, int], ...]

MINUTE = timedelta(minutes=1)
ZONE = ZoneInfo("America/Sao_Paulo")
OFFICE = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
NIGHT = ((0, 6 * 60), (22 * 60, 1440))
FIRST = datetime(2018, 2, 14, tzinfo=UTC)  # clocks are set back on the 18th, at midnight
# A life lasts up to 11 days, is looked at 4 later, and its walk goes 40 further.
LONGEST = 56 * 1440


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Stretch], datetime]:
    """A ticket's life: stretches one after the other, and the moment at which it is looked at."""
    minute = draw(st.integers(0, 5 * 1440))
    turns = sorted(draw(st.sets(st.integers(minute, minute + 6 * 1440), max_size=5)))
    edges = [FIRST + at * MINUTE for at in dict.fromkeys((minute, *turns))]
    stretches = [
        Stretch(since, until, index % 2 == 0)
        for index, (since, until) in enumerate(pairwise(edges))
    ]
    stretches.append(Stretch(edges[-1], None, len(stretches) % 2 == 0))
    now = edges[-1] + draw(st.integers(-1440, 4 * 1440)) * MINUTE
    return stretches, now


@cache
def hours_of(shifts: Shifts, *, carnival: bool) -> BusinessHours:
    """Five days of these shifts; carnival takes the 19th, and the morning of the 20th."""
    special = {date(2018, 2, 19): (), date(2018, 2, 20): OFFICE[1:]} if carnival else {}
    return BusinessHours(ZONE, (shifts,) * 5 + ((), ()), special)


@cache
def open_minutes(shifts: Shifts, *, carnival: bool) -> tuple[bool, ...]:
    """Whether each minute from ``FIRST`` on is worked in, until no walk goes further."""
    hours = hours_of(shifts, carnival=carnival)
    found = []
    for minute in range(LONGEST):
        local = (FIRST + minute * MINUTE).astimezone(ZONE)
        at = local.hour * 60 + local.minute
        found.append(any(since <= at < until for since, until in hours.shifts_on(local.date())))
    return tuple(found)


def minutes_counted(
    worked: tuple[bool, ...], stretches: list[Stretch], now: datetime
) -> list[datetime]:
    found = []
    for stretch in stretches:
        first = (stretch.since - FIRST) // MINUTE
        end = (min(stretch.until or now, now) - FIRST) // MINUTE
        if stretch.running:
            found += [FIRST + at * MINUTE for at in range(first, end) if worked[at]]
    return found


@settings(max_examples=150)
@given(lives(), st.sampled_from([OFFICE, NIGHT]), st.integers(1, 1500), st.booleans())
def test_reads_as_the_walk_does(
    life: tuple[list[Stretch], datetime],
    shifts: Shifts,
    target: int,
    carnival: bool,
) -> None:
    stretches, now = life
    hours = hours_of(shifts, carnival=carnival)
    worked = open_minutes(shifts, carnival=carnival)
    reading = read_clock(hours, stretches, target * MINUTE, now)
    walked = minutes_counted(worked, stretches, now)
    assert reading.spent == len(walked) * MINUTE
    missed = walked[target - 1] + MINUTE if len(walked) >= target else None
    assert reading.missed_at == missed
    assert sum((b - a for a, b in reading.counted), timedelta()) == reading.spent
    if missed is None and stretches[-1].running and stretches[-1].since < now:
        # Nothing changes from here: it falls due when the walk goes on and gets there.
        later = minutes_counted(worked, stretches, now + timedelta(days=40))
        assert reading.due_at == later[target - 1] + MINUTE
    elif missed is not None:
        assert reading.due_at == missed


def test_a_clock_that_stands_has_no_due_moment() -> None:
    hours = BusinessHours(ZONE, (OFFICE,) * 7)
    opened = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    waits = opened + timedelta(hours=1)
    life = [Stretch(opened, waits, True), Stretch(waits, None, False)]
    reading = read_clock(hours, life, timedelta(hours=4), waits + timedelta(days=30))
    assert reading.due_at is None
    assert reading.left == timedelta(hours=3)
