"""Values as other systems write them: moments, names, texts that may be HTML. Pure."""

import html
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

MAX_SHORT_CHARS = 500
_EPOCH = re.compile(r"[0-9]{9,10}(?:\.[0-9]+)?")
_FORMS = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%m/%d/%y %I:%M %p",
    "%Y-%m-%d %H:%M",
)
_MARKUP = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_ENCODED_MARKUP = re.compile(r"&(?:lt|#0*60|#x0*3c);", re.IGNORECASE)


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """Return a moment with its time zone, or None for none. One without is of ``zone``."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip()[:64]
    if not text or text.startswith("0000-00-00"):
        return None
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        other = next((one for form in _FORMS if (one := _read(text, form)) is not None), None)
        if other is None:
            return None
        found = other
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def short(value: Any) -> str:
    """Return a value on one line; empty for none, and for lists and objects."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "sim" if value else "não"
    return " ".join(str(value).split())[:MAX_SHORT_CHARS]


def key_of(value: Any) -> str | None:
    """Return a reference to another row, or None where it refers to nothing (0, empty)."""
    text = short(value)
    return None if text in {"", "0"} else text


def with_markup(text: str) -> tuple[bool, str]:
    """Tell whether a text is HTML, and give it without the encoding that some put around it."""
    if not _MARKUP.search(text) and _ENCODED_MARKUP.search(text):
        text = html.unescape(text)
    return bool(_MARKUP.search(text)), text


def own_fields(record: dict[str, Any], known: frozenset[str]) -> dict[str, str]:
    """Return the fields that an organisation added: whatever is not among those of the system."""
    return {
        name[:100]: text
        for name, value in record.items()
        if name not in known and not name.endswith("_id") and (text := short(value))
    }


def _read(text: str, form: str) -> datetime | None:
    try:
        # Which zone it is in is for whoever asks.
        return datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return None
