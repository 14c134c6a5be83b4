"""Find which rows of a table name its columns. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from cogep_assist.pipeline.parse.table_model import Cell, Row

_VALUE = re.compile(
    r"\d|^(?:[xX✓✔–—-]|sim|não|isento|livre|gratuito|verdadeiro|falso)$", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+(]?(?:R\$ ?)?\d[\d.,/:%() -]*$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_KINDS = (
    ("money", re.compile(r"R\$|\d,\d\d$", re.IGNORECASE)),
    ("share", re.compile(r"\d ?%")),
    ("day", re.compile(r"\d/\d|\d{1,2} de [a-z]")),
    ("hour", re.compile(r"\d:\d\d|\d ?h\b")),
    ("time", re.compile(r"\d\)? (?:dias?|m[eê]s|meses|anos?|horas?|minutos?|segundos?)\b")),
    ("number", re.compile(r"^[\d.,/ -]+$")),
    ("mark", re.compile(r"^\D+$")),
)
LONGEST_NAME = 80
_SHORT_NAME = 40
_MOST_HEADS = 4


def head_depth(rows: Sequence[Row], width: int) -> int:
    """Return how many rows are the head; 0 where nothing tells that there is one."""
    if len(rows) < 2 or width < 2:
        return 0
    marked = next((n for n, row in enumerate(rows) if not row.heads), len(rows))
    # Where every row is marked as a head, the marks tell nothing.
    if marked and marked < len(rows):
        return max(marked, _reach_down(rows[:marked], len(rows) - 1))
    if has_values(rows[0]):
        return 0
    filled = [cell for cell in rows[0].cells if cell.lines]
    if any(cell.text.endswith(":") or len(cell.text) > LONGEST_NAME for cell in filled):
        return 0
    depth = _deepest(rows)
    heads, body = rows[:depth], rows[depth:]
    return depth if body and _heads_it(heads, body, width) else 0


def _reach_down(heads: Sequence[Row], most: int) -> int:
    """Return how many rows the head has, where some of its cells cover rows beside parted ones."""
    if not any(cell.columns > 1 for row in heads for cell in row.cells if cell.lines):
        return 0
    reach = [place + cell.rows for place, row in enumerate(heads) for cell in row.cells]
    return min(max(reach), most, _MOST_HEADS)


def _deepest(rows: Sequence[Row]) -> int:
    """Return how many rows the head would have, if there is one."""
    filled = [cell for cell in rows[0].cells if cell.lines]
    spanning = any(cell.columns > 1 for cell in filled)
    depth = max([cell.rows for cell in filled if spanning] or [1])
    depth = max(depth, 2 if spanning else 1)
    limit = min(len(rows) - 1, _MOST_HEADS)
    while depth < limit and not _begins(rows[depth]) and not has_values(rows[depth]):
        depth += 1
    depth = min(depth, limit)
    return depth if not any(has_values(row) for row in rows[1:depth]) else 1


def _begins(row: Row) -> bool:
    return any(cell.column == 0 and cell.lines for cell in row.cells)


def has_values(row: Row) -> bool:
    """Tell whether some cell is a number, and no year."""
    return any(_NUMBER.match(c.text) and not _YEAR.match(c.text) for c in row.cells if c.lines)


def _heads_it(heads: Sequence[Row], body: Sequence[Row], width: int) -> bool:
    """Tell whether the first rows name the columns of those below."""
    names = [cell for row in heads for cell in row.cells if cell.lines]
    below = [cell for row in body for cell in row.cells if cell.lines]
    if all(cell.bold for cell in names) and not all(cell.bold for cell in below):
        return len(names) > 1
    if differ(names, below):
        return True
    last = heads[-1] if len(heads) > 1 else heads[0]
    first_column = [cell for cell in below if cell.column == 0]
    if first_column and all(cell.bold for cell in first_column) and not names[-1].bold:
        return False
    if width > 2:
        full = len([cell for cell in last.cells if cell.lines]) >= 0.6 * width
        distinct = len({cell.text.lower() for cell in last.cells}) == len(last.cells)
        return full and distinct and all(len(cell.text) <= _SHORT_NAME for cell in names)
    second = [len(cell.text) for cell in below if cell.column == 1]
    return bool(second) and len(names) == 2 and len(names[-1].text) < 0.5 * median(second)


def differ(names: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Tell whether some column holds values of one kind below a name that is none."""
    for name in names:
        if name.column == 0 or name.columns > 1 or _VALUE.search(name.text):
            continue
        own = [_kind(cell.text) for cell in below if cell.column == name.column]
        valued = [kind for kind in own if kind]
        if valued and len(valued) >= 0.75 * len(own):
            most = max(valued.count(kind) for kind in set(valued))
            if most >= 0.6 * len(own):
                return not _all_pairs(names, below)
    return False


def is_value(text: str) -> bool:
    """Tell whether a cell holds a number, a mark, or a yes or no."""
    return _VALUE.search(text) is not None


def _kind(text: str) -> str:
    """Return what kind of value a cell holds, so that an amount is told from a date; "" if none."""
    if not _VALUE.search(text):
        return ""
    for kind, form in _KINDS:
        if form.search(text):
            return kind
    return "other"


def _all_pairs(names: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Tell whether every row is of a bold name and what it means, the first like the others."""
    first = [cell for cell in (*names, *below) if cell.column == 0]
    rest = [cell for cell in (*names, *below) if cell.column]
    return all(cell.bold for cell in first) and not any(cell.bold for cell in rest)


def are_pairs(rows: Sequence[Row]) -> bool:
    """Tell whether rows of two cells are short names, each told once, and what they mean."""
    names = [row.cells[0].text for row in rows if len(row.cells) == 2 and row.cells[0].lines]
    distinct = len({name.lower() for name in names}) == len(names)
    worded = all(any(map(str.isalpha, name)) for name in names)
    return len(names) > 1 and distinct and worded and all(len(n) <= LONGEST_NAME for n in names)


def spanned(waiting: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """Return rows whose heads of two levels cover their columns, where nothing says that they do.

    Formats without merged cells leave empty what is covered: "Valor | | Prazo |" stands above
    "| Capital | Interior | Urbano | Rural".
    """
    rows = list(waiting)
    at = next((place for place, (_, row) in enumerate(rows[:3]) if len(_filled(row)) > 1), None)
    if at is None or at + 2 >= len(rows):
        return rows
    (place, above), (below_place, below) = rows[at], rows[at + 1]
    if not _is_over(above, below) or not any(has_values(row) for _, row in rows[at + 2 : at + 5]):
        return rows
    starts = sorted(cell.column for cell in _filled(above))
    ends = [*starts[1:], max(cell.column for cell in _filled(below)) + 1]
    reach = {start: max(1, end - start) for start, end in zip(starts, ends, strict=True)}
    cells = tuple(replace(cell, columns=reach[cell.column]) for cell in _filled(above))
    rows[at] = place, replace(above, cells=cells, heads=True)
    rows[at + 1] = below_place, replace(below, heads=True)
    return rows


def _is_over(above: Row, below: Row) -> bool:
    """Tell whether one row only leaves empty what the next one names."""
    if any(cell.columns > 1 or cell.rows > 1 for cell in (*above.cells, *below.cells)):
        return False
    if below.heads or has_values(above) or has_values(below) or _begins(below):
        return False
    named = {cell.column for cell in _filled(above)}
    under = {cell.column for cell in _filled(below)}
    empty = {column for column in range(max(under) + 1) if column not in named}
    return bool(empty) and 0 in named and empty <= under and len(named) > 1


def _filled(row: Row) -> list[Cell]:
    return [cell for cell in row.cells if cell.lines]
