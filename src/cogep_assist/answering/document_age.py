"""Since when documents hold, as they say it themselves. Pure."""

import re
from collections.abc import Iterable

from cogep_assist.answering.grounding_numbers import Date, read_dates
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import fold

_SINCE = re.compile(
    r"\b(?:vigente|vigencia|vigora|em vigor|valid[oa]s?|atualizad[oa]|revisad[oa])\b"
    # "Válida até" tells the end.
    r"(?:(?!\bate\b)[^\n]){0,60}"
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


def holds_since(hits: Iterable[Hit]) -> tuple[int, int, int] | None:
    """Return the latest (year, month, day) that a document's passages say that it holds from.

    A date or a year in its title counts where the passages say none; None where nothing tells.
    """
    passages = list(hits)
    said = [date for hit in passages for date in _since(fold(hit.text))]
    title = fold(passages[0].title) if passages else ""
    titled = [key for date in read_dates(title)[0] if (key := _key(date))]
    years = [(int(year), 0, 0) for year in _YEAR.findall(title)]
    return max(said or titled or years, default=None)


def _since(folded: str) -> Iterable[tuple[int, int, int]]:
    """Yield the first date after each word that tells since when."""
    for match in _SINCE.finditer(folded):
        found = [key for date in read_dates(match.group())[0] if (key := _key(date))]
        yield from found[:1]


def _key(date: Date) -> tuple[int, int, int] | None:
    return None if date.year is None else (date.year, date.month, date.day or 0)
