"""Which rows, columns and cells of a spreadsheet its reader does not see."""

import re
import struct
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

# [MS-XLS] 2.3: the records that say where sheets begin, and how rows and columns are shown.
_BOUND_SHEET, _ROW, _COLUMNS, _FIRST, _END = 0x0085, 0x0208, 0x007D, 0x0809, 0x000A
_ROW_HIDDEN, _COLUMNS_HIDDEN = 0x20, 0x01
_MOST_COLUMNS = 16_384
# Below these, in points and in characters, nobody reads anything; XLS counts 20 and 256 to one.
_LEAST = {b"ht": 1.0, b"width": 0.2}
_LEAST_HEIGHT, _LEAST_WIDTH = 20, 51

_LINE = re.compile(rb"<(?:\w+:)?(row|col)\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_FACT = re.compile(rb"""\b(r|s|min|max|hidden|ht|width)\s*=\s*["']\s*([^"']*?)\s*["']""")
_YES = (b"1", b"true", b"on")


@dataclass(frozen=True, slots=True)
class HiddenLines:
    """Numbers, from 0, of the rows, columns and cells of one sheet that are not shown."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    cells: set[tuple[int, int]] = field(default_factory=set)

    def shown(self, row: int, first_column: int, cells: Sequence[str]) -> list[str]:
        """Return a row's cells with those left empty that are not shown."""
        if row in self.rows:
            return []
        if not self.columns and not self.cells:
            return list(cells)
        return [
            "" if column in self.columns or (row, column) in self.cells else cell
            for column, cell in enumerate(cells, start=first_column)
        ]


NONE = HiddenLines()


def of_xlsx(part: bytes, unseen: Set[int] = frozenset()) -> HiddenLines:
    """Read the part of one sheet of an XLSX; a line of hardly any height or width hides too.

    ``unseen`` are the numbers of the formats in which nothing can be read.
    """
    hidden = HiddenLines(cells=set(_cells_in(part, unseen)) if unseen else set())
    row = -1
    for line in _LINE.finditer(part):
        facts = dict(_FACT.findall(line.group(2)))
        if line.group(1) == b"row":
            row = _number(facts.get(b"r"), row + 2) - 1
        if facts.get(b"hidden", b"").lower() not in _YES and not _is_nothing(facts):
            continue
        if line.group(1) == b"row":
            hidden.rows.add(row)
        else:
            first = _number(facts.get(b"min"), 1)
            last = min(_number(facts.get(b"max"), first), _MOST_COLUMNS)
            hidden.columns.update(range(first - 1, last))
    return hidden


def _cells_in(part: bytes, formats: Set[int]) -> Iterator[tuple[int, int]]:
    for cell in _CELL.finditer(part):
        facts = dict(_FACT.findall(cell.group(1)))
        place = _PLACE.fullmatch(facts.get(b"r", b""))
        if place is not None and _number(facts.get(b"s"), 0) in formats:
            yield int(place.group(2)) - 1, column_number(place.group(1)) - 1


def column_number(letters: bytes) -> int:
    """Return the number of a column, from 1: A, B, ..., Z, AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def of_xls(stream: bytes) -> list[HiddenLines]:
    """Read the stream of an XLS workbook; one for each sheet, in their order."""
    places = [
        struct.unpack_from("<I", body)[0]
        for kind, body in _records(stream, 0)
        if kind == _BOUND_SHEET and len(body) >= 4
    ]
    return [_of_sheet(stream, place) for place in places]


def _of_sheet(stream: bytes, place: int) -> HiddenLines:
    hidden = HiddenLines()
    for kind, body in _records(stream, place):
        if kind == _ROW and len(body) >= 16:
            row, _, _, height = struct.unpack_from("<4H", body)
            if body[12] & _ROW_HIDDEN or height & 0x7FFF < _LEAST_HEIGHT:
                hidden.rows.add(row)
        elif kind == _COLUMNS and len(body) >= 10:
            first, last, width, _, flags = struct.unpack_from("<5H", body)
            if flags & _COLUMNS_HIDDEN or width < _LEAST_WIDTH:
                hidden.columns.update(range(first, min(last + 1, _MOST_COLUMNS)))
    return hidden


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


def _number(told: bytes | None, otherwise: int) -> int:
    return int(told) if told is not None and re.fullmatch(rb"\d{1,8}", told) else otherwise


def _is_nothing(facts: dict[bytes, bytes]) -> bool:
    return any(
        float(facts[name]) < least
        for name, least in _LEAST.items()
        if name in facts and re.fullmatch(rb"[0-9]{1,9}(?:\.[0-9]{0,18})?", facts[name])
    )
