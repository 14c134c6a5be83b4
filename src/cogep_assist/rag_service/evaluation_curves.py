"""The curves of a run: where the first right document stands, and what abstaining costs (pure)."""

from collections.abc import Mapping
from typing import Any

Points = list[tuple[float, float]]

DEEPEST = 10


def rank_curve(run: Mapping[str, Any]) -> Points:
    """Return (rank, share of the questions whose first right document stands there or before)."""
    ranks = [
        round(1 / value) if value else DEEPEST + 1
        for own in run["questions"].values()
        for name, value in own.items()
        if name.startswith("mrr@")
    ]
    if not ranks:
        return []
    return [
        (float(deep), sum(rank <= deep for rank in ranks) / len(ranks))
        for deep in range(1, DEEPEST + 1)
    ]


def abstention_curve(run: Mapping[str, Any]) -> Points:
    """Return (share of answerable questions not answered, share of impossible ones not answered).

    A point for each confidence that could be the threshold; empty where the set has not both kinds.
    """
    known = [own for own in run["questions"].values() if "confidence" in own]
    answerable = sorted(own["confidence"] for own in known if not own.get("impossible"))
    impossible = sorted(own["confidence"] for own in known if own.get("impossible"))
    if not answerable or not impossible:
        return []
    thresholds = sorted({0.0, *answerable, *impossible, 1.01})
    return [
        (_below(answerable, threshold), _below(impossible, threshold)) for threshold in thresholds
    ]


def _below(values: list[float], threshold: float) -> float:
    return sum(value < threshold for value in values) / len(values)
