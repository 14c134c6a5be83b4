"""Which rows, columns and cells of a spreadsheet its reader does not see."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace

MOST_COLUMNS = 16_384
# Below these, in points and in characters, nobody reads anything.
_LEAST = {b"ht": 1.0, b"width": 0.2}

_LINE = re.compile(rb"<(?:\w+:)?(row|col|sheetFormatPr)\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_FACT = re.compile(
    rb"""\b(r|s|min|max|hidden|ht|width|defaultRowHeight|defaultColWidth)\s*=\s*["']\s*([^"']*?)\s*["']"""
)
_FILTER = re.compile(
    rb"""<(?:\w+:)?autoFilter\b[^>]*?\bref\s*=\s*["']\s*\$?[A-Z]{1,3}\$?([0-9]{1,7})"""
    rb""":\$?[A-Z]{1,3}\$?([0-9]{1,7})\s*["'][^>]*>"""
)
# A condition that is in force on a column, and whose sign is seen at its head.
_CONDITION = re.compile(
    rb"""<(?:\w+:)?filterColumn\b(?![^>]*(?:hiddenButton\s*=\s*["'](?:1|t)|showButton\s*=\s*["'](?:0|f)))"""
    rb"""[^>]*>\s*<(?:\w+:)?(?:filters|customFilters|top10|dynamicFilter|colorFilter|iconFilter)\b"""
)
_YES = (b"1", b"true", b"on")


@dataclass(frozen=True, slots=True)
class HiddenLines:
    """Numbers, from 0, of the rows, columns and cells of one sheet that are not shown.

    ``filtered`` rows are out of sight for the moment alone: whoever opens the sheet sees that a
    filter is on, and one click brings them back. They belong to what the sheet says.
    ``only_rows`` and ``only_columns`` are, where all others have no size, those that have one.
    """

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    cells: set[tuple[int, int]] = field(default_factory=set)
    filtered: set[int] = field(default_factory=set)
    only_rows: set[int] | None = None
    only_columns: set[int] | None = None

    def shown(self, row: int, first_column: int, cells: Sequence[str]) -> list[str]:
        """Return a row's cells with those left empty that are not shown."""
        if row in self.rows or (self.only_rows is not None and row not in self.only_rows):
            return []
        if not self.columns and not self.cells and self.only_columns is None:
            return list(cells)
        return [
            "" if self._is_hidden(row, column) else cell
            for column, cell in enumerate(cells, start=first_column)
        ]

    def _is_hidden(self, row: int, column: int) -> bool:
        unsized = self.only_columns is not None and column not in self.only_columns
        return unsized or column in self.columns or (row, column) in self.cells


NONE = HiddenLines()


def of_xlsx(
    part: bytes, unseen: Set[int] = frozenset(), tables: Sequence[bytes] = ()
) -> HiddenLines:
    """Read the part of one sheet of an XLSX; a line of hardly any height or width hides too.

    ``unseen`` are the numbers of the formats in which nothing can be read; ``tables`` the parts
    of the sheet's tables. Excel itself does not tell a row that its filter has put out of sight
    from one hidden by hand in the same range: clearing the filter brings both back.
    """
    cells = set(_cells_in(part, unseen)) if unseen else set()
    sized: dict[bytes, set[int]] = {b"row": set(), b"col": set()}
    # What is said of all rows and columns comes before any of them.
    unsized = {b"row": False, b"col": False}
    hidden = HiddenLines(cells=cells)
    ranges = [_filter_in(each) for each in (part, *tables)]
    row = -1
    for line in _LINE.finditer(part):
        kind, facts = line.group(1), dict(_FACT.findall(line.group(2)))
        if kind == b"sheetFormatPr":
            unsized[b"row"] = _is_under(facts.get(b"defaultRowHeight"), _LEAST[b"ht"])
            unsized[b"col"] = _is_under(facts.get(b"defaultColWidth"), _LEAST[b"width"])
            continue
        if kind == b"row":
            row = _number(facts.get(b"r"), row + 2) - 1
            lines = range(row, row + 1)
        else:
            first = _number(facts.get(b"min"), 1)
            lines = range(first - 1, min(_number(facts.get(b"max"), first), MOST_COLUMNS))
        if b"ht" in facts or b"width" in facts:
            sized[kind].update(lines)
        folded = facts.get(b"hidden", b"").lower() in _YES
        if kind == b"col":
            hidden.columns.update(lines if folded or _is_nothing(facts) else ())
        elif folded and any(row in found for found in ranges):
            hidden.filtered.add(row)
        elif folded or _is_nothing(facts):
            hidden.rows.add(row)
    return replace(
        hidden,
        only_rows=sized[b"row"] if unsized[b"row"] else None,
        only_columns=sized[b"col"] if unsized[b"col"] else None,
    )


def _filter_in(part: bytes) -> range:
    """Return the rows, from 0, that the filter of a sheet or table may have put out of sight."""
    found = _FILTER.search(part)
    if found is None:
        return range(0)
    end = part.find(b"autoFilter>", found.end())
    if _CONDITION.search(part, found.end(), max(end, found.end())) is None:
        return range(0)
    # The first of them is the head.
    return range(int(found.group(1)), int(found.group(2)))


def _cells_in(part: bytes, formats: Set[int]) -> Iterator[tuple[int, int]]:
    return ((row, column) for row, column, form in formats_in(part) if form in formats)


def formats_in(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield row, column and number of the format of each cell, in the order of the sheet."""
    for cell in _CELL.finditer(part):
        facts = dict(_FACT.findall(cell.group(1)))
        place = _PLACE.fullmatch(facts.get(b"r", b""))
        if place is not None:
            row, column = int(place.group(2)) - 1, column_number(place.group(1)) - 1
            yield row, column, _number(facts.get(b"s"), 0)


def column_number(letters: bytes) -> int:
    """Return the number of a column, from 1: A, B, ..., Z, AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _number(told: bytes | None, otherwise: int) -> int:
    return int(told) if told is not None and re.fullmatch(rb"\d{1,8}", told) else otherwise


def _is_nothing(facts: dict[bytes, bytes]) -> bool:
    return any(_is_under(facts.get(name), least) for name, least in _LEAST.items())


def _is_under(told: bytes | None, least: float) -> bool:
    plain = told is not None and re.fullmatch(rb"[0-9]{1,9}(?:\.[0-9]{0,18})?", told)
    return bool(plain) and float(told or b"0") < least
