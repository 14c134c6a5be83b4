"""Learn what each feature of ``answering.abstain`` speaks for: a curve of a few points each.

A logistic regression (Newton's method, features standardised, an even penalty) in which a feature
has a slope of its own below, between and above two of its quantiles. Whoever reads the points sees
what a value says; nothing is learnt of two features together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cogep_assist.answering import abstain

Row = list[float] | None
Numbers = NDArray[np.float64]
Points = tuple[tuple[float, float], ...]
# The ends of a curve, and where its slope may change.
_ENDS, _KNOTS = (0.005, 0.995), (0.06, 0.2, 0.6)
# Of each standardised slope; and what counts as no spread at all.
_PENALTY, _FLAT = 5e-3, 1e-9
_STEPS = 25
# The log odds where nothing was found.
_NONE = -99.0


@dataclass(frozen=True)
class Curves:
    """What the values of each feature speak for, in log odds, and where all of them begin."""

    bias: float
    points: Mapping[str, Points]

    def odds(self, rows: Sequence[Row]) -> Numbers:
        """Return the log odds of each answer; a row ends with whether a rule speaks against it."""
        return np.array([_NONE if row is None else self._odds(row) for row in rows])

    def _odds(self, row: list[float]) -> float:
        *values, ruled_out = row
        spoken = [
            float(np.interp(value, [x for x, _ in curve], [y for _, y in curve]))
            for value, curve in zip(values, self.points.values(), strict=True)
        ]
        return self.bias + sum(spoken) - abstain.RULED_OUT * ruled_out


def shipped() -> Curves:
    """Return the product's own."""
    return Curves(abstain.BIAS, abstain.CURVES)


def learn(rows: Sequence[list[float]], wanted: Numbers, shares: Numbers) -> Curves:
    """Fit curves to rows, whether each is an answer (1 or 0), and how much each of them counts."""
    table = np.array(rows)[:, : len(abstain.CURVES)]
    places = [_places(column) for column in table.T]
    basis = [_basis(column, own) for column, own in zip(table.T, places, strict=True)]
    bias, slopes = _fitted(np.hstack(basis), wanted, shares)
    points, first = {}, 0
    for name, own in zip(abstain.CURVES, places, strict=True):
        height = _basis(own, own) @ slopes[first : first + len(own) - 1]
        points[name] = tuple(zip(own.tolist(), height.tolist(), strict=True))
        first += len(own) - 1
    return Curves(bias, points)


def _places(column: Numbers) -> Numbers:
    """Return where the curve of a feature has its points: two where it has but two values.

    Where most rows say nothing (the lowest value), those that say something tell.
    """
    lowest = column.min()
    ends = np.quantile(column, _ENDS)
    telling = column[column > lowest] if np.quantile(column, _KNOTS[-1]) == lowest else column
    knots = np.quantile(telling, _KNOTS) if len(telling) else [lowest]
    found = np.unique([*ends, *knots])
    return found if len(found) > 1 else np.array([lowest, lowest + 1.0])


def _basis(column: Numbers, places: Numbers) -> Numbers:
    """Return how far each value has come on each stretch between the points."""
    ends = np.diff(places)
    return np.clip(column[:, None] - places[:-1], 0.0, ends)


def _fitted(table: Numbers, wanted: Numbers, share: Numbers) -> tuple[float, Numbers]:
    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread < _FLAT] = 1.0
    scaled = np.hstack([np.ones((len(table), 1)), (table - middle) / spread])
    penalty = np.diag([_FLAT, *[_PENALTY] * table.shape[1]])
    weights = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ ((likely - wanted) * share) + penalty @ weights
        bend = (scaled.T * (likely * (1 - likely) * share)) @ scaled + penalty
        weights -= np.linalg.solve(bend, slope)
    slopes: Numbers = weights[1:] / spread
    return float(weights[0] - slopes @ middle), slopes
