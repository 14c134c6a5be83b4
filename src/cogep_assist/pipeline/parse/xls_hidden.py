"""What the reader of an XLS workbook does not see: [MS-XLS] 2.3 and 2.4, Excel 97 and later."""

import struct
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from cogep_assist.pipeline.parse.hidden_lines import MOST_COLUMNS, HiddenLines
from cogep_assist.pipeline.parse.number_format import NumberFormat
from cogep_assist.pipeline.parse.sheet_numbers import Formatted
from cogep_assist.pipeline.parse.xls_formats import Formats

_BOUND_SHEET, _ROW, _COLUMNS, _FIRST, _END = 0x0085, 0x0208, 0x007D, 0x0809, 0x000A
_NAME, _CONDITION = 0x0018, 0x009E
_ROW_HIDDEN, _COLUMNS_HIDDEN = 0x20, 0x01
# A twentieth of a point, and the 256th part of a character.
_LEAST_HEIGHT, _LEAST_WIDTH = 20, 51
# FORMULA, RSTRING, BLANK, NUMBER, LABEL, BOOLERR, RK and LABELSST: one cell each.
_ONE_CELL = frozenset({0x0006, 0x00D6, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD})
_MANY_NUMBERS = 0x00BD
_FILTERED_AREA = 0x0D
_AREA = 0x3B


def of_xls(stream: bytes) -> tuple[list[HiddenLines], list[Callable[[], Formatted]]]:
    """Read the stream of a workbook; for each sheet what it hides and how it shows numbers.

    A row that is hidden within a filter in force is filtered, as in an XLSX.
    """
    places: list[int] = []
    filters: dict[int, range] = {}
    formats = Formats()
    for kind, body in _records(stream, 0):
        if kind == _BOUND_SHEET and len(body) >= 4:
            places.append(struct.unpack_from("<I", body)[0])
        elif kind == _NAME:
            filters.update(_filter_of(body))
        else:
            formats.take(kind, body)
    unseen, shown = formats.unseen(), formats.numbers()
    hidden = [
        _of_sheet(stream, place, unseen, filters.get(number, range(0)))
        for number, place in enumerate(places, start=1)
    ]
    return hidden, [partial(_numbers, stream, place, shown) for place in places]


def _numbers(stream: bytes, place: int, shown: Mapping[int, NumberFormat]) -> Formatted:
    """Yield how the cells of a sheet that begins at a place show numbers."""
    for kind, body in _records(stream, place) if shown else ():
        for row, column, form in _formats_of(kind, body):
            if form in shown:
                yield row, column, shown[form]


def _filter_of(body: bytes) -> Iterator[tuple[int, range]]:
    """Yield (number of the sheet, rows) of the name that Excel keeps for a sheet's filter."""
    if len(body) < 23 or body[3] != 1 or body[15] != _FILTERED_AREA or body[16] != _AREA:
        return
    sheet, first, last = struct.unpack_from("<H", body, 8)[0], *struct.unpack_from("<HH", body, 19)
    # The first row is the head.
    yield sheet, range(first + 1, last + 1)


def _of_sheet(stream: bytes, place: int, unseen: frozenset[int], filtered: range) -> HiddenLines:
    hidden = HiddenLines()
    folded: set[int] = set()
    in_force = False
    for kind, body in _records(stream, place):
        if kind == _ROW and len(body) >= 16:
            row, _, _, height = struct.unpack_from("<4H", body)
            if height & 0x7FFF < _LEAST_HEIGHT:
                hidden.rows.add(row)
            elif body[12] & _ROW_HIDDEN:
                folded.add(row)
        elif kind == _COLUMNS and len(body) >= 10:
            first, last, width, _, flags = struct.unpack_from("<5H", body)
            if flags & _COLUMNS_HIDDEN or width < _LEAST_WIDTH:
                hidden.columns.update(range(first, min(last + 1, MOST_COLUMNS)))
        elif kind == _CONDITION:
            in_force = True
        elif unseen:
            hidden.cells.update(_unseen_cells(kind, body, unseen))
    views = {row for row in folded if in_force and row in filtered}
    hidden.filtered.update(views)
    hidden.rows.update(folded - views)
    return hidden


def _unseen_cells(kind: int, body: bytes, unseen: frozenset[int]) -> Iterator[tuple[int, int]]:
    return ((row, column) for row, column, form in _formats_of(kind, body) if form in unseen)


def _formats_of(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield row, column and number of the format of the cells that a record tells of."""
    if kind in _ONE_CELL and len(body) >= 6:
        yield struct.unpack_from("<3H", body)
    elif kind == _MANY_NUMBERS and len(body) >= 6:
        row, first = struct.unpack_from("<2H", body)
        for offset in range((len(body) - 6) // 6):
            yield row, first + offset, struct.unpack_from("<H", body, 4 + 6 * offset)[0]


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from a place on, to the end of what began there; charts lie within it."""
    depth = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size
        depth += (kind == _FIRST) - (kind == _END)
        if depth <= 0:
            return
