"""The formats of the cells of a sheet, row by row as it is read."""

from collections.abc import Iterator, Mapping

from cogep_assist.pipeline.parse.number_format import NumberFormat

# Row, column, and how a number is shown there; rows from above to below.
Formatted = Iterator[tuple[int, int, NumberFormat]]


class SheetNumbers:
    """Hand out the formats of one row after another, holding no more than the next one."""

    def __init__(self, cells: Formatted) -> None:
        self._cells = cells
        self._next = next(cells, None)

    def row(self, number: int) -> Mapping[int, NumberFormat]:
        """Return column -> format of a row; each row may be asked for once, in order."""
        found: dict[int, NumberFormat] = {}
        while self._next is not None and self._next[0] <= number:
            row, column, form = self._next
            if row == number:
                found[column] = form
            self._next = next(self._cells, None)
        return found
