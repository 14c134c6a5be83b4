"""Put the rows of a table into a document as they come."""

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.clean import one_line
from cogep_assist.pipeline.parse.table_model import Cell, Row
from cogep_assist.pipeline.parse.table_telling import RowTeller, Told

# A column of a table that no document has: what stands beyond is left out.
MAX_COLUMNS = 2_000


class TableWriter:
    """Write each row under its heads; ``page`` is that of a slide."""

    def __init__(self, builder: DocumentBuilder, *, page: int | None = None) -> None:
        self.teller = RowTeller()
        self._builder = builder
        self._page = page
        builder.separate()

    def add(self, row: Row) -> None:
        """Take the next row."""
        self._write(self.teller.add(row))

    def finish(self) -> None:
        """Write what is left, after the last row."""
        self._write(self.teller.finish())

    def _write(self, told: list[Told]) -> None:
        for each in told:
            self._builder.add(each.kind, each.text, page=self._page)


def cell_of(text: str, column: int, *, columns: int = 1, rows: int = 1, bold: bool = False) -> Cell:
    """Return a cell that says a text on one line, cut to the columns that a table may have."""
    clean = one_line(text)
    reach = max(1, min(columns, MAX_COLUMNS - column))
    return Cell((clean,) if clean else (), column, reach, max(1, rows), bold)


def plain_row(texts: list[str], *, heads: bool = False) -> Row:
    """Return a row of one cell to each column."""
    cells = (cell_of(text, column) for column, text in enumerate(texts[:MAX_COLUMNS]))
    return Row(tuple(cells), heads)
