"""Join lines into text, deciding for each hyphen at a line's end whether it belongs to the word."""

import re
from collections.abc import Iterable
from functools import cached_property

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TAIL = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]$")
_HEAD = re.compile(r"[^\W\d_]+")
_PRONOUNS = frozenset(
    ("se", "lo", "la", "los", "las", "me", "te", "lhe", "lhes", "nos", "vos", "no", "na", "nas",
     "o", "a", "os", "as")
)  # fmt: skip
# Prefixes that keep their hyphen in Portuguese spelling.
_PREFIXES = frozenset(
    (
        "ex",
        "vice",
        "pré",
        "pós",
        "pró",
        "recém",
        "além",
        "aquém",
        "sem",
        "bem",
        "não",
        "sub",
        "grão",
    )
)


class Joiner:
    """Join lines with what the document itself shows about its words."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = list(lines)

    def join(self, lines: list[str]) -> str:
        """Return the lines as one text: parted words whole, compounds with their hyphen."""
        text = lines[0]
        for line in lines[1:]:
            tail = _TAIL.search(text)
            head = _HEAD.match(line)
            if tail and head:
                text = text[:-1] + self._hyphen(tail.group(1), head.group()) + line
            elif text.endswith("\u00ad"):
                text = text[:-1] + ("-" if line[:1].isdigit() else "") + line
            else:
                text += " " + line
        return text

    def _hyphen(self, left: str, right: str) -> str:
        first, second = left.lower(), right.lower()
        if right[0].isupper() and not left.isupper():
            return "-"
        if first in _PREFIXES:
            return "-"
        if first + second in self._words:
            return ""
        if f"{first}-{second}" in self._words:
            return "-"
        if first in self._words and (
            second in _PRONOUNS or (len(first) > 3 and len(second) > 3 and second in self._words)
        ):
            return "-"
        return ""

    @cached_property
    def _words(self) -> frozenset[str]:
        words: set[str] = set()
        for line in self._lines:
            found = _WORD.findall(line.lower())
            # The last word of a parted line is only half a word.
            if line.endswith(("-", "\u00ad", "\u2010")):
                found = found[:-1]
            words.update(found)
            words.update(part for word in found if "-" in word for part in word.split("-"))
        return frozenset(words)
