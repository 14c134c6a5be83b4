"""Read ODS: each sheet a heading, each row a line that can be understood alone."""

import datetime as dt
from collections.abc import Iterator

from lxml import etree

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.odf_flow import OdfFlow, open_body
from cogep_assist.pipeline.parse.table_rows import MAX_COLUMNS, TableRows
from cogep_assist.pipeline.parse.workbook import ERRORS, shown
from cogep_assist.pipeline.parse.xml_safe import attribute, children, local

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
# A row that says something is seldom repeated in earnest; one that is empty says nothing.
_MAX_REPEATED_ROWS = 200
_MAX_SPANNED_ROWS = 65_536
_ROWS = ("table-row", "table-row-group", "table-header-rows", "table-rows")
_COLUMNS = ("table-column", "table-column-group", "table-header-columns", "table-columns")


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the visible sheets of a workbook, each cell as it is shown."""
    sheets, styles, builder = open_body(
        data, context, "spreadsheet", media_type=MEDIA_TYPE, parser="ods 1"
    )
    flow = OdfFlow(builder, styles)
    for sheet in children(sheets, "table"):
        if styles.hides_table(attribute(sheet, "style-name")):
            builder.warn("hidden_sheets_skipped")
        else:
            _add_sheet(sheet, flow, builder)
    return builder.build()


def _add_sheet(sheet: etree._Element, flow: OdfFlow, builder: DocumentBuilder) -> None:
    hidden = _hidden_columns(sheet)
    lines = [(row, _cells(row, flow, hidden, builder)) for row in _rows(sheet, builder)]
    if not any(any(cells) for _, cells in lines):
        return
    builder.add("heading", attribute(sheet, "name") or "", level=1)
    rows = TableRows(builder)
    for row, cells in lines:
        for _ in range(
            _repeats(row, "number-rows-repeated", _MAX_REPEATED_ROWS if any(cells) else 1)
        ):
            rows.add(cells, _spans(row))
    rows.finish()


def _rows(group: etree._Element, builder: DocumentBuilder) -> Iterator[etree._Element]:
    """Yield the rows of a sheet that are seen, inside its groups too; not of tables in a cell."""
    for element in group:
        name = local(element)
        if name in _ROWS and _is_folded(element):
            builder.warn("hidden_cells_skipped")
        elif name == "table-row" and attribute(element, "visibility") == "filter":
            # Out of sight for the moment alone: one click brings it back.
            builder.warn("filtered_rows_read")
            yield element
        elif name == "table-row":
            yield element
        elif name in _ROWS:
            yield from _rows(element, builder)


def _is_folded(line: etree._Element) -> bool:
    # A line is folded away; a group is folded as a whole.
    return (attribute(line, "visibility") or "visible") not in ("visible", "filter") or (
        attribute(line, "display") == "false"
    )


def _hidden_columns(sheet: etree._Element) -> frozenset[int]:
    """Return the numbers, from 0, of the columns that are not seen."""
    hidden: set[int] = set()
    place = 0
    for column, folded in _columns(sheet, folded=False):
        count = _repeats(column, "number-columns-repeated", MAX_COLUMNS)
        if folded:
            hidden.update(range(place, place + count))
        place += count
        if place > MAX_COLUMNS:
            break
    return frozenset(hidden)


def _columns(group: etree._Element, *, folded: bool) -> Iterator[tuple[etree._Element, bool]]:
    for element in children(group, *_COLUMNS):
        inside = folded or _is_folded(element)
        if local(element) == "table-column":
            yield element, inside
        else:
            yield from _columns(element, folded=inside)


def _cells(
    row: etree._Element, flow: OdfFlow, hidden: frozenset[int], builder: DocumentBuilder
) -> list[str]:
    cells: list[str] = []
    for cell in children(row, "table-cell", "covered-table-cell"):
        room = MAX_COLUMNS - len(cells)
        if room <= 0:
            break
        text = _shown(cell, flow) if local(cell) == "table-cell" and flow.sees(cell) else ""
        cells += [text] * _repeats(cell, "number-columns-repeated", room)
    seen = ["" if place in hidden else text for place, text in enumerate(cells)]
    if seen != cells:
        builder.warn("hidden_cells_skipped")
    return seen


def _spans(row: etree._Element) -> dict[int, tuple[int, int]]:
    """Return column -> how many columns and rows its cell covers, of merged cells."""
    spans: dict[int, tuple[int, int]] = {}
    column = 0
    for cell in children(row, "table-cell", "covered-table-cell"):
        columns = _repeats(cell, "number-columns-spanned", MAX_COLUMNS)
        covered = _repeats(cell, "number-rows-spanned", _MAX_SPANNED_ROWS)
        if columns > 1 or covered > 1:
            spans[column] = columns, covered
        column += _repeats(cell, "number-columns-repeated", MAX_COLUMNS)
        if column >= MAX_COLUMNS:
            break
    return spans


def _shown(cell: etree._Element, flow: OdfFlow) -> str:
    text = " ".join(flow.text(paragraph) for paragraph in children(cell, "p")).strip()
    if text in ERRORS:
        return ""
    # What an English office shows as TRUE and 3/5/24, a Brazilian one does not.
    value = attribute(cell, "boolean-value") or attribute(cell, "date-value")
    return shown(_typed(value)) if text and value else text


def _typed(value: str) -> bool | dt.datetime | str:
    if value in ("true", "false"):
        return value == "true"
    try:
        return dt.datetime.fromisoformat(value[:19])
    except ValueError:
        return value


def _repeats(element: etree._Element, name: str, most: int) -> int:
    count = attribute(element, name) or "1"
    return min(int(count), most) if count.isdecimal() and len(count) < 9 else 1
