"""A run as one HTML file with its figures and curves: no script, no font, nothing fetched."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment

from cogep_assist.cli.moments import number
from cogep_assist.core.errors import AppError
from cogep_assist.rag_service.evaluation_curves import (
    DEEPEST,
    Points,
    abstention_curve,
    rank_curve,
)

_WIDTH, _HEIGHT, _EDGE = 520, 320, 48
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
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
table { border-collapse: collapse; }
td, th { padding: .25rem 1rem .25rem 0; text-align: left; }
td + td { font-variant-numeric: tabular-nums; }
figure { margin: 2rem 0; }
svg { max-width: 100%; height: auto; }
svg text { font-size: 12px; fill: currentColor; }
</style>
</head>
<body>
<h1>Avaliação: {{ title }}</h1>
<table>
<caption>Figuras desta medição</caption>
{% for name, value in figures %}<tr><th scope="row">{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
{% for curve in curves %}
<figure>
<figcaption>{{ curve.title }}</figcaption>
<svg viewBox="0 0 {{ width }} {{ height }}" width="{{ width }}" height="{{ height }}"
 role="img" aria-label="{{ curve.title }}">
{% for tick in curve.ticks %}<line x1="{{ left }}" x2="{{ right }}" y1="{{ tick.y }}"
 y2="{{ tick.y }}" stroke="var(--weak)" stroke-width=".5"/>
<text x="{{ left - 8 }}" y="{{ tick.y + 4 }}" text-anchor="end">{{ tick.label }}</text>
{% endfor %}{% for tick in curve.columns %}
<text x="{{ tick.x }}" y="{{ height - 26 }}" text-anchor="middle">{{ tick.label }}</text>
{% endfor %}<text x="{{ (left + right) / 2 }}" y="{{ height - 6 }}"
 text-anchor="middle">{{ curve.below }}</text>
<polyline fill="none" stroke="var(--line)" stroke-width="2" points="{{ curve.points }}"/>
{% if curve.mark %}<circle cx="{{ curve.mark.0 }}" cy="{{ curve.mark.1 }}" r="5"
 fill="var(--line)"><title>limiar em uso</title></circle>{% endif %}
</svg>
</figure>
{% else %}<p>Este conjunto não tem perguntas com gabarito para desenhar curvas.</p>
{% endfor %}
</body>
</html>
"""


def check_plot(path: Path) -> None:
    """Refuse early what cannot be written. Raises AppError("plot_format_unknown")."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise AppError("plot_format_unknown", path=str(path))


def write_plot(run: Mapping[str, Any], path: Path, title: str) -> None:
    """Write a run, as ``cogep eval --save`` keeps it, as one page."""
    page = Environment(autoescape=True).from_string(_PAGE)
    path.write_text(
        page.render(
            title=title,
            figures=_named(run),
            curves=_curves(run),
            width=_WIDTH,
            height=_HEIGHT,
            left=_EDGE,
            right=_WIDTH - _EDGE,
        ),
        encoding="utf-8",
    )


def _named(run: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in run.items():
        if name == "questions" and isinstance(value, Mapping):
            continue
        if isinstance(value, Mapping):
            rows += _named(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            rows.append((f"{prefix}{name}", number(value, 4 if isinstance(value, float) else 0)))
    return rows


def _curves(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    curves = []
    ranks = rank_curve(run)
    if ranks:
        columns = [(rank / DEEPEST, str(rank)) for rank in range(1, DEEPEST + 1)]
        scaled = [(rank / DEEPEST, share) for rank, share in ranks]
        title = "Parte das perguntas cujo documento certo está até esta posição"
        curves.append(_drawn(title, "posição", scaled, columns))
    abstained = abstention_curve(run)
    if abstained:
        columns = [(tick, f"{tick:.0%}") for tick in _TICKS]
        title = "Abstenção nas perguntas sem resposta, por abstenção indevida"
        mark = _operating_point(run)
        curves.append(_drawn(title, "abstenção indevida", abstained, columns, mark))
    return curves


def _operating_point(run: Mapping[str, Any]) -> tuple[float, float] | None:
    answers = run.get("answers", {})
    false, right = answers.get("false_abstention"), answers.get("abstention")
    return None if false is None or right is None else (false, right)


def _drawn(
    title: str,
    below: str,
    points: Points,
    columns: Sequence[tuple[float, str]],
    mark: tuple[float, float] | None = None,
) -> dict[str, Any]:
    return {
        "title": title,
        "below": below,
        "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_place, points)),
        "ticks": [{"y": _place((0, tick))[1], "label": f"{tick:.0%}"} for tick in _TICKS],
        "columns": [{"x": _place((share, 0))[0], "label": label} for share, label in columns],
        "mark": _place(mark) if mark else None,
    }


def _place(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return (
        round(_EDGE + x * (_WIDTH - 2 * _EDGE), 1),
        round(_HEIGHT - _EDGE - y * (_HEIGHT - _EDGE - 16), 1),
    )
