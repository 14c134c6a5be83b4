"""Write the rows of a spreadsheet so that each is understood without the others."""

import re
from collections.abc import Sequence

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.clean import one_line

_LOOK_AHEAD = 12
_NUMBER = re.compile(r"[-+(]?(?:R\$ ?)?\d[\d.,/:%() -]*$")
MAX_COLUMNS = 2_000


class TableRows:
    """Find the header among the first rows, then join it to every row: ``Cargo: Analista | ...``.

    A table without a recognisable header keeps its rows as they are. Lines before the header (a
    title, a date) are paragraphs.
    """

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._waiting: list[list[str]] = []
        self._header: list[str] | None = None
        self._decided = False
        builder.separate()

    def add(self, cells: Sequence[str]) -> None:
        """Take the next row; empty ones are dropped."""
        clean = [one_line(cell) for cell in cells[:MAX_COLUMNS]]
        while clean and not clean[-1]:
            clean.pop()
        if not any(clean):
            return
        if self._decided:
            self._write(clean)
            return
        self._waiting.append(clean)
        if len(self._waiting) >= _LOOK_AHEAD:
            self._decide()

    def finish(self) -> None:
        """Write what still waits for the header to be found."""
        if not self._decided:
            self._decide()

    def _decide(self) -> None:
        self._decided = True
        waiting, self._waiting = self._waiting, []
        place = _header_place(waiting)
        if place is not None:
            for row in waiting[:place]:
                self._builder.add("paragraph", " ".join(cell for cell in row if cell))
            self._header = waiting[place]
            waiting = waiting[place + 1 :]
            if not waiting:
                self._builder.add_row(self._header)
        for row in waiting:
            self._write(row)

    def _write(self, row: list[str]) -> None:
        if self._header is None:
            self._builder.add_row(row)
            return
        parts = []
        for index, cell in enumerate(row):
            if cell:
                name = self._header[index].rstrip(":") if index < len(self._header) else ""
                parts.append(f"{name}: {cell}" if name else cell)
        self._builder.add("table_row", " | ".join(parts))


def _header_place(rows: list[list[str]]) -> int | None:
    """Return the index of the header: the first full row of distinct names above fuller data."""
    if len(rows) < 2:
        return None
    usual = max(len(row) for row in rows)
    if usual < 2:
        return None
    for index, row in enumerate(rows[:-1]):
        filled = [cell for cell in row if cell]
        if len(filled) < max(2, usual * 0.6):
            continue
        names = all(len(cell) <= 80 and not _NUMBER.match(cell) for cell in filled)
        distinct = len({cell.lower() for cell in filled}) == len(filled)
        return index if names and distinct else None
    return None
