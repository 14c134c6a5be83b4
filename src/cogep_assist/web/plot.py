"""Lines of figures over time as SVG: drawn by the server, readable without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 180
_LEFT, _TOP, _RIGHT, _BOTTOM = 40, 10, 10, 24


@dataclass(frozen=True, slots=True)
class PlotPoint:
    """A point in the drawing, and what it says."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A line from 0 to 1 over equal steps."""

    points: Sequence[PlotPoint]
    path: str
    lines: Sequence[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT


def line_plot(values: Sequence[tuple[str, float]]) -> Plot:
    """Draw shares (0 to 1), each with the words of its step, from left to right."""
    across = WIDTH - _LEFT - _RIGHT
    steps = max(1, len(values) - 1)
    points = [
        PlotPoint(
            round(_LEFT + (across * place / steps if len(values) > 1 else across / 2), 1),
            round(_height_of(value), 1),
            f"{words}: {value:.2f}".replace(".", ","),
        )
        for place, (words, value) in enumerate(values)
    ]
    path = "M" + " L".join(f"{point.x} {point.y}" for point in points) if points else ""
    lines = [(round(_height_of(v), 1), f"{v:.1f}".replace(".", ",")) for v in (0.0, 0.5, 1.0)]
    return Plot(points, path, lines)


def _height_of(value: float) -> float:
    inside = min(1.0, max(0.0, value))
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - inside)
