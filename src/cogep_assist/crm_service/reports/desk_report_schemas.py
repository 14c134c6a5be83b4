"""The shape of a report."""

from datetime import datetime

from pydantic import BaseModel


class VolumeLine(BaseModel):
    """How much there was of a group.

    ``unfinished`` and its age are of all that waits now, however old; in lines of time, of what
    was opened then.
    """

    key: str
    opened: int
    resolved: int
    unfinished: int
    oldest_unfinished_hours: float | None
    ratings: int
    rating_mean: float | None


class ReportLine(VolumeLine):
    """One group's figures: ``people`` opened its tickets.

    Shares run from 0 to 1, null where there is nothing to count.
    """

    people: int
    first_reply_minutes_p50: float | None
    first_reply_minutes_p90: float | None
    resolution_minutes_p50: float | None
    resolution_minutes_p90: float | None
    first_reply_kept: float | None
    resolution_kept: float | None


class DeskReport(BaseModel):
    """Figures of the tickets opened between two moments, group by group."""

    since: datetime
    until: datetime
    by: str
    lines: list[ReportLine]
