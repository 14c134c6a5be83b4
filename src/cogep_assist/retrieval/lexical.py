"""BM25 over packed postings, for all passages of the segments that are searched. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cogep_assist.retrieval.postings import Codes, Floats, Offsets, impact_table

K1 = 1.2
B = 0.75
# The greatest score of each run of this many passages bounds what the run can hold.
_RUN = 64


@dataclass(frozen=True, slots=True)
class TermPostings:
    """One query term in one segment whose first passage has the number ``base``."""

    base: int
    offsets: Offsets
    codes: Codes


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passage numbers, best first, and their BM25 scores."""

    numbers: NDArray[np.int64]
    scores: Floats


def inverse_frequency(frequency: int, chunk_count: int) -> float:
    """Return BM25's idf, which is never negative: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    n = min(frequency, chunk_count)
    return math.log1p((chunk_count - n + 0.5) / (n + 0.5))


def score_passages(
    postings: Mapping[str, Sequence[TermPostings]],
    weights: Mapping[str, float],
    *,
    chunk_count: int,
    token_total: int,
) -> Floats:
    """Return the BM25 score of each passage, by number, for terms with query weights.

    Document frequencies are those of the postings given: the segments that this person may see.
    """
    scores = np.zeros(chunk_count, dtype=np.float32)
    impacts = impact_table(token_total / max(chunk_count, 1), K1, B)
    for term, parts in postings.items():
        frequency = sum(len(part.offsets) for part in parts)
        if not frequency:
            continue
        scale = weights[term] * inverse_frequency(frequency, chunk_count)
        _accumulate(scores, parts, (impacts * scale).astype(np.float32))
    return scores


def best(scores: Floats, count: int, *, without: int = 0) -> Candidates:
    """Return the passages ranked ``without`` to ``without + count`` with a score above zero.

    Equal scores keep the order of the passages, so that the same question ranks the same.
    """
    wanted = without + count
    floor = _floor(scores, wanted)
    numbers = np.flatnonzero(scores >= floor) if floor > 0 else np.flatnonzero(scores)
    order = np.argsort(-scores[numbers], kind="stable")[without:wanted]
    chosen = numbers[order]
    return Candidates(chosen, scores[chosen])


def _accumulate(scores: Floats, parts: Iterable[TermPostings], impacts: Floats) -> None:
    small = []
    for part in parts:
        if len(part.offsets) > 512:
            positions = part.offsets.astype(np.intp)
            positions += part.base
            scores[positions] += impacts.take(part.codes)
        elif len(part.offsets):
            small.append(part)
    if not small:
        return
    # Many small segments cost one operation together: their passages are never the same.
    bases = np.repeat([part.base for part in small], [len(part.offsets) for part in small])
    positions = bases + np.concatenate([part.offsets for part in small])
    scores[positions] += impacts.take(np.concatenate([part.codes for part in small]))


def _floor(scores: Floats, wanted: int) -> float:
    """Return a score that at least ``wanted`` passages reach, or 0 where too few match."""
    runs = len(scores) // _RUN
    if runs <= wanted:
        return 0.0
    greatest = scores[: runs * _RUN].reshape(runs, _RUN).max(axis=1)
    return float(np.partition(greatest, runs - wanted)[runs - wanted])
