"""Curves as one HTML page with inline SVG: no dependency, nothing fetched."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

Points = list[tuple[float, float]]

_WIDTH, _HEIGHT, _EDGE = 560, 340, 44
_WIDEST = 0.3
_COLOURS = ("#1351b4", "#c5283d", "#168821", "#8a5a00", "#6a3fa0", "#00727a")
_DASHES = {"removed": "", "foreign": "6 4"}


def write_curves(path: Path, curves: Mapping[str, Mapping[str, Points]]) -> None:
    """Draw for each set the abstention on what has no answer over the false abstention."""
    drawn, legend = [], []
    for number, (name, kinds) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        legend.append(f'<li style="color:{colour}">{escape(name)}</li>')
        for kind, points in kinds.items():
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_place, points))
            drawn.append(
                f'<polyline fill="none" stroke="{colour}" stroke-width="2"'
                f' stroke-dasharray="{_DASHES[kind]}" points="{line}">'
                f"<title>{escape(name)}: {kind}</title></polyline>"
            )
    path.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Abstention</title>"
        "<h1>Abstention by false abstention</h1>"
        "<p>Solid: the passage was taken away. Dashed: another base's question.</p>"
        f"<ul>{''.join(legend)}</ul>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" font-size="12">'
        f"{''.join(_grid())}{''.join(drawn)}</svg></html>\n",
        encoding="utf-8",
    )


def _grid() -> list[str]:
    lines = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        (left, y), (right, _) = _place((0, tick)), _place((_WIDEST, tick))
        lines.append(f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="#ccc"/>')
        lines.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{tick:.0%}</text>')
    for share in (0, 0.05, 0.1, 0.2, 0.3):
        x, y = _place((share, 0))
        lines.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{share:.0%}</text>')
    return lines


def _place(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return (
        round(_EDGE + x / _WIDEST * (_WIDTH - 2 * _EDGE), 1),
        round(_HEIGHT - _EDGE - y * (_HEIGHT - _EDGE - 12), 1),
    )
