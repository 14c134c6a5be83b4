"""Random lives of tickets under random calendars, against a walk over every minute."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
import pytest

from cogep_assist.crm_service.sla.business_calendars import business_hours
from cogep_assist.crm_service.sla.business_time import BusinessHours, Shift
from cogep_assist.crm_service.sla.sla_clock import Stretch, read_clock

MINUTE = timedelta(minutes=1)
# With the years in which their clocks were changed.
PLACES = (
    ("America/Sao_Paulo", "SP"),
    ("America/Recife", "PE"),
    ("America/Bahia", "BA"),
    ("America/Rio_Branco", "AC"),
    ("America/Noronha", None),
)
FIRST, LAST = date(2007, 1, 1), date(2030, 12, 31)


class Case:
    """A calendar as numbers and names, and a ticket's life under it."""

    def __init__(self, seed: int) -> None:
        chance = self.chance = random.Random(seed)
        self.zone, self.state = chance.choice(PLACES)
        self.public, self.optional = chance.random() < 0.8, chance.random() < 0.5
        self.week = tuple(self._shifts() for _ in range(7))
        self.opened = self._moment()
        local = self.opened.date()
        days = (local + timedelta(days=chance.randint(-1, 3)) for _ in range(chance.randint(0, 2)))
        self.own = {day: self._shifts() for day in days}
        turns = sorted(chance.sample(range(1, 2880), chance.randint(0, 4)))
        edges = [self.opened, *(self.opened + at * MINUTE for at in turns)]
        self.life = [Stretch(a, b, i % 2 == 0) for i, (a, b) in enumerate(pairwise(edges))]
        self.life.append(Stretch(edges[-1], None, len(self.life) % 2 == 0))
        self.now = edges[-1] + chance.randint(-300, 2000) * MINUTE
        self.target = chance.randint(1, 1200)

    def _moment(self) -> datetime:
        day = date.fromordinal(self.chance.randint(FIRST.toordinal(), LAST.toordinal()))
        if self.chance.random() < 0.5:
            # Half of them where it matters: around holidays and changes of the clock.
            year = self.chance.choice((2008, 2011, 2013, 2017, 2018, 2019, 2026))
            month, near = self.chance.choice(((2, 14), (6, 23), (10, 15), (11, 2), (12, 24)))
            day = date(year, month, near) + timedelta(days=self.chance.randint(-3, 5))
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            minutes=self.chance.randint(0, 1439)
        )

    def _shifts(self) -> tuple[Shift, ...]:
        edges = sorted(self.chance.sample(range(1441), 2 * self.chance.randint(0, 3)))
        return tuple(zip(edges[::2], edges[1::2], strict=True))

    def hours(self) -> BusinessHours:
        own = tuple(sorted(self.own.items()))
        return business_hours(
            self.zone, self.week, own, self.state, public=self.public, optional=self.optional
        )


def works(case: Case, day: date, minute: int) -> bool:
    """The slow, obvious way: one minute of one local day."""
    shifts = case.own.get(day, case.week[day.weekday()])
    if not any(since <= minute < until for since, until in shifts):
        return False
    if day in case.own:
        return True
    if case.public and day in NATIONAL[case.state]:
        return False
    if not case.optional or day not in OPTIONAL[case.state]:
        return True
    if (day.month, day.day) in {(12, 24), (12, 31)}:
        return minute < 13 * 60
    return minute >= 14 * 60 if OPTIONAL[case.state][day].startswith("Quarta") else False


def walk(case: Case, hours: BusinessHours, until: datetime) -> list[datetime]:
    counted = []
    for stretch in case.life:
        moment, end = stretch.since, min(stretch.until or until, until)
        while stretch.running and moment < end:
            local = moment.astimezone(hours.zone)
            if works(case, local.date(), local.hour * 60 + local.minute):
                counted.append(moment)
            moment += MINUTE
    return counted


def legal(category: str) -> dict[str | None, dict[date, str]]:
    years = range(FIRST.year - 1, LAST.year + 2)
    return {
        state: dict(
            holidays.country_holidays(
                "BR", subdiv=state, years=years, categories=(category,), language="pt_BR"
            )
        )
        for _, state in PLACES
    }


NATIONAL, OPTIONAL = legal("public"), legal("optional")


def agree(seed: int) -> None:
    case = Case(seed)
    hours = case.hours()
    reading = read_clock(hours, case.life, case.target * MINUTE, case.now)
    counted = walk(case, hours, case.now)
    assert reading.spent == len(counted) * MINUTE, seed
    missed = counted[case.target - 1] + MINUTE if len(counted) >= case.target else None
    assert reading.missed_at == missed, seed
    assert sum((b - a for a, b in reading.counted), timedelta()) == reading.spent, seed
    if missed is not None:
        assert reading.due_at == missed, seed
    elif case.life[-1].running and case.life[-1].since < case.now and reading.due_at is not None:
        # It falls due at the first minute by which the walk has counted the target.
        if reading.due_at - case.now < timedelta(days=4):
            later = walk(case, hours, reading.due_at)
            assert len(later) == case.target, seed
            assert later[-1] + MINUTE == reading.due_at, seed
    elif not case.life[-1].running and case.life[-1].since <= case.now:
        assert reading.due_at is None, seed


def test_some_hundred_random_lives_read_as_the_walk_reads_them() -> None:
    for seed in range(300):
        agree(seed)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_thousand_random_lives_read_as_the_walk_reads_them() -> None:
    for seed in range(1_000, 11_000):
        agree(seed)
