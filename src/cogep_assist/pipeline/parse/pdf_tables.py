"""Find the tables of a PDF page, by its rules and by how its words stand. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cogep_assist.pipeline.parse.pdf_aligned import Aligned, find_aligned
from cogep_assist.pipeline.parse.pdf_grid import Grid, Slot
from cogep_assist.pipeline.parse.pdf_rules import Rules
from cogep_assist.pipeline.parse.pdf_words import Word, bounds, cell_lines, text_rows
from cogep_assist.pipeline.parse.table_lines import Bold, rows_of_lines
from cogep_assist.pipeline.parse.table_model import MAX_COLUMNS, Cell, Row, Table

# A row so tall, of a grid with so few rows, holds the lines of many.
_TALL = 3
_FEW_BANDS = 3
_MAX_RULES = 1_000
_SPLIT_SHARE = 0.7
# In points: how far words may reach over the edge of their column.
_OVER = 2.0


@dataclass(frozen=True)
class Placed:
    """A table with the words that each of its rows is made of."""

    table: Table
    rows: list[list[Word]]

    @cached_property
    def words(self) -> list[Word]:
        """All words of the table."""
        return [word for row in self.rows for word in row]

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """The left, right, bottom and top of what stands in it."""
        return bounds(self.words)


def find_tables(
    words: Sequence[Word], grids: Sequence[Grid], rules: Rules, is_bold: Bold
) -> list[Placed]:
    """Return the tables on a page, from top to bottom."""
    found = []
    free = list(words)
    for grid in grids:
        inside = [word for word in free if grid.holds(*word.middle)]
        placed = _from_grid(grid, inside, is_bold)
        if placed is not None:
            found.append(placed)
            taken = {id(word) for word in placed.words}
            free = [word for word in free if id(word) not in taken]
    upright = text_rows(word for word in free if not word.turned)
    found += [
        _from_lines(each, is_bold) for each in find_aligned(upright, rules.level[:_MAX_RULES])
    ]
    return sorted(found, key=lambda placed: -placed.bounds[3])


def _from_grid(grid: Grid, words: Iterable[Word], is_bold: Bold) -> Placed | None:
    held: dict[Slot, list[Word]] = {}
    for word in words:
        slot = grid.place(*word.middle)
        if slot is not None:
            held.setdefault(slot, []).append(word)
    held = _parted(grid, held)
    columns = {slot.column for slot in held}
    bands = {slot.row for slot in held}
    if len(columns) < 2 or len(columns) > MAX_COLUMNS:
        return None
    if len(bands) <= _FEW_BANDS:
        split = _split(grid, held, is_bold)
        if split is not None:
            return split
    if len(bands) < 2 or _is_smeared(grid, held):
        return None
    rows: list[Row] = []
    parts: list[list[Word]] = []
    for band in range(len(grid.ys) - 1):
        own = sorted((slot for slot in held if slot.row == band), key=lambda slot: slot.column)
        rows.append(Row(tuple(_cell(slot, held[slot], is_bold) for slot in own)))
        parts.append([word for slot in own for word in held[slot]])
    return Placed(Table(rows, tuple(grid.xs)), parts)


def _cell(slot: Slot, words: list[Word], is_bold: Bold) -> Cell:
    return Cell(cell_lines(words), slot.column, slot.columns, slot.rows, is_bold(words[0]))


def _parted(grid: Grid, held: dict[Slot, list[Word]]) -> dict[Slot, list[Word]]:
    """Part cells without a rule between them where their words keep to the columns of the others.

    Every other row of a striped table has no edges of its own.
    """
    found: dict[Slot, list[Word]] = {}
    for slot, words in held.items():
        for own, part in _by_column(grid, slot, words) if slot.columns > 1 else [(slot, words)]:
            found.setdefault(own, []).extend(part)
    return found


def _by_column(grid: Grid, slot: Slot, words: list[Word]) -> list[tuple[Slot, list[Word]]]:
    parts: dict[int, list[Word]] = {}
    for row in text_rows(word for word in words if not word.turned):
        for piece in row.pieces:
            column = bisect_right(grid.xs, piece.left + _OVER) - 1
            if piece.right > grid.xs[min(column + 1, len(grid.xs) - 1)] + _OVER:
                return [(slot, words)]
            parts.setdefault(column, []).extend(piece.words)
    if len(parts) < 2:
        return [(slot, words)]
    return [(Slot(column, slot.row, 1, slot.rows), part) for column, part in parts.items()]


def _is_smeared(grid: Grid, held: dict[Slot, list[Word]]) -> bool:
    """Tell whether rules part only some columns: most rows are one cell with pieces in it."""
    wide = [slot for slot in held if slot.columns == len(grid.xs) - 1]
    apart = [
        slot
        for slot in wide
        if sum(len(row.pieces) > 1 for row in text_rows(held[slot])) > len(wide) / 2
    ]
    return len(apart) * 2 > len({slot.row for slot in held})


def _split(grid: Grid, held: dict[Slot, list[Word]], is_bold: Bold) -> Placed | None:
    """Return the rows of a grid that has rules between its columns alone."""
    tall = [slot for slot in held if len(text_rows(held[slot])) >= _TALL]
    if len(tall) < 2 or len({slot.row for slot in tall}) != 1:
        return None
    band = tall[0].row
    lines = text_rows(word for slot in held if slot.row == band for word in held[slot])
    found = Aligned(lines, grid.xs[:-1], [])
    beside = [row for row in lines if len({found.column(piece) for piece in row.pieces}) > 1]
    valued = [row for row in beside if any(any(map(str.isdigit, p.text)) for p in row.pieces[1:])]
    if len(valued) < max(_TALL, _SPLIT_SHARE * len(lines)):
        return None
    rules = grid.ys[1:-1]
    every = [word for slot in held for word in held[slot]]
    return _from_lines(Aligned(text_rows(every), grid.xs[:-1], rules), is_bold)


def _from_lines(found: Aligned, is_bold: Bold) -> Placed:
    rows, lines = rows_of_lines(found, is_bold)
    parts = [[word for row in own for piece in row.pieces for word in piece.words] for own in lines]
    end = max(row.right for row in found.rows)
    return Placed(Table(rows, (*found.edges, end)), parts)
