"""The page of a source: a version's text, or a part of a long one, and the cited passage."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from cogep_assist.core.errors import AppError
from cogep_assist.web.source_table import SourcePart, source_parts

# A page of this many characters opens at once on a phone; longer texts come in parts.
WHOLE_CHARS = 60_000
PART_CHARS = 40_000
LEAD_CHARS = 12_000
_SNAP_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class SourceView:
    """What the template shows: the text before, inside and after the passage."""

    before: str
    passage: str
    after: str
    part: str
    previous_href: str | None
    next_href: str | None

    @property
    def parts(self) -> list[SourcePart]:
        """The text with its tables under their heads, in order."""
        start = len(self.before)
        whole = self.before + self.passage + self.after
        return source_parts(whole, start, start + len(self.passage))


def passage_href(document_id: UUID, version: int, start: int, end: int) -> str:
    """Return the address that opens a version at a passage."""
    query = urlencode({"inicio": start, "fim": end})
    return f"{version_href(document_id, version)}?{query}#trecho"


def version_href(document_id: UUID, version: int) -> str:
    """Return the address of a version's text."""
    return f"/documentos/{document_id}/versoes/{version}"


def safe_link(uri: str | None) -> str | None:
    """Return an address that a page may link to: http and https only, never a script."""
    try:
        return uri if uri and urlsplit(uri).scheme in {"http", "https"} else None
    except ValueError:
        return None


def source_view(
    href: str, text: str, start: int | None, end: int | None, begin: int | None = None
) -> SourceView:
    """Cut the part of ``text`` to show; ``start:end`` is the passage, ``begin`` the part asked for.

    Raises AppError("passage_invalid") for a passage that is not inside the text.
    """
    if (start is None) != (end is None):
        raise AppError("passage_invalid")
    first, last = start or 0, end or 0
    if not 0 <= first <= last <= len(text) or (start is not None and first == last):
        raise AppError("passage_invalid")
    low, high = _part(text, first if begin is None else begin, asked=begin is not None)
    inside = (max(first, low), min(last, high)) if start is not None else (low, low)
    shown = inside[0] < inside[1]
    cut = inside if shown else (low, low)
    passage = {"inicio": first, "fim": last} if start is not None else {}
    return SourceView(
        before=text[low : cut[0]],
        passage=text[cut[0] : cut[1]],
        after=text[cut[1] : high],
        part=_share(low, high, len(text)),
        previous_href=_part_href(href, passage, max(0, low - PART_CHARS)) if low else None,
        next_href=_part_href(href, passage, high) if high < len(text) else None,
    )


def _part(text: str, anchor: int, *, asked: bool) -> tuple[int, int]:
    if len(text) <= WHOLE_CHARS:
        return 0, len(text)
    low = anchor if asked else anchor - LEAD_CHARS
    low = _line_start(text, min(max(0, low), len(text) - 1))
    high = low + PART_CHARS
    return low, len(text) if high + _SNAP_CHARS >= len(text) else _line_start(text, high)


def _line_start(text: str, place: int) -> int:
    """Move back to the start of a line where one is near, so that no word is cut."""
    found = text.rfind("\n", max(0, place - _SNAP_CHARS), place)
    return found + 1 if found >= 0 else place


def _share(low: int, high: int, total: int) -> str:
    if high - low == total:
        return ""
    return f"{round(100 * low / total)}% a {round(100 * high / total)}% do documento"


def _part_href(href: str, passage: dict[str, int], begin: int) -> str:
    return f"{href}?{urlencode({**passage, 'de': begin})}"
