"""What a printed document is made of: headings, texts, facts and tables."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part of the document."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text; its line breaks are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one pair a line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``widths`` are shares of the page's width; none: all alike."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()


Part = Heading | Words | Facts | Grid
