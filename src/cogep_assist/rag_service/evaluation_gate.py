"""The gate of an evaluation: thresholds in a file, and the figures that miss them."""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cogep_assist.core.errors import AppError


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least or the most that one figure may be; ``name`` is a dotted path."""

    name: str
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A figure that missed its threshold; ``found`` is None where nothing was measured."""

    name: str
    found: float | None
    least: float | None
    most: float | None


def load_gate(path: Path) -> list[Threshold]:
    """Read thresholds such as ``{"ndcg@10": 0.87, "latency_ms.p95": {"max": 50}}``.

    A plain number is the least that passes. Raises AppError("gate_invalid") with the reason.
    """
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise AppError("path_not_found", path=str(path)) from None
    except (ValueError, RecursionError):
        raise _invalid(path, "não é um JSON válido em UTF-8") from None
    if not isinstance(content, dict) or not content:
        raise _invalid(path, "deve ser um objeto com ao menos um limite")
    return _thresholds(path, content, "")


def check_gate(gate: list[Threshold], known: Collection[str]) -> None:
    """Refuse a gate that names what is never measured, before anything is.

    Raises AppError("gate_unknown_figure").
    """
    for threshold in gate:
        if threshold.name not in known:
            raise AppError(
                "gate_unknown_figure", name=threshold.name, known=", ".join(sorted(known))
            )


def missed(figures: Mapping[str, Any], gate: list[Threshold]) -> list[Miss]:
    """Return the thresholds that the figures miss, in the order of the gate.

    Raises AppError("gate_unknown_figure") for a name that the evaluation never measures.
    """
    flat = flat_figures(figures)
    check_gate(gate, flat.keys())
    misses: list[Miss] = []
    for threshold in gate:
        found = flat[threshold.name]
        too_low = found is None or (threshold.least is not None and found < threshold.least)
        too_high = found is not None and threshold.most is not None and found > threshold.most
        if too_low or too_high:
            misses.append(Miss(threshold.name, found, threshold.least, threshold.most))
    return misses


def _thresholds(path: Path, content: Mapping[str, Any], prefix: str) -> list[Threshold]:
    found: list[Threshold] = []
    for key, value in content.items():
        name = f"{prefix}{key}"
        if _is_number(value):
            found.append(Threshold(name, least=float(value)))
        elif isinstance(value, dict) and value and set(value) <= {"min", "max"}:
            if not all(_is_number(bound) for bound in value.values()):
                raise _invalid(path, f"“{name}”: min e max devem ser números")
            if value.get("min", -math.inf) > value.get("max", math.inf):
                raise _invalid(path, f"“{name}”: min é maior que max")
            found.append(Threshold(name, value.get("min"), value.get("max")))
        elif isinstance(value, dict) and value:
            found.extend(_thresholds(path, value, f"{name}."))
        else:
            raise _invalid(path, f"“{name}” deve ser um número ou um objeto com min e max")
    return found


def flat_figures(figures: Mapping[str, Any], prefix: str = "") -> dict[str, float | None]:
    """Return the figures by their dotted paths."""
    flat: dict[str, float | None] = {}
    for key, value in figures.items():
        if isinstance(value, Mapping):
            flat |= flat_figures(value, f"{prefix}{key}.")
        elif value is None or _is_number(value):
            flat[f"{prefix}{key}"] = value
    return flat


def _is_number(value: Any) -> bool:
    # A NaN, which Python's JSON reads, compares with nothing: every figure would pass it.
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(value)


def _invalid(path: Path, reason: str) -> AppError:
    return AppError("gate_invalid", path=str(path), reason=reason)
