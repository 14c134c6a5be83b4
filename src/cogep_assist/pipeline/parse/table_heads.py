"""Write the rows of a table so that each is understood without the others. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from cogep_assist.pipeline.parse.table_model import Cell, Row

# How the lines of a cell become one text.
Join = Callable[[list[str]], str]

_VALUE = re.compile(r"\d|^(?:[xX✓✔–—-]|sim|não|isento|livre|gratuito)$", re.IGNORECASE)
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
# What sums up all groups belongs to none.
_SUM = re.compile(r"(?:total|soma|m[ée]dia)\b", re.IGNORECASE)
_LONGEST_NAME = 80
_SHORT_NAME = 40
_MOST_HEADS = 4
_BAR = " | "


@dataclass(frozen=True, slots=True)
class Told:
    """What is written of the row ``place``: a line of the table, or words that stand over it."""

    kind: str
    text: str
    place: int


def told_rows(rows: Sequence[Row], join: Join = " ".join) -> list[Told]:
    """Return each row with the names of its columns: ``Destino: Brasília | Valor: 581,00``.

    What stands over several rows, a merged cell or the name of a group, is said in each of them. A
    table of names and what they mean has a line for each name; one without a head keeps its rows.
    """
    return list(_Teller(rows, join).told())


class _Teller:
    def __init__(self, rows: Sequence[Row], join: Join) -> None:
        self._rows = rows
        self._join = join
        self._places = [place for place, row in enumerate(rows) if row.text.strip()]
        reach = [cell.reach.stop for row in rows for cell in row.cells if cell.lines]
        self._width = max(reach, default=0)

    def told(self) -> Iterator[Told]:
        """Yield the titles over the table, then its rows."""
        places = self._places
        while len(places) > 2 and self._is_title(self._rows[places[0]]):
            yield Told("paragraph", self._said(_only(self._rows[places[0]])), places[0])
            places = places[1:]
        rows = [self._rows[place] for place in places]
        depth = _head_depth(rows, self._width)
        names = self._names(rows[:depth]) if depth else []
        if not names:
            yield from self._without_names(places)
            return
        if depth == len(rows):
            yield Told("table_row", _BAR.join(filter(None, names)), places[0])
        yield from self._named(names, places[depth:])

    def _is_title(self, row: Row) -> bool:
        filled = [cell for cell in row.cells if cell.lines]
        return len(filled) == 1 and (filled[0].columns >= 0.6 * self._width or self._width > 2)

    def _names(self, heads: Sequence[Row]) -> list[str]:
        """Return what each column is called: under "Valor", "Valor – Capitais"."""
        parts: list[list[tuple[str, bool]]] = [[] for _ in range(self._width)]
        for row in heads:
            for cell in row.cells:
                said = self._said(cell).rstrip(":")
                for column in cell.reach if said else ():
                    if column < self._width and said not in [part for part, _ in parts[column]]:
                        parts[column].append((said, cell.columns > 1))
        return [_composed(each) for each in parts]

    def _named(self, names: Sequence[str], places: Sequence[int]) -> Iterator[Told]:
        carried: list[tuple[int, Cell]] = []
        group = ""
        for place in places:
            row = self._rows[place]
            carried = [(last, cell) for last, cell in carried if place <= last]
            over = [cell for _, cell in carried]
            carried += [(place + cell.rows - 1, cell) for cell in row.cells if cell.rows > 1]
            filled = [cell for cell in row.cells if cell.lines]
            if not over and self._names_group(filled, names):
                group = self._said(filled[0])
                if place == places[-1]:
                    yield Told("table_row", group, place)
                continue
            taken = {column for cell in filled for column in cell.reach}
            cells = [*filled, *(c for c in over if c.lines and c.column not in taken)]
            if filled and _SUM.match(self._said(filled[0])):
                group = ""
            parts = [self._part(c, names) for c in sorted(cells, key=lambda c: c.column)]
            yield Told("table_row", _BAR.join(filter(None, [group, *parts])), place)

    def _names_group(self, filled: Sequence[Cell], names: Sequence[str]) -> bool:
        """Tell whether a row only names the rows below it."""
        if len(filled) != 1 or len([name for name in names if name]) < 2:
            return False
        only = filled[0]
        return (only.columns >= self._width or only.column == 0) and len(
            self._said(only)
        ) <= _LONGEST_NAME

    def _part(self, cell: Cell, names: Sequence[str]) -> str:
        covered = list(dict.fromkeys(names[c] for c in cell.reach if c < len(names) and names[c]))
        if len(covered) > 3:
            covered = [f"{covered[0]} a {covered[-1]}"]
        name = ", ".join(covered) if cell.columns < self._width else ""
        said = self._said(cell)
        return f"{name}: {said}" if name and name != said else said

    def _without_names(self, places: Sequence[int]) -> Iterator[Told]:
        """Yield rows as they are, but a name with what it means as one."""
        pairs = self._width == 2 and _are_pairs([self._rows[place] for place in places])
        for place in places:
            said = [self._said(cell) for cell in self._rows[place].cells if cell.lines]
            if pairs and len(said) == 2:
                said = [f"{said[0].rstrip(':')}: {said[1]}"]
            yield Told("table_row", _BAR.join(_paired(said)), place)

    def _said(self, cell: Cell) -> str:
        return self._join(list(cell.lines)).replace(_BAR, " / ") if cell.lines else ""


def _head_depth(rows: Sequence[Row], width: int) -> int:
    """Return how many rows are the head; 0 where nothing tells that there is one."""
    if len(rows) < 2 or width < 2:
        return 0
    marked = next((n for n, row in enumerate(rows) if not row.heads), len(rows))
    if marked:
        return marked
    if _has_values(rows[0]):
        return 0
    filled = [cell for cell in rows[0].cells if cell.lines]
    if any(cell.text.endswith(":") or len(cell.text) > _LONGEST_NAME for cell in filled):
        return 0
    depth = _deepest(rows)
    heads, body = rows[:depth], rows[depth:]
    return depth if body and _heads_it(heads, body, width) else 0


def _deepest(rows: Sequence[Row]) -> int:
    """Return how many rows the head would have, if there is one."""
    filled = [cell for cell in rows[0].cells if cell.lines]
    spanning = any(cell.columns > 1 for cell in filled)
    depth = max([cell.rows for cell in filled if spanning] or [1])
    depth = max(depth, 2 if spanning else 1)
    limit = min(len(rows) - 1, _MOST_HEADS)
    while depth < limit and not _begins(rows[depth]) and not _has_values(rows[depth]):
        depth += 1
    depth = min(depth, limit)
    return depth if not any(_has_values(row) for row in rows[1:depth]) else 1


def _begins(row: Row) -> bool:
    return any(cell.column == 0 and cell.lines for cell in row.cells)


def _has_values(row: Row) -> bool:
    return any(_NUMBER.match(c.text) and not _YEAR.match(c.text) for c in row.cells if c.lines)


def _heads_it(heads: Sequence[Row], body: Sequence[Row], width: int) -> bool:
    """Tell whether the first rows name the columns of those below."""
    names = [cell for row in heads for cell in row.cells if cell.lines]
    below = [cell for row in body for cell in row.cells if cell.lines]
    if all(cell.bold for cell in names) and not all(cell.bold for cell in below):
        return len(names) > 1
    if _differ(names, below):
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


def _differ(names: Sequence[Cell], below: Sequence[Cell]) -> bool:
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


def _are_pairs(rows: Sequence[Row]) -> bool:
    """Tell whether rows of two cells are short names, each told once, and what they mean."""
    names = [row.cells[0].text for row in rows if len(row.cells) == 2 and row.cells[0].lines]
    distinct = len({name.lower() for name in names}) == len(names)
    worded = all(any(map(str.isalpha, name)) for name in names)
    return len(names) > 1 and distinct and worded and all(len(n) <= _LONGEST_NAME for n in names)


def _paired(said: list[str]) -> list[str]:
    """Put what stands after "Nome:" with it."""
    parts: list[str] = []
    for text in said:
        if parts and parts[-1].endswith(":"):
            parts[-1] += f" {text}"
        else:
            parts.append(text)
    return parts


def _composed(parts: Sequence[tuple[str, bool]]) -> str:
    name = ""
    for said, spans in parts:
        name += said + (" – " if spans else " ")
    return name.rstrip(" –")


def _only(row: Row) -> Cell:
    return next(cell for cell in row.cells if cell.lines)
