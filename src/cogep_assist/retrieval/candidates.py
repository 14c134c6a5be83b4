"""From BM25 scores to passages that are there, pass the filters and may be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cogep_assist.retrieval.hit import Hit, SearchFilters
from cogep_assist.retrieval.index_reader import (
    FINGERPRINT,
    IndexChangedError,
    IndexReader,
    fetch,
)
from cogep_assist.retrieval.lexical import Candidates, best
from cogep_assist.retrieval.postings import Floats

# After the first look, how much deeper to look before the filters are applied to all passages.
_DEEPER = 10

CONDITIONS = """
       c.collection_id = ANY(%(collections)s::uuid[]) AND d.deleted_at IS NULL AND NOT c.hidden
   AND (%(media_types)s::text[] IS NULL OR d.media_type = ANY(%(media_types)s::text[]))
   AND (%(created_after)s::timestamptz IS NULL OR d.created_at >= %(created_after)s::timestamptz)
   AND (%(created_before)s::timestamptz IS NULL OR d.created_at < %(created_before)s::timestamptz)
   AND (%(document_ids)s::uuid[] IS NULL OR d.id = ANY(%(document_ids)s::uuid[]))
"""
# One statement, one moment: the passages and the set of segments are seen together. OFFSET 0 keeps
# each look-up one step by a primary key, however stale the statistics are: seen otherwise,
# a base that was just filled was read whole for every question.
_LIVE = f"""
    SELECT f.fingerprint, l.* FROM (SELECT {FINGERPRINT} AS fingerprint) f LEFT JOIN (
        SELECT wanted.place, c.id, c.document_id, c.version_id, v.number, c.collection_id,
               d.title, d.uri, c.heading, c.page, c.text, c.start_offset, c.end_offset
          FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted(id, place)
         CROSS JOIN LATERAL
               (SELECT * FROM ai.chunk WHERE chunk.id = wanted.id OFFSET 0) c
         CROSS JOIN LATERAL
               (SELECT id, title, uri, media_type, created_at, deleted_at
                  FROM ai.document WHERE document.id = c.document_id OFFSET 0) d
         CROSS JOIN LATERAL
               (SELECT number FROM ai.document_version v WHERE v.id = c.version_id OFFSET 0) v
         WHERE {CONDITIONS}
         ORDER BY wanted.place LIMIT %(most)s
    ) l ON true ORDER BY l.place
"""  # noqa: S608 - put together from constants alone
_THERE = "SELECT count(*) FROM ai.chunk WHERE id = ANY(%(ids)s::uuid[])"
_ALLOWED = f"""
    SELECT string_agg(uuid_send(c.id), ''::bytea)
      FROM ai.document d JOIN ai.chunk c ON c.document_id = d.id WHERE {CONDITIONS}
"""  # noqa: S608 - put together from constants alone


class LivePassage(NamedTuple):
    """A passage as its row tells it: most candidates are never shown."""

    chunk_id: UUID
    document_id: UUID
    version_id: UUID
    version: int
    collection_id: UUID
    title: str
    uri: str | None
    heading: str
    page: int | None
    text: str
    start: int
    end: int

    def hit(self, score: float, legs: Mapping[str, float]) -> Hit:
        """Return it as a search shows it."""
        return Hit(*self, score=score, legs=legs)


@dataclass(slots=True)
class LivePassages:
    """Passages that are there, best first, each with its BM25 score."""

    passages: list[LivePassage]
    scores: list[float]


class CandidateFinder:
    """Take the best passages that are live and pass the filters, as many as are wanted.

    A strict one raises IndexChangedError where the passages are read at another moment than the
    list of segments, with a commit in between that took one of them away: what replaced it would
    be missing. A commit that only adds to the base leaves a search what it was as it began.
    """

    def __init__(
        self,
        driver: AsyncConnection[Any],
        index: IndexReader,
        collections: Sequence[UUID],
        filters: SearchFilters,
        *,
        strict: bool = True,
    ) -> None:
        self._strict = strict
        self._driver = driver
        self._index = index
        self.conditions: dict[str, Any] = {
            "collections": list(collections),
            "media_types": list(filters.media_types) or None,
            "created_after": filters.created_after,
            "created_before": filters.created_before,
            "document_ids": list(filters.document_ids) or None,
        }

    async def find(self, scores: Floats, wanted: int) -> LivePassages:
        """Return up to ``wanted`` passages.

        Most of the best are live and allowed, so that a first look is mostly enough. A second one
        goes ten times as deep; where even that finds too few, what the filters allow is read whole.
        """
        found = LivePassages([], [])
        first = best(scores, wanted)
        await self._add_live(found, first, wanted)
        if len(found.passages) >= wanted or len(first.numbers) < wanted:
            return found
        second = best(scores, wanted * _DEEPER, without=wanted)
        await self._add_live(found, second, wanted - len(found.passages))
        if len(found.passages) >= wanted or len(second.numbers) < wanted * _DEEPER:
            return found
        allowed = await self._allowed()
        found = LivePassages([], [])
        await self._add_live(found, best(np.where(allowed, scores, 0), wanted), wanted)
        return found

    async def add(self, ids: Sequence[UUID], scores: Floats, found: LivePassages) -> None:
        """Add further passages by their ids, with the BM25 scores that they have."""
        there = {passage.chunk_id for passage in found.passages}
        further = [chunk_id for chunk_id in ids if chunk_id not in there]
        numbers = self._index.numbers(further)
        known = numbers[numbers >= 0]
        await self._add_live(found, Candidates(known, scores[known]), len(known))

    async def _add_live(self, found: LivePassages, some: Candidates, most: int) -> None:
        ids = _id_array(self._index.packed_ids(some.numbers))
        rows = await fetch(self._driver, _LIVE, {**self.conditions, "ids": ids, "most": most})
        if self._strict and rows[0][0] != self._index.fingerprint and await self._lacks(some, ids):
            raise IndexChangedError
        scores = some.scores.tolist()
        for row in rows:
            place = row[1]
            if place is not None:
                found.passages.append(LivePassage._make(row[2:]))
                found.scores.append(scores[place - 1])

    async def _lacks(self, some: Candidates, ids: str) -> bool:
        """Tell whether a passage is gone: now, or long since and not yet out of the segments."""
        return bool((await fetch(self._driver, _THERE, {"ids": ids}))[0][0] < len(some.numbers))

    async def _allowed(self) -> NDArray[np.bool_]:
        """Tell for each passage of the index whether it is live and allowed."""
        rows = await fetch(self._driver, _ALLOWED, self.conditions)
        live = rows[0][0] or b""
        # The last 8 bytes of a UUIDv7 are random: enough to tell, and the passages are read again.
        indexed = np.frombuffer(self._index.all_chunk_ids(), "<u8")[1::2]
        return np.isin(indexed, np.frombuffer(live, "<u8")[1::2])


def _id_array(packed: bytes) -> str:
    """Return ids of 16 bytes each as the database reads an array of them."""
    digits = packed.hex()
    return f"{{{','.join(digits[at : at + 32] for at in range(0, len(digits), 32))}}}"
