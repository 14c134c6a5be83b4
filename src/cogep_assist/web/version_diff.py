"""What changed between two versions of a document, line by line."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

# Comparing is quadratic at worst: longer texts are compared by their beginning.
MOST_LINES = 4_000
CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line that stayed, came or went; or where lines that stayed are left out."""

    kind: str
    text: str


def version_diff(before: str, after: str) -> tuple[list[DiffLine], bool]:
    """Return the changed lines with some around them, and whether the texts were cut."""
    old, new = before.splitlines(), after.splitlines()
    cut = max(len(old), len(new)) > MOST_LINES
    matcher = difflib.SequenceMatcher(None, old[:MOST_LINES], new[:MOST_LINES], autojunk=False)
    lines: list[DiffLine] = []
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        if lines:
            lines.append(DiffLine("gap", ""))
        for tag, a, b, c, d in group:
            lines += _lines(tag, old[a:b], new[c:d])
    return lines, cut


def _lines(tag: str, old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    if tag == "equal":
        return [DiffLine("same", text) for text in old]
    gone = [DiffLine("gone", text) for text in old]
    return gone + [DiffLine("came", text) for text in new]
