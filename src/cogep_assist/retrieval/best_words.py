"""The best passages by a question's words alone, however many passages there are.

For who reads what belongs to the passages by a statement of their own. Nothing is held or looked
through for each passage there is, only for those that hold a word of the question: a rare word
among a million passages costs what it costs among a thousand.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cogep_assist.core.metrics import SEARCH_SECONDS
from cogep_assist.retrieval.index_reader import IndexReader, open_index
from cogep_assist.retrieval.lexical import K1, B, Candidates, TermPostings, inverse_frequency
from cogep_assist.retrieval.owner_set import OwnerSet
from cogep_assist.retrieval.postings import SEGMENT_CAPACITY, Floats, impact_table
from cogep_assist.retrieval.weigh import (
    LONGEST_QUESTION,
    Weighed,
    asked_words,
    beside,
    weigh,
)

# So many postings are added up in less time than another thread takes to begin.
_FEW_POSTINGS = 20_000
# Beyond so many in one segment, its passages are added up in place.
_LARGE_PART = 512

Numbers = NDArray[np.integer[Any]]
# Tells of passages, by their numbers, which ones are wanted.
Passes = Callable[[NDArray[np.int64]], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage by its id, what it belongs to where that is known, and the score of its words."""

    id: UUID
    owner: UUID | None
    score: float


@dataclass(frozen=True, slots=True)
class BestPassages:
    """Passages by their words, best first; of equal ones the newest first."""

    index: IndexReader
    weighed: Weighed

    async def ranked(self, begin: int, end: int, owners: bytes | None = None) -> list[Passage]:
        """Return those ranked ``begin`` to ``end``; with ``owners`` of those that are of them.

        ``owners``: the second halves of ids, 8 bytes each. A passage whose owner is not known
        counts as well: whoever reads it looks.
        """
        parts = self.weighed.postings.values()
        few = sum(len(one.offsets) for part in parts for one in part) <= _FEW_POSTINGS
        work = partial(self._best, end, owners)
        found = work() if few else await beside(work)
        numbers, scores = found.numbers[begin:], found.scores[begin:].tolist()
        ids, belong = self.index.chunk_ids(numbers), self.index.owner_ids(numbers)
        return [Passage(*one) for one in zip(ids, belong, scores, strict=True)]

    def rarity(self) -> dict[str, float]:
        """Return the weight of each term that occurs, for a second look."""
        return self.weighed.rarity(self.index.chunk_count)

    def _best(self, count: int, owners: bytes | None) -> Candidates:
        passes = None
        if owners is not None:
            passes = partial(self.index.belongs, owners=OwnerSet.of(owners))
        index = self.index
        return best_passages(self.weighed, index.chunk_count, index.token_total, count, passes)


async def best_by_words(
    driver: AsyncConnection[Any], question: str, collections: Sequence[UUID]
) -> BestPassages | None:
    """Look a question's words up in these collections; None where nothing can be found.

    Whoever reads the passages afterwards asks ``index.is_current()``: what was replaced in between
    would be missing. Raises IndexChangedError as a merge ends meanwhile.
    """
    began = time.perf_counter()
    asked = asked_words(question[:LONGEST_QUESTION])
    if not asked or not collections:
        return None
    index = await open_index(driver, collections)
    if not index.chunk_count:
        return None
    weighed = await weigh(driver, asked, collections, index)
    SEARCH_SECONDS.observe(time.perf_counter() - began)
    return BestPassages(index, weighed)


def best_passages(
    weighed: Weighed,
    chunk_count: int,
    token_total: int,
    count: int,
    passes: Passes | None = None,
) -> Candidates:
    """Return the passages of the greatest BM25 scores; of equal ones, those indexed last.

    ``passes`` tells of passages, by their numbers, which ones are wanted at all.
    """
    kept = Candidates(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
    small: list[_Part] = []
    held = np.zeros(SEGMENT_CAPACITY, dtype=np.float32)
    # The newest segments first. What is not as good as the last one that is kept is left at once.
    segments = _by_segment(weighed, chunk_count, token_total)
    for base, parts in sorted(segments.items(), reverse=True):
        if all(len(part.offsets) <= _LARGE_PART for part, _ in parts):
            small += parts
        else:
            offsets, scores = _reaching(parts, _least(kept, count), held)
            kept = _with(kept, offsets + np.int64(base), scores, count, passes)
    if small:
        kept = _with(kept, *_joined(small), count, passes)
    return kept


_Part = tuple[TermPostings, Floats]


def _by_segment(weighed: Weighed, chunk_count: int, token_total: int) -> Mapping[int, list[_Part]]:
    """Return each segment's postings by its base, each with the scores of the 256 codes."""
    impacts = impact_table(token_total / max(chunk_count, 1), K1, B)
    segments: dict[int, list[_Part]] = defaultdict(list)
    for term, parts in weighed.postings.items():
        frequency = sum(len(part.offsets) for part in parts)
        scale = weighed.weights[term] * inverse_frequency(frequency, chunk_count)
        table = (impacts * scale).astype(np.float32)
        for part in parts:
            if len(part.offsets):
                segments[part.base].append((part, table))
    return segments


def _reaching(parts: Sequence[_Part], least: np.float32, held: Floats) -> tuple[Numbers, Floats]:
    """Add up what the terms give the passages of one segment; return those that reach ``least``.

    ``held`` is room for a sum of each passage.
    """
    if len(parts) == 1:
        ((part, table),) = parts
        scores = table.take(part.codes)
        places = np.flatnonzero(scores >= least)
        return part.offsets[places], scores[places]
    held.fill(0)
    for part, table in parts:
        # A whole-number index of the machine's own width is twice as fast as a narrow one.
        offsets = part.offsets.astype(np.intp)
        held[offsets] += table.take(part.codes)
    found = np.flatnonzero(held >= least if least > 0 else held)
    return found, held[found]


def _joined(parts: Sequence[_Part]) -> tuple[Numbers, Floats]:
    """Add up what the terms give the passages of small segments, all of them together."""
    numbers = np.concatenate([part.offsets + np.int64(part.base) for part, _ in parts])
    scores = np.concatenate([table.take(part.codes) for part, table in parts])
    each, owners = np.unique(numbers, return_inverse=True)
    return each, np.bincount(owners, scores).astype(np.float32)


def _least(kept: Candidates, count: int) -> np.float32:
    return np.float32(kept.scores[-1] if len(kept.numbers) == count else 0)


def _with(
    kept: Candidates, numbers: Numbers, scores: Floats, count: int, passes: Passes | None
) -> Candidates:
    """Return the best of those that are kept and further ones."""
    if passes is not None:
        wanted = np.flatnonzero(passes(numbers.astype(np.int64)))
        numbers, scores = numbers[wanted], scores[wanted]
    return _first(
        np.concatenate([kept.numbers, numbers]), np.concatenate([kept.scores, scores]), count
    )


def _first(numbers: Numbers, scores: Floats, count: int) -> Candidates:
    if len(numbers) > count:
        # All that are as good as the last one that is wanted stay, for the newest of them to win.
        floor = np.partition(scores, len(scores) - count)[len(scores) - count]
        within = scores >= floor
        numbers, scores = numbers[within], scores[within]
    order = np.lexsort((-numbers, -scores))[:count]
    return Candidates(numbers[order].astype(np.int64), scores[order])
