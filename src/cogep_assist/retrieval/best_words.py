"""The best passages by a question's words alone, however many passages there are.

For who reads what belongs to the passages by a statement of their own. Nothing is held or looked
through for each passage there is, only for those that hold a word of the question: a rare word
among a million passages costs what it costs among a thousand.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
from cogep_assist.retrieval.postings import Floats, impact_table
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


@dataclass(frozen=True, slots=True)
class BestPassages:
    """Passages by their words, best first; of equal ones the newest first."""

    index: IndexReader
    weighed: Weighed

    async def ranked(self, begin: int, end: int) -> tuple[list[UUID], list[float]]:
        """Return the ids and the scores of those ranked ``begin`` to ``end``."""
        parts = self.weighed.postings.values()
        few = sum(len(one.offsets) for part in parts for one in part) <= _FEW_POSTINGS
        found = self._best(end) if few else await beside(partial(self._best, end))
        return self.index.chunk_ids(found.numbers[begin:]), found.scores[begin:].tolist()

    def rarity(self) -> dict[str, float]:
        """Return the weight of each term that occurs, for a second look."""
        return self.weighed.rarity(self.index.chunk_count)

    def _best(self, count: int) -> Candidates:
        return best_passages(self.weighed, self.index.chunk_count, self.index.token_total, count)


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


def best_passages(weighed: Weighed, chunk_count: int, token_total: int, count: int) -> Candidates:
    """Return the passages of the greatest BM25 scores; of equal ones, those indexed last."""
    kept = Candidates(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
    for base, offsets, scores in _summed(_by_segment(weighed, chunk_count, token_total)):
        least = kept.scores[-1] if len(kept.numbers) == count else np.float32(0)
        better = np.flatnonzero(scores >= least)
        kept = _first(
            np.concatenate([kept.numbers, offsets[better] + np.int64(base)]),
            np.concatenate([kept.scores, scores[better]]),
            count,
        )
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


def _summed(segments: Mapping[int, list[_Part]]) -> Iterator[tuple[int, Numbers, Floats]]:
    """Add up what the terms give each passage: large segments one by one, small ones together.

    Yields a base, offsets from it and scores. The newest segments come first.
    """
    small: list[_Part] = []
    for base, parts in sorted(segments.items(), reverse=True):
        if all(len(part.offsets) <= _LARGE_PART for part, _ in parts):
            small += parts
        elif len(parts) == 1:
            (part, table) = parts[0]
            yield base, part.offsets, table[part.codes]
        else:
            held = np.zeros(1 + max(int(part.offsets[-1]) for part, _ in parts), dtype=np.float32)
            for part, table in parts:
                held[part.offsets] += table[part.codes]
            offsets = np.flatnonzero(held)
            yield base, offsets, held[offsets]
    if small:
        numbers = np.concatenate([part.offsets + np.int64(part.base) for part, _ in small])
        scores = np.concatenate([table[part.codes] for part, table in small])
        each, owners = np.unique(numbers, return_inverse=True)
        yield 0, each, np.bincount(owners, scores).astype(np.float32)


def _first(numbers: Numbers, scores: Floats, count: int) -> Candidates:
    if len(numbers) > count:
        # All that are as good as the last one that is wanted stay, for the newest of them to win.
        floor = np.partition(scores, len(scores) - count)[len(scores) - count]
        within = scores >= floor
        numbers, scores = numbers[within], scores[within]
    order = np.lexsort((-numbers, -scores))[:count]
    return Candidates(numbers[order].astype(np.int64), scores[order])
