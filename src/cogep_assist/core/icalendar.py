"""Write calendars as programs read them (RFC 5545), for deadlines alone.

What is written is little: events with an end by the clock or by the day, in UTC or without a time,
so that no time zone has to be described; the rest of the format is left to those who need it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//COGEP Assist//Prazos//PT"
MEDIA_TYPE = "text/calendar; charset=utf-8"
LINE_OCTETS = 75
# How often a program is asked to look again (RFC 7986, 5.7).
REFRESH = "PT15M"
# A deadline by the clock is drawn as the quarter of an hour that ends with it.
DRAWN = timedelta(minutes=15)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is due at a moment, or on a day; ``uid`` stays the same as it moves."""

    uid: str
    summary: str
    due: datetime | date
    changed_at: datetime
    url: str = ""


def calendar(name: str, deadlines: Iterable[Deadline]) -> bytes:
    """Return a calendar of deadlines; the same ones give the same bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    for deadline in deadlines:
        lines += _event(deadline)
    lines.append("END:VCALENDAR")
    return b"".join(piece for line in lines for piece in _folded(line))


def _event(deadline: Deadline) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(deadline.uid)}"
    yield f"DTSTAMP:{_moment(deadline.changed_at)}"
    yield f"LAST-MODIFIED:{_moment(deadline.changed_at)}"
    if isinstance(deadline.due, datetime):
        yield f"DTSTART:{_moment(deadline.due - DRAWN)}"
        yield f"DTEND:{_moment(deadline.due)}"
    else:
        # The end of a day is not part of it (RFC 5545, 3.6.1).
        yield f"DTSTART;VALUE=DATE:{deadline.due:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{deadline.due + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(deadline.summary)}"
    if deadline.url:
        yield f"URL:{deadline.url}"
    # A deadline takes nobody's time.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Escape a text (RFC 5545, 3.3.11); what no text may hold is left out."""
    printable = "".join(char for char in text if char in "\n\t" or ord(char) >= 32)
    return printable.translate(_ESCAPES)


def _folded(line: str) -> Iterator[bytes]:
    """Yield a line in pieces of at most 75 octets, none of them in the middle of a character."""
    room, piece, prefix = LINE_OCTETS, b"", b""
    for char in line:
        octets = char.encode()
        if len(piece) + len(octets) > room:
            yield prefix + piece + b"\r\n"
            # The space that marks the rest counts as well.
            room, piece, prefix = LINE_OCTETS - 1, b"", b" "
        piece += octets
    yield prefix + piece + b"\r\n"
