"""The clock of a target: how much time has counted, when it is due, when it was missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cogep_assist.crm_service.sla.business_time import (
    BusinessHours,
    Interval,
    counted_intervals,
    moment_after,
)

ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a ticket's life in which the clock ran or stood; ``until`` None: it still does."""

    since: datetime
    until: datetime | None
    running: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows.

    ``due_at``: when the target is missed if nothing changes, or was; None while the clock
    stands before that, and where the calendar never comes to it.
    """

    target: timedelta
    spent: timedelta
    due_at: datetime | None
    missed_at: datetime | None
    counted: tuple[Interval, ...]

    @property
    def left(self) -> timedelta:
        """Time that may still go by; negative once the target was missed."""
        return self.target - self.spent


def read_clock(
    hours: BusinessHours, stretches: Sequence[Stretch], target: timedelta, now: datetime
) -> Reading:
    """Read a clock at a moment, from the stretches of a ticket's life in order."""
    counted: list[Interval] = []
    spent, missed_at, due_at = ZERO, None, None
    for stretch in stretches:
        if not stretch.running or stretch.since >= now:
            continue
        end = now if stretch.until is None else min(stretch.until, now)
        intervals = list(counted_intervals(hours, stretch.since, end))
        gone = sum((until - since for since, until in intervals), ZERO)
        if missed_at is None:
            falls = moment_after(hours, stretch.since, target - spent)
            if falls is not None and falls <= end:
                missed_at = due_at = falls
            elif stretch.until is None or stretch.until > now:
                due_at = falls
        counted += intervals
        spent += gone
    return Reading(target, spent, due_at, missed_at, tuple(counted))
