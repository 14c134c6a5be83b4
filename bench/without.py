"""The real index as if some passages had never been in it, and the proof that it is so.

To take a passage away for one question, load all the others anew, ask, and do so a thousand times,
would take a day. A view of the index leaves the passage's postings out instead: what is counted
(document frequencies, passages, their mean length, the vocabulary) is then counted without it.
``prove`` loads the others anew for a few questions and compares.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cogep_assist.retrieval import search as product
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.index_reader import IndexReader, open_index
from cogep_assist.retrieval.lexical import TermPostings
from cogep_assist.retrieval.portuguese import tokenize
from cogep_assist.retrieval.vocabulary import Vocabulary, read_vocabulary

# Passages that share so much of the shorter one's runs of so many words say the same.
_TWIN_SHARE = 0.3
_RUN_WORDS = 4


class IndexWithout(IndexReader):
    """The segments of some collections without the passages of these texts."""

    def __init__(
        self,
        driver: AsyncConnection[Any],
        collections: Sequence[UUID],
        whole: IndexReader,
        gone: Sequence[str],
    ) -> None:
        super().__init__(driver, collections, whole.segments, whole.token_total, whole.fingerprint)
        self._terms = [tokenize(text) for text in gone]
        self._kept: NDArray[np.intp] = np.arange(whole.chunk_count)
        self._places = self._kept

    def leave_out(self, ids: Sequence[UUID]) -> None:
        """Leave these passages out and number the others anew."""
        stays = np.ones(self.chunk_count, dtype=bool)
        stays[super().numbers(ids)] = False
        self._kept = np.flatnonzero(stays)
        self._places = np.where(stays, np.cumsum(stays) - 1, -1)
        self.chunk_count = len(self._kept)
        self.token_total -= sum(map(len, self._terms))

    async def postings(self, terms: Iterable[str]) -> dict[str, list[TermPostings]]:
        """Return where the terms occur elsewhere; a term that only those passages had is none."""
        found = {}
        for term, parts in (await super().postings(terms)).items():
            left = [self._left(part) for part in parts]
            if any(len(part.offsets) for part in left):
                found[term] = left
        return found

    def _left(self, part: TermPostings) -> TermPostings:
        places = self._places[part.base + part.offsets.astype(np.intp)]
        return TermPostings(0, places[places >= 0], part.codes[places >= 0])

    async def vocabularies(self) -> list[Vocabulary]:
        """Return the words that the others hold."""
        lost = {term for terms in self._terms for term in terms}
        lost -= (await self.postings(lost)).keys()
        return [_without(one, lost) for one in await super().vocabularies()]

    def packed_ids(self, numbers: NDArray[np.int64]) -> bytes:
        """Return the ids of passages by their numbers here."""
        return super().packed_ids(self._kept[numbers])

    def all_chunk_ids(self) -> bytes:
        """Return the ids of all passages, by number here, 16 bytes each."""
        whole = np.frombuffer(super().all_chunk_ids(), "V16")
        return whole[self._kept].tobytes()


def _without(vocabulary: Vocabulary, lost: set[str]) -> Vocabulary:
    lines = vocabulary.lines.decode().split("\n")
    return read_vocabulary("\n".join(line for line in lines if line not in lost).encode())


@contextmanager
def passages_out(gone: dict[UUID, str]) -> Iterator[None]:
    """Let every search in the block see an index without these passages, given with their texts."""

    async def opened(driver: AsyncConnection[Any], collections: Sequence[UUID]) -> IndexReader:
        whole = await open_index(driver, collections)
        view = IndexWithout(driver, collections, whole, list(gone.values()))
        await view.load()
        view.leave_out(list(gone))
        return view

    with patch.object(product, "open_index", opened):
        yield


class TwinFinder:
    """Finds passages that say in the same words what others say: short of them, nothing is gone.

    Support articles are often kept in two wordings, with one heading. Where one is taken away and
    its twin answers, the answer is right.
    """

    def __init__(self, passages: Sequence[tuple[str, str]]) -> None:
        self._runs = {name: _runs(text) for name, text in passages}
        self._holders: dict[tuple[str, ...], list[str]] = {}
        for name, runs in self._runs.items():
            for run in runs:
                self._holders.setdefault(run, []).append(name)

    def of(self, names: Iterable[str]) -> set[str]:
        """Return the passages that share a third of their runs of words with one of these."""
        given = [name for name in names if name in self._runs]
        found = set()
        for name in given:
            own = self._runs[name]
            shared = Counter(other for run in own for other in self._holders[run])
            found |= {
                other
                for other, count in shared.items()
                if count >= _TWIN_SHARE * min(len(own), len(self._runs[other]))
            }
        return found.difference(given)


def _runs(text: str) -> set[tuple[str, ...]]:
    terms = tokenize(text)
    return set(zip(*(terms[place:] for place in range(_RUN_WORDS)), strict=False))


def same_findings(one: Findings, other: Findings) -> bool:
    """Tell whether two searches know the same and rank the same texts with the same scores."""
    ranked = [[(hit.text, round(hit.score, 4)) for hit in found.hits] for found in (one, other)]
    return (
        one.chunk_count == other.chunk_count
        and tuple(one.terms) == tuple(other.terms)
        and sorted(ranked[0], key=_by_score) == sorted(ranked[1], key=_by_score)
    )


def _by_score(ranked: tuple[str, float]) -> tuple[float, str]:
    return -ranked[1], ranked[0]
