"""Dates, durations and sizes as people read them in Brazil."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment(when: datetime | None, zone: ZoneInfo) -> str:
    """Write a moment as dd/mm/aaaa hh:mm in the people's time zone; "" for none."""
    return when.astimezone(zone).strftime("%d/%m/%Y %H:%M") if when else ""


def duration(milliseconds: float | None) -> str:
    """Write a duration: "840 ms", "3,2 s", "2 min 05 s"; "" for none."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{number(seconds, 1)} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def number(value: float, digits: int) -> str:
    """Write a number with a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")
