"""The figures of an evaluation, from rankings and answers alone (pure)."""

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence


def ndcg(ranking: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """Normalised discounted cumulative gain at k, with linear gains as trec_eval has it.

    DCG@k = sum over ranks i of grade_i / log2(i + 1) (Järvelin and Kekäläinen, 2002).
    """
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    best = _dcg(ideal[:k])
    return _dcg([max(0.0, grades.get(name, 0.0)) for name in ranking[:k]]) / best if best else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """One over the rank of the first relevant document among the first k, else 0."""
    for rank, name in enumerate(ranking[:k], 1):
        if grades.get(name, 0.0) > 0:
            return 1 / rank
    return 0.0


def recall(ranking: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """Share of the relevant documents that are among the first k."""
    relevant = {name for name, grade in grades.items() if grade > 0}
    return len(relevant & set(ranking[:k])) / len(relevant) if relevant else 0.0


def mean(values: Iterable[float]) -> float | None:
    """Arithmetic mean, or None of nothing."""
    kept = list(values)
    return math.fsum(kept) / len(kept) if kept else None


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value below which a share (0 to 1) of the values lies, by linear interpolation."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def contains_answer(text: str, answers: Iterable[str]) -> bool:
    """Whether a text holds one of the answers, whatever its case, accents and spacing."""
    plain = f" {_plain(text)} "
    return any(f" {wanted} " in plain for answer in answers if (wanted := _plain(answer)))


def _dcg(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _plain(text: str) -> str:
    bare = "".join(
        character if character.isalnum() else " "
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )
    return " ".join(bare.split())
