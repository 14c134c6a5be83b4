"""Two runs of one set beside each other: is the difference more than chance (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from cogep_assist.core.errors import AppError

RESAMPLES = 2_000
# The sign test (Dixon and Mood, 1946): of fewer pairs, all may move one way by chance (2 / 2**5).
_FEWEST_PAIRS = 6
_SEED = 20_261_123
# What is measured per question but is no figure of its own.
_NOT_COMPARED = frozenset({"confidence", "impossible"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure before and now over the same questions, with the 95% interval of the change."""

    name: str
    questions: int
    before: float
    now: float
    low: float
    high: float

    @property
    def change(self) -> float:
        """How much the figure rose."""
        return self.now - self.before

    @property
    def certain(self) -> bool:
        """Whether the interval leaves zero out, over enough questions to say so."""
        return self.questions >= _FEWEST_PAIRS and (self.low > 0 or self.high < 0)


def compare_runs(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Compare the figures of each question by the paired bootstrap (Efron, 1979).

    Both are runs as ``cogep eval --save`` writes them. Questions of one run alone are left out.
    Raises AppError("evaluation_run_invalid") for anything else,
    AppError("evaluation_runs_differ") without a question in common.
    """
    old, new = _questions(before), _questions(now)
    shared = [name for name in new if name in old]
    if not shared:
        raise AppError("evaluation_runs_differ")
    names = dict.fromkeys(key for question in shared for key in new[question])
    found = []
    for name in names:
        if name in _NOT_COMPARED:
            continue
        pairs = [
            (float(old[question][name]), float(new[question][name]))
            for question in shared
            if name in old[question] and name in new[question]
        ]
        if pairs:
            found.append(_difference(name, pairs))
    return found


def _questions(run: Mapping[str, Any]) -> Mapping[str, Mapping[str, float]]:
    questions = run.get("questions") if isinstance(run, Mapping) else None
    if not isinstance(questions, Mapping) or not all(
        isinstance(own, Mapping) and all(isinstance(value, int | float) for value in own.values())
        for own in questions.values()
    ):
        raise AppError("evaluation_run_invalid")
    return questions


def _difference(name: str, pairs: list[tuple[float, float]]) -> Difference:
    changes = np.array([now - before for before, now in pairs])
    # Fixed, so that the same two runs always compare the same.
    chance = np.random.default_rng(_SEED)
    count = len(pairs)
    means = sorted(
        float(changes[chance.integers(0, count, count)].mean()) for _ in range(RESAMPLES)
    )
    return Difference(
        name=name,
        questions=len(pairs),
        before=fmean(before for before, _ in pairs),
        now=fmean(now for _, now in pairs),
        low=means[round(0.025 * (RESAMPLES - 1))],
        high=means[round(0.975 * (RESAMPLES - 1))],
    )
