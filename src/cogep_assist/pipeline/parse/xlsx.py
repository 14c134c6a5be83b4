"""Read XLSX: each sheet a heading, each row a line that can be understood alone."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.hidden_lines import (
    NONE,
    HiddenLines,
    column_number,
    formats_in,
    of_xlsx,
)
from cogep_assist.pipeline.parse.office_properties import add_core_properties
from cogep_assist.pipeline.parse.office_relations import relation_id, relations_of
from cogep_assist.pipeline.parse.sheet_numbers import Formatted
from cogep_assist.pipeline.parse.workbook import ENGINE, add_sheets
from cogep_assist.pipeline.parse.xlsx_formats import number_formats, unseen_formats
from cogep_assist.pipeline.parse.xml_safe import declares_doctype, local, parse_xml
from cogep_assist.pipeline.parse.zip_guard import Container

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_READ_TOO = ("xl/sharedstrings.xml",)
_FILLED = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*?>\s*<""")
# The engine holds the rectangle from the first filled cell to the last, at about 32 bytes each.
_BYTES_PER_CELL = 64


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return what is seen of the visible sheets of a workbook."""
    container = Container(data, context.limits)
    container.refuse_doubles()
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser=ENGINE)
    sheets = _sheet_parts(container)
    hidden = _judge_parts(container, set(sheets), context.limits.memory_bytes // _BYTES_PER_CELL)
    add_core_properties(container, builder)
    add_sheets(
        data, builder, [hidden.get(name, NONE) for name in sheets], _numbers(container, sheets)
    )
    return builder.build()


def _sheet_parts(container: Container) -> list[str]:
    """Return the part of each sheet, in their order; "" for one that is not there."""
    # The engine looks names up whatever their case.
    parts = {name.casefold(): name for name in container.names}
    if _BOOK not in parts:
        return []
    book = container.read(parts[_BOOK])
    if declares_doctype(book[:65_536]):
        raise AppError("xml_unsafe")
    targets = relations_of(container, parts[_BOOK])
    return [
        parts.get(targets.get(relation_id(sheet), ("", ""))[1].casefold(), "")
        for sheet in parse_xml(book, required=False).iter()
        if local(sheet) == "sheet"
    ]


def _judge_parts(container: Container, sheets: set[str], limit: int) -> dict[str, HiddenLines]:
    """Return what each sheet hides.

    Refuses a sheet whose filled cells lie so far apart that holding it would take all memory.
    """
    hidden: dict[str, HiddenLines] = {}
    unseen = _unseen_formats(container)
    for name in container.names:
        is_sheet = name in sheets or name.casefold().startswith("xl/worksheets/")
        if not is_sheet and name.casefold() not in _READ_TOO:
            continue
        part = container.read(name)
        if declares_doctype(part[:65_536]):
            raise AppError("xml_unsafe")
        if is_sheet:
            cells = _area(part)
            if cells > limit:
                raise AppError("spreadsheet_too_large", cells=cells)
            hidden[name] = of_xlsx(part, unseen, _tables(container, name))
    return hidden


def _tables(container: Container, sheet: str) -> list[bytes]:
    targets = relations_of(container, sheet).values()
    return [container.read(part) for kind, part in targets if kind == "table" and part in container]


def _unseen_formats(container: Container) -> frozenset[int]:
    styles = _styles(container)
    return frozenset() if styles is None else unseen_formats(styles)


def _styles(container: Container) -> bytes | None:
    name = next((name for name in container.names if name.casefold() == _STYLES), None)
    return None if name is None else container.read(name)


def _numbers(container: Container, sheets: list[str]) -> Sequence[Callable[[], Formatted]]:
    """Return for each sheet what yields the formats of its numbers, read when it is its turn."""
    styles = _styles(container)
    forms = number_formats(styles) if styles is not None else {}

    def of(name: str) -> Formatted:
        part = container.read(name) if name and forms else b""
        return (
            (row, column, forms[form]) for row, column, form in formats_in(part) if form in forms
        )

    return [partial(of, name) for name in sheets]


def _area(part: bytes) -> int:
    rows: tuple[int, int] | None = None
    columns = (0, 0)
    for match in _FILLED.finditer(part):
        row, column = int(match.group(2)), column_number(match.group(1))
        if rows is None:
            rows, columns = (row, row), (column, column)
        else:
            rows = (min(rows[0], row), max(rows[1], row))
            columns = (min(columns[0], column), max(columns[1], column))
    if rows is None:
        return 0
    return (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)
