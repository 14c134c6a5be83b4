"""Cells of a CSV that people open in a spreadsheet."""

import unicodedata

# A spreadsheet takes a cell that begins so for a formula, in full width too (OWASP, CSV injection).
_RUNS = ("=", "+", "-", "@")
_BLANK_RUNS = frozenset("\t\r\n")


def told_cell(text: str) -> str:
    """Return a text that no spreadsheet runs: one that it would run gets a quote in front.

    Some pass over blanks, and signs that nobody sees, before they look.
    """
    if text[:1] in _BLANK_RUNS:
        return f"'{text}"
    first = next((c for c in text if not _is_unseen(c)), "")
    return f"'{text}" if unicodedata.normalize("NFKC", first).startswith(_RUNS) else text


def plain_cell(cell: str) -> str:
    """Return what was written before ``told_cell``."""
    return cell[1:] if cell.startswith("'") and told_cell(cell[1:]) == cell else cell


def _is_unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}
