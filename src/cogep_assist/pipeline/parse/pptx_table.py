"""The tables of slides, which go on over slides as those of texts do over pages."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.table_heads import has_values
from cogep_assist.pipeline.parse.table_model import Row
from cogep_assist.pipeline.parse.table_writing import MAX_COLUMNS, TableWriter, cell_of
from cogep_assist.pipeline.parse.xml_safe import children, first, local

_ON = ("1", "true")


@dataclass(slots=True)
class SlideTables:
    """Add the tables of a presentation; one without a head may go on with that of the slide before.

    ``text_of`` returns what is seen of a paragraph.
    """

    builder: DocumentBuilder
    text_of: Callable[[etree._Element], str]
    _page: int = 0
    _widths: tuple[str, ...] = ()
    _names: tuple[str, ...] = ()

    def add(self, table: etree._Element, page: int) -> None:
        """Add the rows of a table."""
        rows = [self._row(row) for row in children(table, "tr")]
        writer = TableWriter(self.builder, page=page)
        grid = first(table, "tblGrid")
        widths = tuple(column.get("w") or "" for column in grid) if grid is not None else ()
        properties = first(table, "tblPr")
        headed = properties is not None and properties.get("firstRow") in _ON
        if self._goes_on(rows, widths, page, headed=headed):
            writer.teller.going_on(self._names)
        # Of two columns every table is given a head by the program, if it has one or not.
        elif rows and headed and len(widths) > 2 and not has_values(rows[0]):
            rows[0] = replace(rows[0], heads=True)
        for row in rows:
            writer.add(row)
        writer.finish()
        self._page, self._widths, self._names = page, widths, tuple(writer.teller.names)

    def _goes_on(
        self, rows: list[Row], widths: tuple[str, ...], page: int, *, headed: bool
    ) -> bool:
        if not rows or not self._names or page > self._page + 1 or widths != self._widths:
            return False
        said = [cell.text for cell in rows[0].cells if cell.lines]
        return (not headed or has_values(rows[0])) and not set(said) <= set(self._names)

    def _row(self, row: etree._Element) -> Row:
        cells = []
        for column, cell in enumerate(children(row, "tc")):
            if column >= MAX_COLUMNS:
                break
            if cell.get("hMerge") in _ON or cell.get("vMerge") in _ON:
                continue
            text = " ".join(self.text_of(p) for p in cell.iter() if local(p) == "p")
            spans = (_number(cell.get(way)) for way in ("gridSpan", "rowSpan"))
            columns, rows = spans
            cells.append(cell_of(text, column, columns=columns, rows=rows))
        return Row(tuple(cells))


def _number(told: str | None) -> int:
    return int(told) if told and told.isascii() and told.isdecimal() and len(told) < 6 else 1
