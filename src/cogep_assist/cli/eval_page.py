"""A run as one HTML file with its figures and curves: no script, no font, nothing fetched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from cogep_assist.cli.eval_figures import (
    NO_ABSTENTION,
    NOTHING_TO_DRAW,
    TICKS,
    Curve,
    curves_of,
    named_figures,
)
from cogep_assist.cli.written_file import writing

_WIDTH, _HEIGHT = 560, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 24, 16, 52
_PAGE = """<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Avaliação: {{ title }}</title>
<style>
:root { color-scheme: light dark; --line: #1351b4; --weak: #76767a; }
@media (prefers-color-scheme: dark) { :root { --line: #8ab4ff; --weak: #a8a8ad; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { overflow-wrap: anywhere; }
table { border-collapse: collapse; }
caption { text-align: left; font-weight: 600; }
td, th { padding: .25rem 1rem .25rem 0; text-align: left; font-weight: normal; }
td { font-variant-numeric: tabular-nums; text-align: right; }
figure { margin: 2rem 0; }
figcaption { font-weight: 600; }
svg { max-width: 100%; height: auto; }
svg text { font-size: 13px; fill: currentColor; }
</style>
</head>
<body>
<h1>Avaliação: {{ title }}</h1>
<table>
<caption>Resultados</caption>
{% for name, value in figures %}<tr><th scope="row">{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
{% for curve in curves %}
<figure>
<figcaption>{{ curve.title }}</figcaption>
<svg viewBox="0 0 {{ width }} {{ height }}" width="{{ width }}" height="{{ height }}"
 role="img" aria-label="{{ curve.title }}: {{ curve.up }}, {{ curve.across }}">
{% for tick in curve.rows %}<line x1="{{ left }}" x2="{{ right }}" y1="{{ tick.y }}"
 y2="{{ tick.y }}" stroke="var(--weak)" stroke-width=".5"/>
<text x="{{ left - 8 }}" y="{{ tick.y + 4 }}" text-anchor="end">{{ tick.label }}</text>
{% endfor %}{% for tick in curve.columns %}
<text x="{{ tick.x }}" y="{{ bottom + 18 }}" text-anchor="middle">{{ tick.label }}</text>
{% endfor %}<text x="{{ (left + right) / 2 }}" y="{{ height - 8 }}"
 text-anchor="middle">{{ curve.across }}</text>
<text transform="translate(14 {{ (bottom + top) / 2 }}) rotate(-90)"
 text-anchor="middle">{{ curve.up }}</text>
<polyline fill="none" stroke="var(--line)" stroke-width="2" points="{{ curve.points }}"/>
{% if curve.mark %}<circle cx="{{ curve.mark.0 }}" cy="{{ curve.mark.1 }}" r="5"
 fill="var(--line)"/>
<text x="{{ right }}" y="{{ bottom - 10 }}" text-anchor="end">● {{ curve.mark_words }}</text>
{% endif %}
</svg>
</figure>
{% else %}<p>{{ nothing }}</p>
{% endfor %}
{% if curves|length == 1 %}<p>{{ no_abstention }}</p>{% endif %}
</body>
</html>
"""


def write_page(run: Mapping[str, Any], path: Path, title: str) -> None:
    """Write a run as one page."""
    page = Environment(autoescape=True).from_string(_PAGE)
    drawn = page.render(
        title=title,
        figures=named_figures(run),
        curves=[_drawn(curve) for curve in curves_of(run)],
        nothing=NOTHING_TO_DRAW,
        no_abstention=NO_ABSTENTION,
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        top=_TOP,
        bottom=_HEIGHT - _BOTTOM,
    )
    with writing(path) as file:
        file.write(drawn)


def _drawn(curve: Curve) -> dict[str, Any]:
    return {
        "title": curve.title,
        "across": curve.across,
        "up": curve.up,
        "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_place, curve.points)),
        "rows": [{"y": _place((0, tick))[1], "label": f"{tick:.0%}"} for tick in TICKS],
        "columns": [{"x": _place((share, 0))[0], "label": label} for share, label in curve.columns],
        "mark": _place(curve.mark) if curve.mark else None,
        "mark_words": curve.mark_words,
    }


def _place(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return (
        round(_LEFT + x * (_WIDTH - _LEFT - _RIGHT), 1),
        round(_HEIGHT - _BOTTOM - y * (_HEIGHT - _BOTTOM - _TOP), 1),
    )
