"""Time that counts, against a reference that walks minute by minute."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cogep_assist.crm_service.sla.business_time import (
    BusinessHours,
    Shift,
    counted_intervals,
    counted_time,
    moment_after,
)

# São Paulo changed its clocks at midnight until 2019; Noronha and Acre never stand with it.
ZONES = [ZoneInfo(name) for name in ("America/Sao_Paulo", "America/Noronha", "America/Rio_Branco")]
MINUTE = timedelta(minutes=1)


def walked(hours: BusinessHours, start: datetime, end: datetime) -> timedelta:
    """The slow, obvious way: look at every minute's local time."""
    minutes = 0
    moment = start
    while moment < end:
        local = moment.astimezone(hours.zone)
        at = local.hour * 60 + local.minute
        minutes += any(since <= at < until for since, until in hours.shifts_on(local.date()))
        moment += MINUTE
    return minutes * MINUTE


@st.composite
def shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def business_hours(draw: st.DrawFn) -> BusinessHours:
    week = tuple(draw(st.tuples(*[shifts()] * 7)))
    days = st.dates(date(2017, 10, 1), date(2019, 3, 31))
    special = draw(st.dictionaries(days, shifts(), max_size=5))
    return BusinessHours(draw(st.sampled_from(ZONES)), week, special)


FIRST = datetime(2017, 10, 1, tzinfo=UTC)
moments = st.integers(0, 545 * 1440).map(lambda minutes: FIRST + minutes * MINUTE)


@settings(max_examples=120)
@given(business_hours(), moments, st.integers(0, 4 * 1440))
def test_counts_as_the_walk_does(hours: BusinessHours, start: datetime, minutes: int) -> None:
    end = start + minutes * MINUTE
    assert counted_time(hours, start, end) == walked(hours, start, end)


@settings(max_examples=120)
@given(business_hours(), moments, st.integers(1, 600))
def test_the_moment_after_a_span_is_the_first_by_which_it_has_gone_by(
    hours: BusinessHours, start: datetime, minutes: int
) -> None:
    span = minutes * MINUTE
    after = moment_after(hours, start, span)
    if after is None:
        assert not any(hours.week)
        return
    assert counted_time(hours, start, after) == span
    assert counted_time(hours, start, after - MINUTE) < span


@given(business_hours(), moments, st.integers(0, 3000), st.integers(0, 3000))
def test_intervals_are_in_order_never_overlap_and_add_up(
    hours: BusinessHours, start: datetime, first: int, second: int
) -> None:
    middle, end = start + first * MINUTE, start + (first + second) * MINUTE
    whole = list(counted_intervals(hours, start, end))
    assert all(since < until for since, until in whole)
    # A day that is open to its end touches the next one at midnight.
    assert all(a[1] <= b[0] for a, b in pairwise(whole))
    parts = counted_time(hours, start, middle) + counted_time(hours, middle, end)
    assert counted_time(hours, start, end) == parts


OFFICE: tuple[Shift, ...] = ((8 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def office(**special: tuple[Shift, ...]) -> BusinessHours:
    days = {date.fromisoformat(day[1:].replace("_", "-")): on for day, on in special.items()}
    return BusinessHours(SAO_PAULO, (OFFICE,) * 5 + ((), ()), days)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23T09:00", 2, "2026-11-23T11:00"),
        # Lunch does not count.
        ("2026-11-23T11:00", 2, "2026-11-23T14:30"),
        # Nor does the night, nor the weekend.
        ("2026-11-23T17:00", 2, "2026-11-24T09:00"),
        ("2026-11-27T17:00", 2, "2026-11-30T09:00"),
        ("2026-11-28T12:00", 1, "2026-11-30T09:00"),
        # Due at the very end of a shift, not at the start of the next.
        ("2026-11-23T08:00", 4, "2026-11-23T12:00"),
    ],
)
def test_due_moments_of_an_office(start: str, hours: int, due: str) -> None:
    assert moment_after(office(), at(start), timedelta(hours=hours)) == at(due)


def test_a_holiday_and_a_half_day_count_less() -> None:
    hours = office(_2026_11_20=(), _2026_12_24=((8 * 60, 12 * 60),))
    assert counted_time(hours, at("2026-11-20T00:00"), at("2026-11-21T00:00")) == timedelta()
    half = counted_time(hours, at("2026-12-24T00:00"), at("2026-12-25T00:00"))
    assert half == timedelta(hours=4)


def test_the_hour_that_was_skipped_and_the_hour_that_came_twice() -> None:
    always = BusinessHours(SAO_PAULO, (((0, 1440),),) * 7)
    spring = counted_time(always, at("2018-11-04T01:00"), at("2018-11-05T00:00"))
    assert spring == timedelta(hours=23)
    autumn = counted_time(always, at("2018-02-17T00:00"), at("2018-02-18T00:00"))
    assert autumn == timedelta(hours=25)


def test_a_calendar_that_counts_nothing_has_no_due_moment() -> None:
    never = BusinessHours(SAO_PAULO, ((),) * 7)
    assert moment_after(never, at("2026-11-23T09:00"), MINUTE) is None


@pytest.mark.parametrize("shifts", [((600, 500),), ((0, 700), (600, 800)), ((1200, 1500),)])
def test_shifts_out_of_order_are_refused(shifts: tuple[Shift, ...]) -> None:
    with pytest.raises(ValueError, match="shifts"):
        BusinessHours(SAO_PAULO, (shifts,) * 7)
