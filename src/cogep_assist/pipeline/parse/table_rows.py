"""Write the rows of a spreadsheet so that each is understood without the others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.column_names import name_columns, names_a_column
from cogep_assist.pipeline.parse.table_heads import differ, is_value
from cogep_assist.pipeline.parse.table_model import Row
from cogep_assist.pipeline.parse.table_writing import MAX_COLUMNS, TableWriter, cell_of

__all__ = ["MAX_COLUMNS", "TableRows"]

_LOOK_AHEAD = 12
_LONGEST_CODE = 3
_NUMBER = re.compile(r"[-+(]?(?:R\$ ?)?\d[\d.,/:%() -]*$")
# Column -> the columns and rows that its cell covers, where that is more than itself.
Spans = Mapping[int, tuple[int, int]]
_NO_SPANS: Spans = {}


class TableRows:
    """Find the header among the first rows, then join it to every row: ``Cargo: Analista | ...``.

    A table without a recognisable header keeps its rows as they are. Lines before the header (a
    title, a date) are paragraphs. Below an empty row, lines that have a header of their own are
    the next table.
    """

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._writer: TableWriter | None = None
        self._waiting: list[Row] = []
        self._head: Row | None = None
        self._after_gap = False
        builder.separate()

    def add(self, cells: Sequence[str], spans: Spans = _NO_SPANS) -> None:
        """Take the next row; empty ones only part what stands above from what stands below."""
        row = _row(cells, spans)
        if not row.cells:
            self._part(row)
            return
        if self._writer is not None and not self._after_gap:
            self._writer.add(row)
            return
        self._waiting.append(row)
        if len(self._waiting) >= _LOOK_AHEAD:
            self._decide()

    def finish(self) -> None:
        """Write what still waits for the header to be found."""
        if self._waiting:
            self._decide()
        if self._writer is not None:
            self._writer.finish()

    def _part(self, empty: Row) -> None:
        if self._writer is None:
            place = _header_place(self._waiting)
            if place is None or place > len(self._waiting) - 2:
                if self._waiting:
                    self._waiting.append(empty)
                return
        if self._waiting:
            self._decide()
        if self._writer is not None:
            self._writer.add(empty)
        self._after_gap = True

    def _decide(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._after_gap = False
        place = _header_place(waiting)
        if self._writer is not None and not self._is_another(waiting, place):
            for row in waiting:
                self._writer.add(row)
            return
        if self._writer is not None:
            self._writer.finish()
        if place is not None:
            for row in waiting[:place]:
                self._builder.add("paragraph", row.text)
            self._head = waiting[place]
            heads = _is_header(waiting[place], waiting[place + 1 :])
            waiting = [replace(waiting[place], heads=heads), *waiting[place + 1 :]]
        self._writer = TableWriter(self._builder)
        for row in waiting:
            self._writer.add(row)

    def _is_another(self, rows: Sequence[Row], place: int | None) -> bool:
        """Tell whether rows below an empty one have a header, the same again or one of values."""
        if place is None:
            return False
        names = rows[place].cells
        if self._head is not None and _texts(self._head) == _texts(rows[place]):
            return True
        return differ(names, [cell for row in rows[place + 1 :] for cell in row.cells])


def _row(cells: Sequence[str], spans: Spans) -> Row:
    made = []
    for column, text in enumerate(cells[:MAX_COLUMNS]):
        if text and (text := text.strip()):
            columns, rows = spans.get(column, (1, 1))
            made.append(cell_of(text, column, columns=columns, rows=rows))
    return Row(tuple(cell for cell in made if cell.lines))


def _texts(row: Row) -> list[tuple[int, str]]:
    return [(cell.column, cell.text.lower()) for cell in row.cells]


def _is_header(first: Row, below: Sequence[Row]) -> bool:
    """Tell a header from a name and what it means, as which two columns may as well be read.

    In doubt it is none: "Nome: Cidade" loses a head, "Prazo: Custo | Sim: Não" says what is false.
    """
    if max(cell.reach.stop for row in (first, *below) for cell in row.cells) > 2:
        return True
    second = [cell.text for row in below for cell in row.cells if cell.column == 1]
    name = first.cells[-1].text
    if not second or any(map(str.isdigit, name)) or is_value(name):
        return False
    if name.lower() in map(str.lower, second):
        return False
    if names_a_column(name) and names_a_column(first.cells[0].text):
        return True
    if name_columns([cell.text for row in below for cell in row.cells if cell.column == 0]):
        return False
    if names_a_column(name) or all(map(is_value, second)):
        return True
    # What names mean is told once for each, and in more than two or three letters.
    return len(set(second)) < len(second) or median(map(len, second)) <= _LONGEST_CODE


def _header_place(rows: Sequence[Row]) -> int | None:
    """Return the index of the header: the first full row of distinct names above fuller data."""
    if sum(bool(row.cells) for row in rows) < 2:
        return None
    usual = max(cell.reach.stop for row in rows for cell in row.cells)
    if usual < 2:
        return None
    for index, row in enumerate(rows[:-1]):
        filled = [cell.text for cell in row.cells]
        if sum(cell.columns for cell in row.cells) < max(2, usual * 0.6) or len(filled) < 2:
            continue
        names = all(len(cell) <= 80 and not _NUMBER.match(cell) for cell in filled)
        distinct = len({cell.lower() for cell in filled}) == len(filled)
        return index if names and distinct else None
    return None
