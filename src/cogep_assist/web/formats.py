"""How moments, sizes and counts are written for people, in Brazilian Portuguese."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

_STEPS = ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"))


def date_br(moment: datetime, zone: ZoneInfo) -> str:
    """Write a day as dd/mm/aaaa, in the organisation's time zone."""
    return moment.astimezone(zone).strftime("%d/%m/%Y")


def moment_br(moment: datetime, zone: ZoneInfo) -> str:
    """Write a day and an hour as dd/mm/aaaa HH:MM, in the organisation's time zone."""
    return moment.astimezone(zone).strftime("%d/%m/%Y %H:%M")


def ago(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Write how long ago something was ("há 5 min"), or its day when that is over a week."""
    seconds = int((now - moment).total_seconds())
    if seconds < 5:
        return "agora"
    for limit, unit, name in _STEPS:
        if seconds < limit:
            return f"há {seconds // unit} {name}"
    days = seconds // 86400
    if days == 1:
        return "ontem" if days_apart(moment, now, zone) == 1 else "há 1 dia"
    return f"há {days} dias" if days < 8 else date_br(moment, zone)


def days_apart(moment: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Count the midnights between two moments, in a time zone."""
    return (now.astimezone(zone).date() - moment.astimezone(zone).date()).days


def number_br(value: float, digits: int = 0) -> str:
    """Write a number with a point per thousand and a decimal comma."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def counted(count: int, one: str, many: str) -> str:
    """Write "1 documento", "2 documentos"."""
    return f"{number_br(count)} {one if count == 1 else many}"


def size_br(octets: int) -> str:
    """Write a size in the unit that a person would choose."""
    value, units = float(octets), ["B", "KB", "MB", "GB", "TB"]
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{number_br(value, 0 if units[0] == 'B' or value >= 100 else 1)} {units[0]}"


def duration_br(span: timedelta | float) -> str:
    """Write a length of time, given as a timedelta or in milliseconds: "340 ms", "2,4 s"."""
    ms = span.total_seconds() * 1000 if isinstance(span, timedelta) else float(span)
    if ms < 1000:
        return f"{number_br(ms)} ms"
    if ms < 60_000:
        return f"{number_br(ms / 1000, 1)} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    return f"{minutes // 60} h {minutes % 60} min"


# By what a media type begins with; more telling words first.
_MEDIA = (
    ("application/pdf", "PDF"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "Word"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "planilha do Excel"),
    ("application/vnd.openxmlformats-officedocument.presentationml", "PowerPoint"),
    ("application/vnd.oasis.opendocument.text", "texto do LibreOffice"),
    ("application/vnd.oasis.opendocument.spreadsheet", "planilha do LibreOffice"),
    ("application/vnd.oasis.opendocument.presentation", "apresentação do LibreOffice"),
    ("application/vnd.oasis.opendocument", "LibreOffice"),
    ("application/msword", "Word (.doc)"),
    ("application/vnd.ms-excel", "planilha do Excel (.xls)"),
    ("application/rtf", "texto RTF"),
    ("image/", "imagem"),
    ("text/html", "página da web"),
    ("application/xhtml", "página da web"),
    ("text/markdown", "Markdown"),
    ("text/csv", "planilha CSV"),
    ("message/rfc822", "e-mail"),
    ("text/", "texto"),
)


def media_words(media_type: str) -> str:
    """Say what a media type is; what is not known is told by its own name."""
    found = (words for start, words in _MEDIA if media_type.startswith(start))
    return next(found, media_type)


def day_br(day: str) -> str:
    """Write a day that is kept as aaaa-mm-dd as dd/mm/aaaa."""
    return date.fromisoformat(day[:10]).strftime("%d/%m/%Y")


def install_formats(environment: Environment) -> None:
    """Give templates the filters; those of moments read ``zone`` and ``now`` of the page."""
    environment.filters |= {
        "date": _of_page(date_br, "zone"),
        "moment": _of_page(moment_br, "zone"),
        "ago": _of_page(ago, "now", "zone"),
        "number": number_br,
        "counted": counted,
        "size": size_br,
        "duration": duration_br,
        "media": media_words,
        "day": day_br,
    }


def _of_page(write: Any, *names: str) -> Any:
    @pass_context
    def written(context: Context, moment: datetime | None) -> str:
        return "" if moment is None else str(write(moment, *(context[name] for name in names)))

    return written
