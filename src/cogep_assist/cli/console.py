"""Writing for people and for machines: one console each way, and text made safe to show."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from cogep_assist.cli.fitting_table import FittingTable
from cogep_assist.core.terminal import without_commands

# Piped output has no width of its own; wrapping it at 80 columns would cut tables short.
_PIPE_WIDTH = 160
_KEPT = {"\n", "\t"}
# What json.dumps leaves as it is, though a terminal obeys it or shows the text in another order.
_DRIVING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class SafeConsole(Console):
    """Shows text as text: neither markup nor a command to the terminal in it has any effect.

    Titles, names, subjects and messages come from outside; only ``markup=True`` reads markup.
    """

    def render_str(self, text: str, **options: Any) -> Text:
        """Make a text of what is printed or put into a table."""
        return super().render_str(safe(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the pieces to write: those of the console itself may move the cursor, no other."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(safe(segment.text), segment.style)


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
    written = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(_DRIVING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", written) + "\n")


def safe(text: str | None) -> str:
    """Remove commands, control and direction characters: a document must not drive the terminal."""
    if not text or text.isprintable():
        return text or ""
    return "".join(
        character
        for character in without_commands(text)
        if character in _KEPT or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )


def one_line(text: str | None, limit: int = 200) -> str:
    """Put a text on one line, cut at a word where it is longer than ``limit``."""
    joined = " ".join(safe(text).split())
    if len(joined) <= limit:
        return joined
    return joined[:limit].rsplit(" ", 1)[0] + " …"


def table(*headings: str, whole: int = 0) -> Table:
    """Return a plain table with these headings; the first ``whole`` columns are never broken.

    On a terminal that is too narrow for it, its rows are shown as records.
    """
    made = FittingTable(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        made.add_column(heading, overflow="fold", no_wrap=place < whole)
    return made


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return SafeConsole(
        stderr=stderr, width=width, highlight=False, soft_wrap=False, markup=False, emoji=False
    )
