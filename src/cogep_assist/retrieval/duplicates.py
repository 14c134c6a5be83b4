"""Passages that say the same collapse into the best of them, and keep where else it stands. Pure.

The same means: nearly the same runs of four words, and exactly the same numbers in the same order.
"Prazo de 5 dias" and "prazo de 10 dias" are no duplicates, however alike they are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import fold

LEAST_SHARED = 0.9
_RUN = 4
_WORD = re.compile(r"[^\W_]+")
# So few words repeat by chance: they are compared to the letter.
_SHORT = 12
_SIGNATURE = 12


def collapse(hits: Iterable[Hit], most: int) -> list[Hit]:
    """Return up to ``most`` passages, best first, each with its duplicates in ``also_in``."""
    kept: list[Hit] = []
    twins: list[list[Hit]] = []
    alike: dict[tuple[str, ...], _Alike] = {}
    for hit in hits:
        said = _Said(_WORD.findall(fold(hit.text)))
        others = alike.setdefault(_numbers(said.words), _Alike())
        place = others.place_of(said)
        if place is not None:
            twins[place].append(hit)
            continue
        if len(kept) == most:
            # Whoever comes now is not shown; a duplicate of what is shown would still be noted,
            # but those lie close behind it, and looking through all costs more than it tells.
            break
        others.add(said, len(kept))
        kept.append(hit)
        twins.append([])
    return [
        replace(hit, also_in=tuple(others)) if others else hit
        for hit, others in zip(kept, twins, strict=True)
    ]


@dataclass
class _Said:
    """The words of a passage, and the runs that they make."""

    words: list[str]

    @cached_property
    def runs(self) -> frozenset[int]:
        words = self.words
        if len(words) < _SHORT:
            return frozenset([hash(tuple(words))])
        return frozenset(map(hash, zip(*(words[at:] for at in range(_RUN)), strict=False)))

    def signature(self) -> list[int]:
        """Return a few runs by which the alike meet."""
        return sorted(self.runs)[:_SIGNATURE]


class _Alike:
    """The passages kept with the same numbers; their runs are made once one more comes."""

    def __init__(self) -> None:
        self._waiting: list[tuple[_Said, int]] = []
        self._kept: dict[int, _Said] = {}
        self._by_run: dict[int, list[int]] = {}

    def add(self, said: _Said, place: int) -> None:
        self._waiting.append((said, place))

    def place_of(self, said: _Said) -> int | None:
        """Return the place of the first one that says the same, or None."""
        if not self._waiting and not self._kept:
            return None
        for other, place in self._waiting:
            self._kept[place] = other
            for run in other.signature():
                self._by_run.setdefault(run, []).append(place)
        self._waiting.clear()
        met = {place for run in said.signature() for place in self._by_run.get(run, ())}
        for place in sorted(met):
            others = self._kept[place].runs
            if len(said.runs & others) >= LEAST_SHARED * max(len(said.runs), len(others)):
                return place
        return None


def _numbers(words: list[str]) -> tuple[str, ...]:
    # Few words are anything but letters: only those are looked at letter by letter.
    odd = [word for word in words if not word.isalpha()]
    return tuple(word for word in odd if any(letter.isdigit() for letter in word))
