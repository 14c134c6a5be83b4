"""Put the lines of a table that has no rules between its rows into rows. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from cogep_assist.pipeline.parse.pdf_aligned import Aligned
from cogep_assist.pipeline.parse.pdf_words import Piece, TextRow, Word
from cogep_assist.pipeline.parse.table_model import Cell, Row

Bold = Callable[[Word], bool]

_VALUE = re.compile(r"^[-+(]?(?:R\$ ?|US\$ ?)?\d[\d.,/:%ºª°h ()-]*$|^[xX✓–—-]$")
# The words that no cell ends with.
_OPEN = re.compile(r"(?:[,;-]| (?:d[aeo]s?|e|ou|com|para|por|em|n[ao]s?|ao?s?|à|sem))$")
# Two distances between lines, of which the greater is this much more, part rows.
_WIDER = 1.25
# Of the columns a line must fill, to count as a row by itself.
_FULL = 0.6
_MOST_HEADS = 4


def rows_of_lines(found: Aligned, is_bold: Bold) -> tuple[list[Row], list[list[TextRow]]]:
    """Return the rows of a table, its wrapped cells whole, and the lines that each is made of.

    What the first rule parts off is the head.
    """
    lines = [_Line(found, row, is_bold) for row in found.rows]
    bands = _bands(found)
    if _ruled_apart(lines, bands):
        starts = [not place or bands[place] != bands[place - 1] for place in range(len(lines))]
    else:
        starts = _starts(lines)
    heads = _heads(bands)
    rows: list[Row] = []
    parts: list[list[TextRow]] = []
    for place, (line, begins) in enumerate(zip(lines, starts, strict=True)):
        if begins or rows[-1].heads != (place < heads):
            rows.append(Row(line.cells, heads=place < heads))
            parts.append([line.row])
        else:
            rows[-1] = rows[-1].going_on(Row(line.cells))
            parts[-1].append(line.row)
    return _carried(rows, _value_columns(lines)), parts


class _Line:
    """A line of the page as cells of a table, with what it takes to tell rows apart."""

    def __init__(self, found: Aligned, row: TextRow, is_bold: Bold) -> None:
        self.row = row
        pieces: dict[int, list[Piece]] = {}
        for piece in row.pieces:
            pieces.setdefault(found.column(piece), []).append(piece)
        self.cells = tuple(
            Cell(
                (" ".join(piece.text for piece in own),),
                column,
                max(found.column(own[-1]) + found.reach(own[-1]) - column, 1),
                bold=is_bold(own[0].words[0]),
            )
            for column, own in sorted(pieces.items())
        )
        self.filled = set(pieces)
        self.full = len(self.filled) >= max(2, _FULL * len(found.edges))

    def values(self, columns: set[int]) -> set[int]:
        """Return in which of some columns it has a value."""
        return {c.column for c in self.cells if c.column in columns and _VALUE.match(c.text)}


def _bands(found: Aligned) -> list[int]:
    """Return for each line how many rules lie above it."""
    return [sum(rule > (row.bottom + row.top) / 2 for rule in found.rules) for row in found.rows]


def _ruled_apart(lines: Sequence[_Line], bands: Sequence[int]) -> bool:
    """Tell whether every row has a rule below it, and not only the head and the last."""
    parts = len(set(bands))
    if parts < 3:
        return False
    full = [sum(line.full for line, own in zip(lines, bands, strict=True) if own == band)
            for band in set(bands)]  # fmt: skip
    return max(full) <= 1 or parts >= 0.34 * len(lines)


def _heads(bands: Sequence[int]) -> int:
    """Return how many lines the first rule within parts off as the head."""
    above = sum(band == bands[0] for band in bands)
    return above if above <= _MOST_HEADS and above < len(bands) else 0


def _starts(lines: Sequence[_Line]) -> list[bool]:
    columns = _value_columns(lines)
    steps = [one.row.top - two.row.top for one, two in pairwise(lines)]
    least = min(steps, default=0.0)
    bimodal = max(steps, default=0.0) >= _WIDER * least
    starts = [True]
    last = lines[0]
    for line, step in zip(lines[1:], steps, strict=True):
        close = step < _WIDER * least
        begins = _begins(last, line, columns, close=close, bimodal=bimodal)
        starts.append(begins)
        if begins:
            last = line
    return starts


def _begins(last: _Line, line: _Line, columns: set[int], *, close: bool, bimodal: bool) -> bool:
    """Tell whether a line begins a row, or goes on with cells of the one above it."""
    if not close:
        return True
    if line.values(columns):
        return bool(last.values(columns)) or {0} <= line.filled & last.filled
    if 0 not in line.filled:
        return not line.filled <= last.filled
    first = next((cell.text for cell in line.cells if cell.column == 0), "")
    above = next((cell.text for cell in last.cells if cell.column == 0), "")
    if first[:1].islower() or _OPEN.search(above):
        return False
    return not (bimodal and columns and last.values(columns))


def _value_columns(lines: Sequence[_Line]) -> set[int]:
    """Return the columns that mostly say values."""
    found: dict[int, list[bool]] = {}
    for line in lines:
        for cell in line.cells:
            found.setdefault(cell.column, []).append(_VALUE.match(cell.text) is not None)
    return {column for column, said in found.items() if sum(said) >= 0.5 * len(said)}


def _carried(rows: list[Row], columns: set[int]) -> list[Row]:
    """Let a first cell go for the rows below that leave theirs empty but have values."""
    opened: int | None = None
    for place, row in enumerate(rows):
        if row.cells and row.cells[0].column == 0:
            opened = None if row.heads or len(row.cells) < 2 else place
        elif opened is not None and any(cell.column in columns for cell in row.cells):
            above = rows[opened]
            first = replace(above.cells[0], rows=place - opened + 1)
            rows[opened] = replace(above, cells=(first, *above.cells[1:]))
    return rows
