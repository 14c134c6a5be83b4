"""Find the grids that a page's rules draw, and the cells in them. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cogep_assist.pipeline.parse.pdf_rules import Rule, Rules

# In points: how near rules must come to meet, and an edge must stand out to count as one.
_MEET = 3.5
_OPEN = 8.0
_SAME = 3.0
# More than this is a drawing or a map.
_MAX_RULES = 300
_MAX_SLOTS = 12_000


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one cell in a grid, in columns and rows counted from 0, from the upper left."""

    column: int
    row: int
    columns: int
    rows: int


@dataclass(slots=True)
class Grid:
    """The columns' edges from left to right, the rows' from top to bottom, and the cells' places.

    ``slots`` gives for each row and column the cell that lies there.
    """

    xs: list[float]
    ys: list[float]
    slots: dict[tuple[int, int], Slot] = field(default_factory=dict)

    def place(self, x: float, y: float) -> Slot | None:
        """Return the cell in which a point lies."""
        column = bisect_right(self.xs, x) - 1
        row = bisect_right([-edge for edge in self.ys], -y) - 1
        return self.slots.get((row, column))

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in the grid."""
        return self.xs[0] <= x <= self.xs[-1] and self.ys[-1] <= y <= self.ys[0]


def find_grids(rules: Rules) -> list[Grid]:
    """Return the grids of at least two columns, those inside another left out."""
    if not rules.upright or max(len(rules.level), len(rules.upright)) > _MAX_RULES:
        return []
    grids = [grid for part in _parts(rules) if (grid := _grid(part)) is not None]
    return [
        grid
        for grid in grids
        if not any(
            other is not grid
            and other.xs[0] <= grid.xs[0]
            and grid.xs[-1] <= other.xs[-1]
            and other.ys[-1] <= grid.ys[-1]
            and grid.ys[0] <= other.ys[0]
            for other in grids
        )
    ]


def clusters(places: Iterable[float], near: float = _SAME) -> list[float]:
    """Return the middle of each run of values that lie near each other, rising."""
    runs: list[list[float]] = []
    for place in sorted(places):
        if runs and place - runs[-1][-1] <= near:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [sum(run) / len(run) for run in runs]


def _parts(rules: Rules) -> list[Rules]:
    """Part the rules into those that hang together."""
    count = len(rules.level)
    parent = list(range(count + len(rules.upright)))
    for place, level in enumerate(rules.level):
        for other, upright in enumerate(rules.upright):
            if _meet(level, upright):
                parent[_root(parent, place)] = _root(parent, count + other)
    parts: dict[int, Rules] = {}
    for place in range(len(parent)):
        part = parts.setdefault(_root(parent, place), Rules())
        if place < count:
            part.level.append(rules.level[place])
        else:
            part.upright.append(rules.upright[place - count])
    return [part for part in parts.values() if part.level and part.upright]


def _meet(level: Rule, upright: Rule) -> bool:
    return (
        level.start - _MEET <= upright.place <= level.end + _MEET
        and upright.start - _MEET <= level.place <= upright.end + _MEET
    )


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


def _grid(part: Rules) -> Grid | None:
    xs = _with_ends(
        clusters(rule.place for rule in part.upright),
        min(rule.start for rule in part.level),
        max(rule.end for rule in part.level),
    )
    ys = _with_ends(
        clusters(rule.place for rule in part.level),
        min(rule.start for rule in part.upright),
        max(rule.end for rule in part.upright),
    )[::-1]
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 2 or rows < 1 or columns * rows > _MAX_SLOTS:
        return None
    grid = Grid(xs, ys)
    uprights = [_at(part.upright, x) for x in xs]
    levels = [_at(part.level, y) for y in ys]
    parent = list(range(columns * rows))
    for row in range(rows):
        middle = (ys[row] + ys[row + 1]) / 2
        for column in range(columns):
            centre = (xs[column] + xs[column + 1]) / 2
            here = row * columns + column
            if column and not _ruled(uprights[column], middle):
                parent[_root(parent, here)] = _root(parent, here - 1)
            if row and not _ruled(levels[row], centre):
                parent[_root(parent, here)] = _root(parent, here - columns)
    _fill(grid, parent, columns, rows)
    return grid


def _with_ends(places: Sequence[float], low: float, high: float) -> list[float]:
    """Add the ends that a table open at its sides has no rule for."""
    before = [low] if low < places[0] - _OPEN else []
    after = [high] if high > places[-1] + _OPEN else []
    return [*before, *places, *after]


def _at(rules: Sequence[Rule], place: float) -> list[Rule]:
    return [rule for rule in rules if abs(rule.place - place) <= _SAME]


def _ruled(rules: Sequence[Rule], across: float) -> bool:
    return any(rule.start - 1 <= across <= rule.end + 1 for rule in rules)


def _fill(grid: Grid, parent: list[int], columns: int, rows: int) -> None:
    members: dict[int, list[tuple[int, int]]] = {}
    for place in range(columns * rows):
        members.setdefault(_root(parent, place), []).append(divmod(place, columns))
    for own in members.values():
        top, left = min(row for row, _ in own), min(column for _, column in own)
        bottom, right = max(row for row, _ in own), max(column for _, column in own)
        slot = Slot(left, top, right - left + 1, bottom - top + 1)
        grid.slots.update(dict.fromkeys(own, slot))
