"""The measures of a RIPD (art. 38): each planned or in force, who answers for it, and its day."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cogep_assist.core.errors import AppError


class MeasureStanding(enum.StrEnum):
    """Whether a measure is there already."""

    PLANNED = "planned"
    IN_FORCE = "in_force"


STANDINGS = {MeasureStanding.PLANNED: "planejada", MeasureStanding.IN_FORCE: "em vigor"}
UNTOLD = "situação não informada"


@dataclass(frozen=True, slots=True)
class MeasureCount:
    """How the measures of a report stand; ``late`` are planned for a day that is over."""

    in_force: int = 0
    planned: int = 0
    late: int = 0
    untold: int = 0


def measures_of(risk: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the measures against a risk; one text, as older reports have, is taken apart.

    Of what was written as a text nobody said whether it is there.
    """
    told = risk.get("measures") or []
    if isinstance(told, str):
        told = [{"what": part} for part in told.split(";")]
    return [
        {
            "what": what,
            "standing": one.get("standing"),
            "responsible": " ".join((one.get("responsible") or "").split()),
            "on": one.get("on"),
        }
        for one in told
        if (what := " ".join(one["what"].split()))
    ]


def checked_measures(risk: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a risk's measures, to be kept. Raises AppError("impact_measure_incomplete").

    A plan without somebody who answers for it and a day is none.
    """
    measures = measures_of(risk)
    for one in measures:
        planned = one["standing"] == MeasureStanding.PLANNED
        if planned and not (one["responsible"] and one["on"]):
            raise AppError("impact_measure_incomplete", measure=one["what"])
    return measures


def is_late(measure: Mapping[str, Any], today: date) -> bool:
    """Tell whether a measure should have been there by now."""
    planned = measure["standing"] == MeasureStanding.PLANNED
    return planned and date.fromisoformat(measure["on"]) < today


def standing_words(measure: Mapping[str, Any]) -> str:
    """Say how a measure stands: "planejada para 01/03/2027", "em vigor desde 05/02/2026"."""
    if not measure["standing"]:
        return UNTOLD
    standing = MeasureStanding(measure["standing"])
    if not measure["on"]:
        return STANDINGS[standing]
    joined = "para" if standing is MeasureStanding.PLANNED else "desde"
    return f"{STANDINGS[standing]} {joined} {date.fromisoformat(measure['on']):%d/%m/%Y}"


def count_measures(content: Mapping[str, Any], today: date) -> MeasureCount:
    """Count the measures of a report by how they stand."""
    every = list(_every(content.get("risks", [])))
    standings = [one["standing"] for one in every]
    return MeasureCount(
        in_force=standings.count(MeasureStanding.IN_FORCE),
        planned=standings.count(MeasureStanding.PLANNED),
        late=sum(is_late(one, today) for one in every),
        untold=standings.count(None),
    )


def measure_rows(content: Mapping[str, Any]) -> list[list[str]]:
    """Return a report's measures as lines of a table: risk, measure, standing, who answers."""
    return [
        [risk["threat"], one["what"], standing_words(one), one["responsible"] or "a definir"]
        for risk in content.get("risks", [])
        for one in measures_of(risk)
    ]


def _every(risks: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for risk in risks:
        yield from measures_of(risk)
