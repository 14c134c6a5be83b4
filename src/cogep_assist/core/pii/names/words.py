"""Words of a text as the model of names reads them."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from cogep_assist.core.pii.folding import FoldedText

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[0-9]+(?:[.,/:-][0-9]+)*|\n|[^\w\s]|_+")
_LONGEST_WORD = 40
# A line in capitals may hold a preposition or two, a line in small letters an acronym.
_MOST_OTHERS = 0.34
# How a broken line is called among the words.
BREAK = "¶"


class Word(NamedTuple):
    """One word or sign: its place, its form without case and accents, and its shape."""

    start: int
    end: int
    lower: str
    shape: str


def words_of(text: FoldedText) -> list[Word]:
    """Return the words and signs of a text in order; a broken line is a sign."""
    found = (match.span() for match in _WORD.finditer(text.plain))
    lines = groupby(found, key=_LineCount(text.plain))
    return [word for _, line in lines for word in _shaped(text, list(line))]


class _LineCount:
    """Number the lines that spans lie in, each with the break that ends it."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._line = 0

    def __call__(self, span: tuple[int, int]) -> int:
        line = self._line
        self._line += self._plain[span[0]] == "\n"
        return line


def _shaped(text: FoldedText, spans: list[tuple[int, int]]) -> Iterator[Word]:
    plain, lower = text.plain, text.lower
    surfaces = [plain[start:end] for start, end in spans]
    caseless = case_tells_nothing(surfaces)
    for (start, end), surface in zip(spans, surfaces, strict=True):
        if surface == "\n":
            yield Word(start, end, BREAK, BREAK)
            continue
        form = lower[start : min(end, start + _LONGEST_WORD)]
        yield Word(start, end, form, _shape(surface, caseless=caseless))


def case_tells_nothing(surfaces: list[str]) -> bool:
    """Tell whether a line is written in small letters or in capitals throughout."""
    words = [surface for surface in surfaces if surface[0].isalpha()]
    if any(word[0].isupper() and not word.isupper() for word in words):
        return False
    capitals = sum(word.isupper() for word in words)
    if capitals <= _MOST_OTHERS * len(words):
        return True
    small = sum(word.islower() and len(word) > 3 for word in words)
    return len(words) > 1 and small == 0 and len(words) - capitals <= _MOST_OTHERS * len(words)


def _shape(surface: str, *, caseless: bool) -> str:
    first = surface[0]
    if first.isdigit():
        return "9" if len(surface) < 5 else "99"
    if not first.isalpha():
        return first
    if caseless:
        return "l"
    if first.islower():
        return "x" if surface.islower() else "xX"
    if len(surface) == 1:
        return "X"
    return "XX" if surface.isupper() else "Xx" if surface[1:].islower() else "XxX"
