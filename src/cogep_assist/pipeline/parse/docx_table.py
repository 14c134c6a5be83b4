"""The cells of a table in a Word document, with the columns and rows that each covers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from cogep_assist.pipeline.parse.docx_styles import is_on
from cogep_assist.pipeline.parse.table_model import MAX_COLUMNS, Cell, Row
from cogep_assist.pipeline.parse.xml_safe import attribute, first, local


@dataclass(slots=True)
class _Open:
    """A cell as long as rows below may still go on with it."""

    text: str
    column: int
    columns: int
    bold: bool
    rows: int = 1


@dataclass(slots=True)
class DocxTable:
    """Collect the rows of a table; what is merged downwards belongs to every row that it covers."""

    _rows: list[list[_Open]] = field(default_factory=list)
    _heads: list[bool] = field(default_factory=list)
    _above: dict[int, _Open] = field(default_factory=dict)

    def add(self, row: etree._Element, cells: Sequence[tuple[etree._Element, str]]) -> None:
        """Take the next row: its cells, each with what it says."""
        properties = first(row, "trPr")
        column = _number(properties, "gridBefore", 0)
        own: list[_Open] = []
        above: dict[int, _Open] = {}
        for cell, text in cells:
            if column >= MAX_COLUMNS:
                break
            facts = first(cell, "tcPr")
            columns = max(1, _number(facts, "gridSpan", 1))
            carried = self._above.get(column) if _is_carried(facts) else None
            if carried is not None:
                carried.rows += 1
                above[column] = carried
            else:
                above[column] = _Open(text, column, columns, _is_bold(cell))
                own.append(above[column])
            column += columns
        self._above = above
        self._rows.append(own)
        self._heads.append(is_on(properties, "tblHeader"))

    def rows(self) -> list[Row]:
        """Return the rows, those marked to be repeated on each page as the head."""
        leading = True
        found = []
        for cells, heads in zip(self._rows, self._heads, strict=True):
            leading = leading and heads
            found.append(Row(tuple(_closed(cell) for cell in cells), heads=leading))
        return found


def _closed(cell: _Open) -> Cell:
    lines = (cell.text,) if cell.text.strip() else ()
    return Cell(lines, cell.column, cell.columns, cell.rows, cell.bold)


def _number(properties: etree._Element | None, name: str, otherwise: int) -> int:
    found = None if properties is None else first(properties, name)
    told = "" if found is None else attribute(found, "val") or ""
    return min(int(told), MAX_COLUMNS) if told.isdecimal() and len(told) < 6 else otherwise


def _is_carried(properties: etree._Element | None) -> bool:
    """Tell whether a cell only continues the one above it."""
    merge = None if properties is None else first(properties, "vMerge")
    return merge is not None and attribute(merge, "val") != "restart"


def _is_bold(cell: etree._Element) -> bool:
    """Tell whether all that a cell says is set in bold."""
    runs = [run for run in cell.iter("{*}r") if any(local(part) == "t" for part in run)]
    return bool(runs) and all(is_on(first(run, "rPr"), "b") for run in runs)
