"""Read XLSX: each sheet a heading, each row a line that can be understood alone."""

import re

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.office_properties import add_core_properties
from cogep_assist.pipeline.parse.workbook import ENGINE, add_sheets
from cogep_assist.pipeline.parse.xml_safe import declares_doctype
from cogep_assist.pipeline.parse.zip_guard import Container

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*?>\s*<')
# The engine holds the rectangle from the first filled cell to the last, at about 32 bytes each.
_BYTES_PER_CELL = 64


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the visible sheets of a workbook."""
    container = Container(data, context.limits)
    _judge_sheets(container, context.limits.memory_bytes // _BYTES_PER_CELL)
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser=ENGINE)
    add_core_properties(container, builder)
    add_sheets(data, builder)
    return builder.build()


def _judge_sheets(container: Container, limit: int) -> None:
    """Refuse a sheet whose filled cells lie so far apart that holding it would take all memory."""
    for name in container.names:
        if not name.endswith(".xml") or not name.startswith("xl/"):
            continue
        if name.startswith("xl/worksheets/sheet"):
            part = container.read(name)
            cells = _area(part)
            if cells > limit:
                raise AppError("spreadsheet_too_large", cells=cells)
        elif name in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
            part = container.read(name)
        else:
            continue
        if declares_doctype(part[:65_536]):
            raise AppError("xml_unsafe")


def _area(part: bytes) -> int:
    rows: tuple[int, int] | None = None
    columns = (0, 0)
    for match in _FILLED.finditer(part):
        row, column = int(match.group(2)), _column(match.group(1))
        if rows is None:
            rows, columns = (row, row), (column, column)
        else:
            rows = (min(rows[0], row), max(rows[1], row))
            columns = (min(columns[0], column), max(columns[1], column))
    if rows is None:
        return 0
    return (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
