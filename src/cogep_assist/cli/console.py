"""Writing for people and for machines: one console each way, and text made safe to show."""

import json
import sys
import unicodedata
from functools import cache
from typing import Any

from rich.console import Console
from rich.table import Table

# Piped output has no width of its own; wrapping it at 80 columns would cut tables short.
_PIPE_WIDTH = 160
_KEPT = {"\n", "\t"}


@cache
def out() -> Console:
    """Return the console of standard output."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Return the console of standard error: progress and remarks."""
    return _console(stderr=True)


def print_json(value: Any) -> None:
    """Write one JSON document to standard output, in UTF-8 and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def safe(text: str | None) -> str:
    """Remove control and direction characters: a document must not drive the terminal."""
    return "".join(
        character
        for character in text or ""
        if character in _KEPT or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )


def one_line(text: str | None, limit: int = 200) -> str:
    """Put a text on one line, cut at a word where it is longer than ``limit``."""
    joined = " ".join(safe(text).split())
    if len(joined) <= limit:
        return joined
    return joined[:limit].rsplit(" ", 1)[0] + " …"


def table(*headings: str, whole: int = 0) -> Table:
    """Return a plain table with these headings; the first ``whole`` columns are never broken."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        made.add_column(heading, overflow="fold", no_wrap=place < whole)
    return made


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)
