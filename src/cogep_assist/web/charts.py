"""Charts that the server draws: SVG with a title and a description, beside a table that says it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from cogep_assist.web.formats import number_br

# About as wide as a chart is shown, so that its words are as large as those around it.
WIDTH = 480
ROW = 26
LABEL_WIDTH = 156
VALUE_WIDTH = 80
COLUMN_HEIGHT = 200
AXIS_WIDTH = 44
BELOW = 34
MOST_BARS = 20
MAX_LABEL_CHARS = 17
# Dates under columns that stand closer than this would run into each other.
LABEL_EVERY_PIXELS = 64


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, its words, and where they stand."""

    x: float
    y: float
    width: float
    height: float
    label: str = ""
    value: str = ""
    second: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws; ``key`` tells it from the others of a page."""

    key: str
    title: str
    description: str
    width: int
    height: int
    bars: list[Bar] = field(default_factory=list)
    ticks: list[tuple[float, str]] = field(default_factory=list)
    columns: bool = False
    legend: tuple[str, str] | None = None


def bar_chart(
    key: str,
    title: str,
    values: Sequence[tuple[str, float | None, str]],
    *,
    top: float | None = None,
) -> Chart | None:
    """Draw bars that lie, one a group: its name, its value, its value in words.

    ``top`` is the value of a full bar, else the largest there is. None where there is nothing.
    """
    known = [(name, value, words) for name, value, words in values if value is not None]
    if not known:
        return None
    shown = known[:MOST_BARS]
    most = top or max(value for _, value, _ in shown) or 1.0
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    bars = [
        Bar(
            LABEL_WIDTH,
            n * ROW + 4,
            max(1.0, room * min(value / most, 1)),
            ROW - 10,
            _cut(group),
            words,
        )
        for n, (group, value, words) in enumerate(shown)
    ]
    told = "; ".join(f"{name}: {words}" for name, _, words in shown)
    more = f" E mais {len(known) - len(shown)}, na tabela." if len(known) > len(shown) else ""
    return Chart(key, title, told + more, WIDTH, len(shown) * ROW + 6, bars)


def column_chart(
    key: str,
    title: str,
    values: Sequence[tuple[str, float, float]],
    legend: tuple[str, str],
) -> Chart | None:
    """Draw pairs of columns along time: a date's name and two counts."""
    if not values:
        return None
    most = max(max(first, second) for _, first, second in values) or 1
    top = _round_up(most)
    step = (WIDTH - AXIS_WIDTH) / len(values)
    width = max(1.0, min(18.0, step * 0.4))
    every = max(1, math.ceil(LABEL_EVERY_PIXELS / step))
    bars = []
    for n, (name, first, second) in enumerate(values):
        middle = AXIS_WIDTH + step * (n + 0.5)
        label = name if n % every == 0 else ""
        bars.append(_column(middle - width, width, first, top, label, second=False))
        bars.append(_column(middle, width, second, top, "", second=True))
    ticks = [(COLUMN_HEIGHT * (1 - part) + 8, number_br(top * part)) for part in (0, 0.5, 1)]
    told = (
        f"{legend[0]}: {number_br(sum(first for _, first, _ in values))} ao todo, "
        f"no máximo {number_br(max(first for _, first, _ in values))} de uma vez. "
        f"{legend[1]}: {number_br(sum(second for _, _, second in values))} ao todo."
    )
    height = COLUMN_HEIGHT + BELOW
    return Chart(key, title, told, WIDTH, height, bars, ticks, columns=True, legend=legend)


def _column(x: float, width: float, value: float, top: float, label: str, *, second: bool) -> Bar:
    height = COLUMN_HEIGHT * value / top
    return Bar(x, 8 + COLUMN_HEIGHT - height, width, height, label, number_br(value), second)


def _round_up(value: float) -> float:
    """Return a round number that is not smaller, to end an axis with."""
    power = 10.0 ** math.floor(math.log10(value)) if value >= 1 else 1.0
    return max(2.0, next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value))


def _cut(name: str) -> str:
    return name if len(name) <= MAX_LABEL_CHARS else f"{name[: MAX_LABEL_CHARS - 1]}…"
