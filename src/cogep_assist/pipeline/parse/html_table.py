"""The data tables of an HTML text as they open and close, one inside a cell of another."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.clean import one_line
from cogep_assist.pipeline.parse.table_model import Cell, Row
from cogep_assist.pipeline.parse.table_telling import RowTeller, Told
from cogep_assist.pipeline.parse.table_writing import MAX_COLUMNS, cell_of

_MOST_ROWS = 65_534
# A row inside a cell is told under the name of the row that it stands in, if both are short.
_LONGEST_NAME = 80
_LONGEST_INNER = 1_000


@dataclass(slots=True)
class _OpenCell:
    column: int
    columns: int
    rows: int
    head: bool
    plain: bool = False


@dataclass(slots=True)
class HtmlTable:
    """Put cells into the columns that a browser shows them in, and tell the rows."""

    # What stood in the cell around it before this table began.
    outside: list[str] = field(default_factory=list)
    in_head: bool = False
    bold: int = 0
    _teller: RowTeller = field(default_factory=RowTeller)
    _cells: list[Cell] | None = None
    _open: _OpenCell | None = None
    _all_heads: bool = True
    # Column -> rows that a cell above still covers.
    _covered: dict[int, int] = field(default_factory=dict)
    _place: int = 0
    _told: list[Told] = field(default_factory=list)
    # Rows of tables inside the cells of a row, by its place.
    _inner: dict[int, list[str]] = field(default_factory=dict)

    @property
    def in_row(self) -> bool:
        """Tell whether a row has begun and not ended."""
        return self._cells is not None

    @property
    def in_cell(self) -> bool:
        """Tell whether a cell has begun and not ended."""
        return self._open is not None

    def open_rows(self, tag: str) -> None:
        """Begin a row, or the head."""
        if tag == "thead":
            self.in_head = True
            return
        self._cells = []
        self._all_heads = True

    def open_cell(self, *, head: bool, attributes: Mapping[str, str]) -> None:
        """Begin a cell in the next column that none above covers."""
        if self._cells is None:
            return
        column = self._cells[-1].reach.stop if self._cells else 0
        while self._covered.get(column, 0) > 0:
            column += 1
        columns = max(1, _number(attributes.get("colspan"), MAX_COLUMNS))
        rows = max(1, _number(attributes.get("rowspan"), _MOST_ROWS))
        self._open = _OpenCell(column, min(columns, MAX_COLUMNS), rows, head)

    def see(self, text: str) -> None:
        """Note whether a word of the open cell is set plainly."""
        if self._open is not None and not self.bold and text.strip():
            self._open.plain = True

    def close_cell(self, text: str) -> None:
        """End a cell with what it says."""
        opened, self._open = self._open, None
        if opened is None or self._cells is None or opened.column >= MAX_COLUMNS:
            return
        bold = opened.head or not opened.plain
        cell = cell_of(text, opened.column, columns=opened.columns, rows=opened.rows, bold=bold)
        self._cells.append(cell)
        self._all_heads = self._all_heads and (opened.head or not cell.lines)

    def close_row(self, stray: str = "") -> None:
        """End a row; text between its cells is an error of the page, and still its text."""
        cells, self._cells, self._open = self._cells or [], None, None
        if stray.strip():
            cells.append(cell_of(stray, cells[-1].reach.stop if cells else 0))
        self._covered = {column: left - 1 for column, left in self._covered.items() if left > 1}
        for cell in cells:
            if cell.rows > 1:
                self._covered.update(dict.fromkeys(cell.reach, cell.rows - 1))
        filled = sum(bool(cell.lines) for cell in cells)
        heads = filled > 1 and (self.in_head or self._all_heads)
        self._told += self._teller.add(Row(tuple(cells), heads))
        self._place += 1

    def put_inside(self, lines: list[str]) -> None:
        """Take the rows of a table inside a cell of the row that is open."""
        name = next((cell.text for cell in self._cells or () if cell.lines), "")
        under = f"{name} | " if name and len(name) <= _LONGEST_NAME else ""
        own = [f"{under}{line}" if len(line) <= _LONGEST_INNER else line for line in lines]
        self._inner.setdefault(self._place, []).extend(own)

    def ready(self) -> list[tuple[str, str]]:
        """Return the kinds and texts of what is told by now, each once."""
        told, self._told = self._told, []
        lines: list[tuple[str, str]] = []
        for each in told:
            lines += self._inside_before(each.place)
            lines.append((each.kind, each.text))
        return lines

    def finish(self) -> list[tuple[str, str]]:
        """Return what is left, after the last row."""
        self._told += self._teller.finish()
        return self.ready() + self._inside_before(self._place + 1)

    def _inside_before(self, place: int) -> list[tuple[str, str]]:
        """Return the rows inside cells of rows above one, which stand below their own."""
        due = [above for above in self._inner if above < place]
        return [("table_row", line) for above in due for line in self._inner.pop(above)]


def _number(value: str | None, most: int) -> int:
    told = one_line(value[:20]) if value else ""
    return min(int(told), most) if told.isascii() and told.isdecimal() else 1


def write(lines: list[tuple[str, str]], builder: DocumentBuilder) -> None:
    """Add what a table told."""
    for kind, text in lines:
        builder.add(kind, text)
