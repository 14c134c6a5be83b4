"""Cells of a CSV that people open in a spreadsheet."""

import unicodedata

# A spreadsheet takes a cell that begins so for a formula, in full width too (OWASP, CSV injection).
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def told_cell(text: str) -> str:
    """Return a text that no spreadsheet runs: one that it would run gets a quote in front."""
    return f"'{text}" if unicodedata.normalize("NFKC", text[:1]).startswith(_RUNS) else text
