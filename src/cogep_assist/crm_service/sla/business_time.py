"""Time that counts: the hours of a calendar, over split shifts, holidays and clock changes.

A moment counts when its local time lies inside a shift of its local day. Days on which the
clock is changed are taken piece by piece, each with one distance from UTC, so that an hour
that does not exist is not counted and one that comes twice is counted twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
# Beyond this nobody waits: a calendar that counts nothing must not be searched for ever.
HORIZON_DAYS = 10 * 366
ONE_DAY = timedelta(days=1)

Shift = tuple[int, int]  # minutes from midnight: [from, until)
Interval = tuple[datetime, datetime]  # moments in UTC: [from, until)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When time counts: shifts per weekday (Monday is 0), other shifts on special days.

    A special day with no shifts is a holiday. Shifts of a day are in order and apart.
    """

    zone: ZoneInfo
    week: tuple[tuple[Shift, ...], ...]
    special: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse shifts that are not in order, apart and inside their day."""
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        for shifts in (*self.week, *self.special.values()):
            free_from = -1
            for start, end in shifts:
                if not free_from < start < end <= DAY_MINUTES:
                    raise ValueError(f"shifts are not in order: {shifts}")
                free_from = end

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """Return the shifts of a day."""
        special = self.special.get(day)
        return self.week[day.weekday()] if special is None else special

    @property
    def counts_nothing(self) -> bool:
        """Whether no ordinary day has a shift."""
        return not any(self.week)


def counted_intervals(hours: BusinessHours, start: datetime, end: datetime) -> Iterator[Interval]:
    """Yield the intervals between two moments in which time counts, in order, in UTC."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return
    day = start.astimezone(hours.zone).date()
    last = end.astimezone(hours.zone).date()
    # A clock that is set back over midnight has moments of a day after the next one began.
    day -= ONE_DAY
    while day <= last:
        for opened, closed in _open_on(hours.zone, day, hours.shifts_on(day)):
            since, until = max(opened, start), min(closed, end)
            if since < until:
                yield since, until
        day += ONE_DAY


def counted_time(hours: BusinessHours, start: datetime, end: datetime) -> timedelta:
    """Return how much time counts between two moments; nothing when they are turned around."""
    spans = (until - since for since, until in counted_intervals(hours, start, end))
    return sum(spans, timedelta())


def moment_after(hours: BusinessHours, start: datetime, span: timedelta) -> datetime | None:
    """Return the first moment by which ``span`` of counting time has gone by since ``start``.

    None where that lies more than ten years ahead, as it does when nothing counts.
    """
    if span <= timedelta():
        return start.astimezone(UTC)
    if hours.counts_nothing and not any(hours.special.values()):
        return None
    left = span
    horizon = start + timedelta(days=HORIZON_DAYS)
    for since, until in counted_intervals(hours, start, horizon):
        if until - since >= left:
            return since + left
        left -= until - since
    return None


@lru_cache(maxsize=4096)
def _open_on(zone: ZoneInfo, day: date, shifts: tuple[Shift, ...]) -> tuple[Interval, ...]:
    """Return a local day's shifts as intervals in UTC, in order."""
    if not shifts:
        return ()
    found: list[Interval] = []
    for since, until, offset in _pieces(zone, day):
        # Local time within the piece is UTC plus one offset.
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
        for start, end in shifts:
            opened = max(since, midnight + timedelta(minutes=start))
            closed = min(until, midnight + timedelta(minutes=end))
            if opened < closed:
                found.append((opened, closed))
    return tuple(_joined(sorted(found)))


def _pieces(zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield the stretches of UTC around a local day in which one distance from UTC holds."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    # Offsets lie within 15 hours of UTC: these 54 hours hold the whole local day.
    since, end = noon - timedelta(hours=27), noon + timedelta(hours=27)
    offset = _offset(zone, since)
    while since < end:
        until = _next_change(zone, since, end, offset)
        yield since, until, offset
        since, offset = until, _offset(zone, until)


def _next_change(zone: ZoneInfo, since: datetime, end: datetime, offset: timedelta) -> datetime:
    """Return when the offset changes next, to the second, or ``end``."""
    step = since
    while step < end:
        # Two changes within three hours are not known of any zone.
        following = min(step + timedelta(hours=3), end)
        if _offset(zone, following) != offset:
            before, after = step, following
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) // 2
                middle = middle.replace(microsecond=0)
                if _offset(zone, middle) == offset:
                    before = middle
                else:
                    after = middle
            return after
        step = following
    return end


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _joined(intervals: list[Interval]) -> Iterator[Interval]:
    current: Interval | None = None
    for since, until in intervals:
        if current is not None and since <= current[1]:
            current = (current[0], max(current[1], until))
            continue
        if current is not None:
            yield current
        current = (since, until)
    if current is not None:
        yield current
