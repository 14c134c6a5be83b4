"""Passages that say the same collapse into the best of them, and keep where else it stands. Pure.

The same means: nearly the same runs of four words, and exactly the same numbers in the same order.
"Prazo de 5 dias" and "prazo de 10 dias" are no duplicates, however alike they are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import fold

LEAST_SHARED = 0.9
_RUN = 4
_WORD = re.compile(r"[^\W_]+")
# So few words repeat by chance: they are compared to the letter.
_SHORT = 12
_SIGNATURE = 12


@dataclass(frozen=True, slots=True)
class _Likeness:
    """The runs of words of a text, its numbers, and a few runs by which the alike meet."""

    runs: frozenset[int]
    numbers: tuple[str, ...]
    signature: tuple[int, ...]


def collapse(hits: Iterable[Hit], most: int) -> list[Hit]:
    """Return up to ``most`` passages, best first, each with its duplicates in ``also_in``."""
    kept: list[Hit] = []
    twins: list[list[Hit]] = []
    likenesses: list[_Likeness] = []
    by_run: dict[int, list[int]] = {}
    for hit in hits:
        likeness = _likeness(hit.text)
        place = _same(likeness, likenesses, by_run)
        if place is not None:
            twins[place].append(hit)
            continue
        if len(kept) == most:
            # Whoever comes now is not shown; a duplicate of what is shown would still be noted,
            # but those lie close behind it, and looking through all costs more than it tells.
            break
        for run in likeness.signature:
            by_run.setdefault(run, []).append(len(kept))
        kept.append(hit)
        twins.append([])
        likenesses.append(likeness)
    return [
        replace(hit, also_in=tuple(others)) if others else hit
        for hit, others in zip(kept, twins, strict=True)
    ]


def _likeness(text: str) -> _Likeness:
    words = _WORD.findall(fold(text))
    numbers = tuple(word for word in words if any(letter.isdigit() for letter in word))
    if len(words) < _SHORT:
        runs = frozenset([hash(tuple(words))])
    else:
        runs = frozenset(hash(tuple(words[at : at + _RUN])) for at in range(len(words) - _RUN + 1))
    return _Likeness(runs, numbers, tuple(sorted(runs)[:_SIGNATURE]))


def _same(
    likeness: _Likeness, others: Sequence[_Likeness], by_run: dict[int, list[int]]
) -> int | None:
    met = {place for run in likeness.signature for place in by_run.get(run, ())}
    for place in sorted(met):
        other = others[place]
        if likeness.numbers != other.numbers:
            continue
        shared = len(likeness.runs & other.runs)
        if shared >= LEAST_SHARED * max(len(likeness.runs), len(other.runs)):
            return place
    return None
