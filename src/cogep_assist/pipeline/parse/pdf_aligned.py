"""Find tables without upright rules: lines whose pieces stand under each other. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from cogep_assist.pipeline.parse.pdf_rules import Rule
from cogep_assist.pipeline.parse.pdf_words import Piece, TextRow

# Lines farther apart than this, in heights, belong to no one table.
_FAR = 2.6
# Between two columns there is at least this much white, in heights.
_GUTTER = 0.45
# So many lines may reach over a gutter: heads of several columns, notes.
_CROSSING = 0.12
_LEAST_ROWS = 3
# In points: edges that lie so near are in line.
_IN_LINE = 3.5
_IN_LINE_SHARE = 0.6
# A column of prose has long lines; a table's cell seldom has.
_PROSE_CHARS = 42
_PROSE_WIDTH = 0.28
_ENUMERATOR = re.compile(r"(?:[•▪◦●○■►✓–—*·‣⁃∙-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)º°]?)$")
_VALUE = re.compile(r"\d|^(?:[xX✓✔–—-]|sim|não|isento|livre)$", re.IGNORECASE)
_DRAWN = re.compile(r"[_.\-–— ]+$")


@dataclass(frozen=True, slots=True)
class Aligned:
    """Lines that make a table, where each of its columns may begin, and the rules in it."""

    rows: list[TextRow]
    edges: list[float]
    rules: list[float]

    def column(self, piece: Piece) -> int:
        """Return the column in which a piece begins."""
        starts = sum(edge <= piece.left + 1 for edge in self.edges)
        return max(starts - 1, 0)

    def reach(self, piece: Piece) -> int:
        """Return how many columns a piece covers."""
        ends = sum(edge < piece.right - 1 for edge in self.edges)
        return max(ends - self.column(piece), 1)


def find_aligned(rows: Sequence[TextRow], level: Sequence[Rule]) -> list[Aligned]:
    """Return the tables in the lines of a page, which go from top to bottom."""
    found = []
    for run in _runs(rows):
        table = _table(run, level)
        if table is not None:
            found.append(table)
    return found


def _runs(rows: Sequence[TextRow]) -> Iterator[list[TextRow]]:
    """Yield runs of lines that have pieces beside each other, with what stands between them."""
    run: list[TextRow] = []
    loose = 0
    for row in rows:
        if run and run[-1].bottom - row.top > _FAR * min(row.height, run[-1].height):
            yield run
            run, loose = [], 0
        if len(row.pieces) > 1:
            run.append(row)
            loose = 0
        elif run:
            loose += 1
            if loose > 2 or not _may_belong(row, run):
                yield run
                run, loose = [], 0
            else:
                run.append(row)
    if run:
        yield run


def _may_belong(row: TextRow, run: Sequence[TextRow]) -> bool:
    """Tell whether a line of one piece may be the rest of a cell or name a group of rows."""
    left = min(each.left for each in run)
    right = max(each.right for each in run)
    inside = row.left >= left - _IN_LINE and row.right <= right + _IN_LINE
    return inside and row.right - row.left < 0.7 * (right - left)


def _table(run: list[TextRow], level: Sequence[Rule]) -> Aligned | None:
    while run and len(run[-1].pieces) < 2 and not _ends_cell(run[-1], run[:-1]):
        run = run[:-1]
    beside = [row for row in run if len(row.pieces) > 1 and not _is_drawn(row)]
    if len(beside) < 2:
        return None
    rules = _rules_of(run, level)
    if len(beside) < (2 if len(rules) > 1 else _LEAST_ROWS):
        return None
    edges = _edges(beside)
    if len(edges) < 2:
        return None
    found = Aligned(run, edges, rules)
    return found if _is_table(found, beside) else None


def _ends_cell(row: TextRow, run: Sequence[TextRow]) -> bool:
    """Tell whether a last line goes on with a cell that does not begin the row above it."""
    if not run or len(run[-1].pieces) < 2:
        return False
    starts = [piece.left for piece in run[-1].pieces[1:]]
    close = run[-1].bottom - row.top < 0.5 * row.height
    return close and any(abs(row.left - start) <= _IN_LINE for start in starts)


def _is_drawn(row: TextRow) -> bool:
    return all(_DRAWN.match(piece.text) for piece in row.pieces)


def _rules_of(run: Sequence[TextRow], level: Sequence[Rule]) -> list[float]:
    """Return the heights of the rules that lie over most of a run's width, within it or near."""
    left, right = min(row.left for row in run), max(row.right for row in run)
    top, bottom = run[0].top + run[0].height, run[-1].bottom - run[-1].height
    return sorted(
        (
            rule.place
            for rule in level
            if bottom <= rule.place <= top
            and min(rule.end, right) - max(rule.start, left) > 0.6 * (right - left)
        ),
        reverse=True,
    )


def _edges(beside: Sequence[TextRow]) -> list[float]:
    """Return where columns may begin: the left end, the middle of each strip that stays white."""
    gap = _GUTTER * median(row.height for row in beside)
    spans = sorted((piece.left, piece.right) for row in beside for piece in row.pieces)
    allowed = int(len(beside) * _CROSSING)
    # Sweep from left to right, counting the pieces that lie over each place.
    events = sorted([(left, 1) for left, _ in spans] + [(right, -1) for _, right in spans])
    edges = [spans[0][0]]
    over, white = 0, spans[0][0]
    for place, step in events:
        if over <= allowed and step > 0 and place - white >= gap:
            edges.append((white + place) / 2)
        over += step
        white = place
    return [edge for edge in edges if edge <= spans[-1][0]]


def _is_table(found: Aligned, beside: Sequence[TextRow]) -> bool:
    columns: list[list[Piece]] = [[] for _ in found.edges]
    for row in beside:
        for piece in row.pieces:
            if found.reach(piece) == 1:
                columns[found.column(piece)].append(piece)
    used = [column for column in columns if len(column) > 1]
    if len(used) < 2:
        return False
    if all(_ENUMERATOR.match(piece.text) for piece in used[0]):
        used = used[1:]
        if len(used) < 2:
            return False
    in_line = sum(_stand_in_line(column) for column in used)
    if in_line < len(used):
        return False
    prose = [median(len(piece.text) for piece in column) > _PROSE_CHARS for column in used]
    if sum(prose) > 1 or (len(used) == 2 and any(prose) and not found.rules):
        return False
    if len(used) == 2 and not found.rules and _are_columns_of_text(used):
        return False
    return len(used) > 2 or bool(found.rules) or _pairs_with_values(used)


def _are_columns_of_text(columns: Sequence[Sequence[Piece]]) -> bool:
    """Tell whether two columns both fill their part of the page, as prose does."""
    left = min(piece.left for column in columns for piece in column)
    right = max(piece.right for column in columns for piece in column)
    widths = [median(piece.right - piece.left for piece in column) for column in columns]
    return min(widths) > _PROSE_WIDTH * (right - left)


def _stand_in_line(column: Sequence[Piece]) -> bool:
    """Tell whether most pieces begin, end or have their middle at one place."""
    needed = max(2, _IN_LINE_SHARE * len(column))
    for places in (
        [piece.left for piece in column],
        [piece.right for piece in column],
        [(piece.left + piece.right) / 2 for piece in column],
    ):
        usual = median(places)
        if sum(abs(place - usual) <= _IN_LINE for place in places) >= needed:
            return True
    return False


def _pairs_with_values(columns: Sequence[Sequence[Piece]]) -> bool:
    """Tell whether one of two columns mostly says numbers, and not those of a list of contents."""
    last = [piece.text for piece in columns[-1]]
    if all(text.isdecimal() for text in last):
        numbers = [int(text) for text in last[:5_000]]
        if numbers == sorted(numbers) and len(set(numbers)) > 1:
            return False
    return any(
        sum(bool(_VALUE.search(piece.text)) for piece in column) >= 0.6 * len(column)
        and median(len(piece.text) for piece in column) <= _PROSE_CHARS
        for column in columns
    )
