"""Write the rows of a table so that each is understood without the others. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cogep_assist.pipeline.parse.table_heads import (
    LONGEST_NAME,
    are_pairs,
    has_values,
    head_depth,
    spanned,
)
from cogep_assist.pipeline.parse.table_model import Cell, Row

# How the lines of a cell become one text.
Join = Callable[[list[str]], str]

# Rows that are looked at before the head is decided on, where rows come one by one.
LOOK_AHEAD = 300
# What sums up all groups belongs to none.
_SUM = re.compile(r"(?:sub)?total\b|soma\b|m[ée]dia\b", re.IGNORECASE)
# What stands below a table and speaks of it.
_NOTE = re.compile(r"(?:fontes?|notas?|obs\.?|observaç(?:ão|ões)) ?:|\*|\(\d{1,2}\)", re.IGNORECASE)
# What is longer than this is said where it stands, and not again in each row that it covers.
_LONGEST_CARRIED = 200
# A row that is longer is told in several lines, each under the row's name.
_LONGEST_LINE = 1_200
_BAR = " | "


@dataclass(frozen=True, slots=True)
class Told:
    """What is written of the row ``place``: a line of the table, or words that stand over it."""

    kind: str
    text: str
    place: int


def told_rows(rows: Sequence[Row], join: Join = " ".join) -> list[Told]:
    """Return each row with the names of its columns: ``Destino: Brasília | Valor: 581,00``.

    What stands over several rows, a merged cell or the name of a group, is said in each of them. A
    table of names and what they mean has a line for each name; one without a head keeps its rows.
    """
    teller = RowTeller(join, look_ahead=len(rows) + 1)
    return [told for row in rows for told in teller.add(row)] + teller.finish()


class RowTeller:
    """Tell the rows of a table as they come, once enough of them show what its head is."""

    def __init__(self, join: Join = " ".join, *, look_ahead: int = LOOK_AHEAD) -> None:
        self.names: list[str] = []
        self._join = join
        self._look_ahead = look_ahead
        self._place = 0
        self._waiting: list[tuple[int, Row]] = []
        self._body: _Body | None = None

    def add(self, row: Row) -> list[Told]:
        """Take the next row, counted from 0; return what can be told by now."""
        place, self._place = self._place, self._place + 1
        if not row.text.strip():
            return []
        if self._body is not None:
            return list(self._body.told(place, row))
        self._waiting.append((place, row))
        return self._decided() if len(self._waiting) >= self._look_ahead else []

    def finish(self) -> list[Told]:
        """Return what is still to be told."""
        told = self._decided() if self._body is None else []
        return told + (self._body.finish() if self._body is not None else [])

    def going_on(self, names: Sequence[str]) -> None:
        """Take the names of the columns from a table that this one goes on with."""
        self._body = _Body(list(names), self._join, len(names))
        self.names = list(names)

    def _decided(self) -> list[Told]:
        waiting, self._waiting = spanned(self._waiting), []
        width = _width(waiting)
        told: list[Told] = []
        while len(waiting) > 2 and self._is_title(waiting[0][1], width):
            place, row = waiting.pop(0)
            told.append(Told("paragraph", said(_only(row), self._join), place))
        rows = [row for _, row in waiting]
        depth = head_depth(rows, width)
        names = self._composed(rows[:depth], width) if depth else []
        if any(names):
            self.names = names
            heads = [_signature(row) for row in rows[:depth]]
            leaves_first = _leaves_first(rows[depth:])
            self._body = _Body(names, self._join, width, heads, leaves_first=leaves_first)
            if depth == len(rows):
                told.append(Told("table_row", _BAR.join(filter(None, names)), waiting[0][0]))
            waiting = waiting[depth:]
        else:
            pairs = width == 2 and are_pairs(rows)
            self._body = _Body([], self._join, width, pairs=pairs)
        return told + [each for place, row in waiting for each in self._body.told(place, row)]

    def _is_title(self, row: Row, width: int) -> bool:
        filled = [cell for cell in row.cells if cell.lines]
        return len(filled) == 1 and (filled[0].columns >= 0.6 * width or width > 2)

    def _composed(self, heads: Sequence[Row], width: int) -> list[str]:
        """Return what each column is called: under "Valor", "Valor – Capitais"."""
        parts: list[list[tuple[str, bool]]] = [[] for _ in range(width)]
        for row in heads:
            for cell in row.cells:
                text = said(cell, self._join).rstrip(":")
                for column in cell.reach if text else ():
                    if column < width and text not in [part for part, _ in parts[column]]:
                        parts[column].append((text, cell.columns > 1))
        return [_cut(_composed(each)) for each in parts]


class _Body:
    """The rows below the head, each under its names, and what stands over several of them."""

    def __init__(
        self,
        names: list[str],
        join: Join,
        width: int,
        heads: Sequence[tuple[tuple[int, str], ...]] = (),
        *,
        leaves_first: bool = False,
        pairs: bool = False,
    ) -> None:
        self._names = names
        self._join = join
        self._width = width
        self._heads = frozenset(heads)
        self._leaves_first = leaves_first
        self._pairs = pairs
        self._carried: list[tuple[int, Cell]] = []
        self._first: Cell | None = None
        self._group = ""
        # Whether the first row below the head is the name of a group, as it is where there are any.
        self._grouped: bool | None = None
        # The name of a group under which no row has stood yet.
        self._untold: Told | None = None

    def told(self, place: int, row: Row) -> Iterator[Told]:
        """Yield what is written of a row."""
        filled = [cell for cell in row.cells if cell.lines]
        if _signature(row) in self._heads:
            return
        self._carried = [(last, cell) for last, cell in self._carried if place <= last]
        over = [cell for _, cell in self._carried]
        self._carried += [(place + cell.rows - 1, cell) for cell in row.cells if cell.rows > 1]
        if not self._names:
            yield Told("table_row", _BAR.join(self._plain(self._with_carried(filled, over))), place)
            return
        if not over and self._is_note(filled):
            self._group = ""
            yield Told("table_row", said(filled[0], self._join), place)
            return
        names_group = not over and self._names_group(filled)
        self._grouped = names_group if self._grouped is None else self._grouped
        if names_group:
            if self._untold is not None:
                yield self._untold
            self._group = said(filled[0], self._join)
            self._untold = Told("table_row", self._group, place)
            return
        self._untold = None
        for text in self._lines(self._with_carried(filled, over)):
            yield Told("table_row", text, place)

    def finish(self) -> list[Told]:
        """Return the name of a group that has no rows."""
        return [self._untold] if self._untold is not None else []

    def _with_carried(self, filled: list[Cell], over: Sequence[Cell]) -> list[Cell]:
        """Return the cells of a row and those that cover it from above."""
        taken = {column for cell in filled for column in cell.reach}
        cells = [*filled, *(c for c in over if c.column not in taken and _is_short(c))]
        if filled and _SUM.match(said(filled[0], self._join)):
            self._group = ""
            self._first = None
        cells.sort(key=lambda cell: cell.column)
        if cells and cells[0].column == 0:
            self._first = cells[0]
        elif self._leaves_first and self._first is not None and _is_short(self._first):
            cells.insert(0, self._first)
        return cells

    def _lines(self, cells: Sequence[Cell]) -> Iterator[str]:
        parts = [self._part(cell) for cell in cells]
        line = [self._group] if self._group else []
        opening = [*line, *parts[:1]] if parts and len(parts[0]) <= _LONGEST_CARRIED else line
        length = sum(map(len, line))
        for place, part in enumerate(parts):
            if length + len(part) > _LONGEST_LINE and place > 1:
                yield _BAR.join(line)
                line, length = list(opening), sum(map(len, opening))
            line.append(part)
            length += len(part)
        yield _BAR.join(line)

    def _names_group(self, filled: Sequence[Cell]) -> bool:
        """Tell whether a row only names the rows below it."""
        if len(filled) != 1 or len([name for name in self._names if name]) < 2:
            return False
        only = filled[0]
        # A name alone may as well be a row whose values nobody filled in.
        alone = only.column == 0 and self._grouped is not False
        return (only.columns >= self._width or alone) and len(
            said(only, self._join)
        ) <= LONGEST_NAME

    def _is_note(self, filled: Sequence[Cell]) -> bool:
        """Tell whether a row is words about the table rather than one of its rows."""
        if len(filled) != 1 or filled[0].column or len(self._names) < 2:
            return False
        text = said(filled[0], self._join)
        if len(self._names) == 2:
            # There a name may as well be long, or numbered, and its value left empty.
            return text[:1].isalpha() and _NOTE.match(text) is not None
        return len(text) > LONGEST_NAME or _NOTE.match(text) is not None

    def _part(self, cell: Cell) -> str:
        names = self._names
        covered = list(dict.fromkeys(names[c] for c in cell.reach if c < len(names) and names[c]))
        if len(covered) > 3:
            covered = [f"{covered[0]} a {covered[-1]}"]
        name = ", ".join(covered) if cell.columns < self._width else ""
        text = said(cell, self._join)
        return f"{name}: {text}" if name and name != text else text

    def _plain(self, filled: Sequence[Cell]) -> list[str]:
        """Return cells as they are, but a name with what it means as one."""
        texts = [said(cell, self._join) for cell in filled]
        if self._pairs and len(texts) == 2:
            return [f"{texts[0].rstrip(':')}: {texts[1]}"]
        return _paired(texts)


def said(cell: Cell, join: Join) -> str:
    """Return what a cell says, on one line."""
    return join(list(cell.lines)).replace(_BAR, " / ") if cell.lines else ""


def _width(waiting: Sequence[tuple[int, Row]]) -> int:
    reach = [cell.reach.stop for _, row in waiting for cell in row.cells if cell.lines]
    return max(reach, default=0)


def _signature(row: Row) -> tuple[tuple[int, str], ...]:
    return tuple((cell.column, cell.text.strip().lower()) for cell in row.cells if cell.lines)


def _leaves_first(rows: Sequence[Row]) -> bool:
    """Tell whether the first column leaves empty what the row above says already.

    An empty cell may as well be one that nobody filled; only where most rows have one, and each
    of them values, is it the way of the table.
    """
    empty = [
        row
        for row in rows
        if row.cells and all(cell.column for cell in row.cells if cell.lines) and has_values(row)
    ]
    opened = rows and any(cell.column == 0 and cell.lines for cell in rows[0].cells)
    merged = any(cell.column == 0 and cell.rows > 1 for row in rows for cell in row.cells)
    return bool(opened) and not merged and len(empty) >= 0.5 * len(rows)


def _is_short(cell: Cell) -> bool:
    return bool(cell.lines) and sum(map(len, cell.lines)) <= _LONGEST_CARRIED


def _cut(name: str) -> str:
    if len(name) <= _LONGEST_CARRIED:
        return name
    return name[:_LONGEST_CARRIED].rsplit(" ", 1)[0].rstrip(" ,;–") + "…"


def _composed(parts: Sequence[tuple[str, bool]]) -> str:
    name = ""
    for text, spans in parts:
        name += text + (" – " if spans else " ")
    return name.rstrip(" –")


def _paired(texts: list[str]) -> list[str]:
    """Put what stands after "Nome:" with it."""
    parts: list[str] = []
    for text in texts:
        if parts and parts[-1].endswith(":"):
            parts[-1] += f" {text}"
        else:
            parts.append(text)
    return parts


def _only(row: Row) -> Cell:
    return next(cell for cell in row.cells if cell.lines)
