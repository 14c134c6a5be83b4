"""Small raised letters of a PDF's lines: the º of 1º, the ² of m², the marks of footnotes. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from cogep_assist.pipeline.parse.pdf_layout import Line
from cogep_assist.pipeline.parse.raised import read_raised

# Tells whether the character at a place of a line is smaller than its first and stands higher.
Raised = Callable[[int], bool]

_CANDIDATE = re.compile(
    r"(?<=\d)(?:os?|as?)(?![^\W\d_])|(?<=\b[nN])os?(?![^\W\d_])"
    r"|(?<=\b10)\d{1,2}(?!\w)"
    r"|(?:(?<=[^\W\d_])|(?<=[^\W\d_][.,;:!?”\")]))\d{1,3}(?![\d,.º]*\w)"
)
_DIGIT = re.compile("[0-9]")
_OPEN = ("no", "No", "NO")
_ENDS_RAISED = re.compile(r"(?:\d[ºª]s?|\b[nN]º|[¹²³])$")
# In heights of the line: how far apart its pieces may stand, and lie above each other. Behind an
# ordinal the spaces of a justified line may be wide.
_GAP = 0.6
_WIDE_GAP = 0.9
_LEVEL = 0.25
_SPACE = 0.12


def with_raised(text: str, is_raised: Raised) -> str:
    """Return a line with its ordinals and powers as such, and without the marks of footnotes.

    Only what looks like one of these is asked about.
    """
    # Behind "no" at its end the number may stand on the next line; most lines hold no digit.
    if _DIGIT.search(text) is None and not text.endswith(_OPEN):
        return text
    parts: list[str] = []
    place = 0
    for found in _CANDIDATE.finditer(text):
        if not is_raised(found.start()):
            continue
        parts.append(text[place : found.start()])
        parts.append(read_raised(found.group(), text[: found.start()]))
        place = found.end()
    return "".join(parts) + text[place:] if parts else text


def rejoined(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with those made one that the engine parted behind a raised letter."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last, line):
            gap = line.left - last.right
            between = " " if gap > _SPACE * line.size else ""
            joined[-1] = replace(last, text=last.text + between + line.text, right=line.right)
        else:
            joined.append(line)
    return joined


def _goes_on(last: Line, line: Line) -> bool:
    if last.table is not None or line.table is not None or last.text.endswith("\u00ad"):
        return False
    if abs(last.bottom - line.bottom) >= _LEVEL * line.size:
        return False
    gap = line.left - last.right
    if not -_LEVEL * line.size < gap < _WIDE_GAP * line.size:
        return False
    return gap < _GAP * line.size or _ENDS_RAISED.search(last.text) is not None
