"""A text as detection reads it, with the way back to the characters that were given."""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

# Invisible characters and accents written as characters of their own: they break numbers
# and words for a reader of code points and for no person.
_DROPPED = re.compile(
    "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0f\ufeff]"
)


@dataclass(frozen=True, slots=True)
class _Tables:
    plain: dict[int, str]
    lower: dict[int, str]


class FoldedText:
    """A text with one form of digits, dashes and spaces, and the same without case or accents.

    ``plain`` keeps letters as they are; ``lower`` has the same length. ``place`` leads from
    a position in them to the position in the text that was given.
    """

    def __init__(self, text: str) -> None:
        self._origin: list[int] | None = None
        if not text.isascii() and _DROPPED.search(text):
            kept = [at for at, character in enumerate(text) if not _DROPPED.match(character)]
            self._origin = [*kept, len(text)]
            text = "".join(text[at] for at in kept)
        # Most texts have accents and nothing else to be made plain: looking costs less than making.
        same = text.isascii() or not _MADE_PLAIN.search(text)
        self.plain = text if same else text.translate(_TABLES.plain)
        self._length = len(text)

    @cached_property
    def lower(self) -> str:
        """Return the text for words: lower case, no accents."""
        if self.plain.isascii():
            return self.plain.lower()
        return _BEYOND_ASCII.sub(_without_accent, self.plain).lower()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the folded text lies in the text as given."""
        if self._origin is None:
            return start, end
        return self._origin[start], self._origin[end - 1] + 1

    def position(self, place: int) -> int:
        """Return where a character of the text as given lies in the folded text."""
        return place if self._origin is None else bisect_left(self._origin, place)


def _tables() -> _Tables:
    plain: dict[int, str] = {}
    lower: dict[int, str] = {}
    for code in (*range(0x80, 0x250), *range(0x1E00, 0x2070), 0x2212, *range(0x3000, 0x3001)):
        _fold(chr(code), plain, lower)
    for code in (
        *range(0x0660, 0x066A),
        *range(0x06F0, 0x06FA),
        *range(0xFF01, 0xFF5F),
        0xFE58,
        0xFE63,
    ):
        _fold(chr(code), plain, lower)
    return _Tables(plain, lower)


def _fold(character: str, plain: dict[int, str], lower: dict[int, str]) -> None:
    category = unicodedata.category(character)
    base = unicodedata.normalize("NFKD", character)[0]
    if category == "Nd":
        plain[ord(character)] = str(unicodedata.digit(character))
    elif category == "Pd" or character == "\u2212":
        plain[ord(character)] = "-"
    elif category in {"Zs", "Zl", "Zp"}:
        plain[ord(character)] = " " if category == "Zs" else "\n"
    elif ord(character) >= 0xFF01 and base.isascii():
        plain[ord(character)] = base
    elif category[0] == "L" and base.isascii() and base.isalpha() and character not in "ªº":
        lower[ord(character)] = base.lower()


def _without_accent(found: re.Match[str]) -> str:
    return _TABLES.lower.get(ord(found[0]), found[0])


_TABLES = _tables()
_MADE_PLAIN = re.compile(f"[{''.join(map(chr, _TABLES.plain))}]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
