"""Read segments and postings from the database, each immutable piece once per process."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cogep_assist.retrieval.byte_cache import ByteCache
from cogep_assist.retrieval.lexical import TermPostings
from cogep_assist.retrieval.owner_set import OwnerSet
from cogep_assist.retrieval.postings import PackedSegment, from_payload, split_term_bytes
from cogep_assist.retrieval.vocabulary import Vocabulary, index_words, read_vocabulary

# Segments never change once written, so that what was read of one stays true while it is listed.
CACHE_BYTES = 64 * 1024 * 1024
_cache = ByteCache(CACHE_BYTES)
_TERM_OVERHEAD = 120

# What tells one set of segments from another; a replaced document or a merge changes it.
FINGERPRINT = """
    (SELECT coalesce(hashtextextended(string_agg(number::text, ',' ORDER BY number), 0), 0)
       FROM ai.lexical_segment WHERE collection_id = ANY(%(collections)s::uuid[]))
"""
_LIST = f"""
    SELECT id, number, chunk_count, token_total, payload IS NOT NULL, {FINGERPRINT}
      FROM ai.lexical_segment WHERE collection_id = ANY(%(collections)s::uuid[]) ORDER BY number
"""  # noqa: S608 - put together from constants alone
_MARK = f"SELECT {FINGERPRINT}"
_HEADS = """
    SELECT id, chunk_ids, owner_ids, payload FROM ai.lexical_segment WHERE id = ANY(%(ids)s::uuid[])
"""
_POSTINGS = """
    SELECT s.number, p.term, p.postings
      FROM ai.lexical_segment s
      LEFT JOIN ai.lexical_posting p
             ON p.segment_number = s.number AND p.term = ANY(%(terms)s::text[])
     WHERE s.number = ANY(%(numbers)s::int[])
"""
_VOCABULARIES = "SELECT id, vocabulary FROM ai.lexical_segment WHERE id = ANY(%(ids)s::uuid[])"


class IndexChangedError(Exception):
    """A segment that was listed is gone: a merge committed in between. List again."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of the list of segments, with the number of its first passage."""

    id: UUID
    number: int
    chunk_count: int
    fresh: bool
    base: int


@dataclass(frozen=True, slots=True)
class Head:
    """The passages of a segment and, if it is fresh, all its postings."""

    chunk_ids: bytes
    owner_ids: bytes | None
    packed: PackedSegment | None
    places: dict[str, int]

    @property
    def nbytes(self) -> int:
        """How much memory this holds, about."""
        ids = len(self.chunk_ids) + len(self.owner_ids or b"")
        postings = len(self.packed.offsets) * 3 if self.packed else 0
        return ids + postings + _TERM_OVERHEAD * len(self.places)


class IndexReader:
    """The segments of some collections as one statement saw them."""

    def __init__(
        self,
        driver: AsyncConnection[Any],
        collections: Sequence[UUID],
        segments: Sequence[Segment],
        token_total: int,
        fingerprint: int,
    ) -> None:
        self._driver = driver
        self._collections = list(collections)
        self.segments = segments
        self.token_total = token_total
        self.fingerprint = fingerprint
        self.chunk_count = sum(segment.chunk_count for segment in segments)
        self._bases = np.array([segment.base for segment in segments], dtype=np.int64)
        self._heads: dict[UUID, Head] = {}

    async def load(self) -> None:
        """Fetch what is not known yet of the segments: their passages and fresh postings.

        Raises IndexChangedError where a segment went since it was listed.
        """
        missing = []
        for segment in self.segments:
            head = _cache.get(segment.id)
            if head is None:
                missing.append(segment.id)
            else:
                self._heads[segment.id] = head
        if not missing:
            return
        rows = await fetch(self._driver, _HEADS, {"ids": missing})
        if len(rows) < len(missing):
            raise IndexChangedError
        for segment_id, head in await asyncio.to_thread(_read_heads, rows):
            self._heads[segment_id] = head
            _cache.put(segment_id, head, head.nbytes)

    async def postings(self, terms: Iterable[str]) -> dict[str, list[TermPostings]]:
        """Return where the terms occur, over all segments; a term without any is left out."""
        found: dict[str, list[TermPostings]] = {term: [] for term in terms}
        wanted: dict[str, list[Segment]] = {}
        for segment in self.segments:
            for term, parts in found.items():
                known = self._known_postings(segment, term)
                if known is None:
                    wanted.setdefault(term, []).append(segment)
                elif len(known.offsets):
                    parts.append(known)
        if wanted:
            for term, parts in (await self._fetched_postings(wanted)).items():
                found[term].extend(parts)
        return {term: parts for term, parts in found.items() if parts}

    async def is_current(self) -> bool:
        """Tell whether the segments are listed still: what was read since then belongs to them."""
        rows = await fetch(self._driver, _MARK, {"collections": self._collections})
        return bool(rows[0][0] == self.fingerprint)

    async def vocabularies(self) -> list[Vocabulary]:
        """Return the words of all segments, for spelling. Raises IndexChangedError like load()."""
        held: list[Vocabulary] = []
        fresh: list[UUID] = []
        merged: list[UUID] = []
        for segment in self.segments:
            known: Vocabulary | None = _cache.get((segment.id, "vocabulary"))
            if known is not None:
                held.append(known)
            else:
                (fresh if segment.fresh else merged).append(segment.id)
        if fresh or merged:
            rows = await fetch(self._driver, _VOCABULARIES, {"ids": merged}) if merged else []
            if len(rows) < len(merged):
                raise IndexChangedError
            read = await asyncio.to_thread(self._read_vocabularies, fresh, rows)
            for segment_id, vocabulary in read:
                _cache.put((segment_id, "vocabulary"), vocabulary, vocabulary.nbytes)
                held.append(vocabulary)
        return held

    def _read_vocabularies(
        self, fresh: Sequence[UUID], rows: Sequence[tuple[Any, ...]]
    ) -> list[tuple[UUID, Vocabulary]]:
        read = [(segment_id, index_words(self._heads[segment_id].places)) for segment_id in fresh]
        read += [(segment_id, read_vocabulary(packed or b"")) for segment_id, packed in rows]
        return read

    def chunk_ids(self, numbers: NDArray[np.int64]) -> list[UUID]:
        """Return the ids of passages by their numbers."""
        packed = self.packed_ids(numbers)
        return [_id_at(packed, place) for place in range(len(numbers))]

    def packed_ids(self, numbers: NDArray[np.int64]) -> bytes:
        """Return the ids of passages by their numbers, 16 bytes each."""
        found = np.empty(len(numbers), dtype="V16")
        owners = self._segments_of(numbers)
        for which in np.unique(owners).tolist():
            segment, here = self.segments[which], owners == which
            ids = np.frombuffer(self._heads[segment.id].chunk_ids, "V16")
            found[here] = ids[numbers[here] - segment.base]
        return found.tobytes()

    def owner_ids(self, numbers: NDArray[np.int64]) -> list[UUID | None]:
        """Return what the passages belong to, by their numbers; None where it is not known."""
        found = [
            _id_at(head.owner_ids, place) if head.owner_ids else None
            for head, place in self._spots(numbers)
        ]
        return [owner if owner is not None and owner.int else None for owner in found]

    def belongs(self, numbers: NDArray[np.int64], owners: OwnerSet) -> NDArray[np.bool_]:
        """Tell which passages belong to one of the owners, and which may: theirs is not known."""
        found = np.ones(len(numbers), dtype=bool)
        if not len(numbers):
            return found
        first, last = self._segments_of(np.array([numbers.min(), numbers.max()])).tolist()
        segments = self._segments_of(numbers) if first < last else None
        for which in range(first, last + 1):
            segment = self.segments[which]
            known = self._heads[segment.id].owner_ids
            here = slice(None) if segments is None else np.flatnonzero(segments == which)
            if known is not None:
                halves = np.frombuffer(known, "<u8")[1::2][numbers[here] - segment.base]
                found[here] = owners.may_hold(halves)
        return found

    def _segments_of(self, numbers: NDArray[np.int64]) -> NDArray[np.intp]:
        return np.searchsorted(self._bases, numbers, side="right") - 1

    def _spots(self, numbers: NDArray[np.int64]) -> Iterator[tuple[Head, int]]:
        owners = self._segments_of(numbers)
        for number, owner in zip(numbers.tolist(), owners.tolist(), strict=True):
            segment = self.segments[owner]
            yield self._heads[segment.id], number - segment.base

    def numbers(self, ids: Sequence[UUID]) -> NDArray[np.int64]:
        """Return the numbers of passages by their ids; -1 for one that is not indexed here."""
        wanted = np.frombuffer(b"".join(chunk_id.bytes for chunk_id in ids), "<u8")[1::2]
        found = np.full(len(wanted), -1, dtype=np.int64)
        for segment in self.segments:
            order, sorted_ids = self._sorted_ids(segment)
            place = np.minimum(np.searchsorted(sorted_ids, wanted), len(sorted_ids) - 1)
            here = sorted_ids[place] == wanted
            found[here] = segment.base + order[place[here]]
        return found

    def _sorted_ids(self, segment: Segment) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
        """Return the order of a segment's passages by the random halves of their ids, and those."""
        key = (segment.id, "ids")
        known: tuple[NDArray[np.intp], NDArray[np.uint64]] | None = _cache.get(key)
        if known is None:
            halves = np.frombuffer(self._heads[segment.id].chunk_ids, "<u8")[1::2]
            order = np.argsort(halves, kind="stable")
            known = (order, halves[order])
            _cache.put(key, known, order.nbytes + known[1].nbytes)
        return known

    def all_chunk_ids(self) -> bytes:
        """Return the ids of all passages, by number, 16 bytes each."""
        return b"".join(self._heads[segment.id].chunk_ids for segment in self.segments)

    def _known_postings(self, segment: Segment, term: str) -> TermPostings | None:
        if not segment.fresh:
            stored: bytes | None = _cache.get((segment.id, term))
            return None if stored is None else _placed(segment, stored)
        head = self._heads[segment.id]
        packed, place = head.packed, head.places.get(term)
        if packed is None or place is None:
            return _placed(segment, b"")
        begin, end = packed.bounds[place], packed.bounds[place + 1]
        return TermPostings(segment.base, packed.offsets[begin:end], packed.codes[begin:end])

    async def _fetched_postings(
        self, wanted: dict[str, list[Segment]]
    ) -> dict[str, list[TermPostings]]:
        numbers = {segment.number for segments in wanted.values() for segment in segments}
        parameters = {"numbers": sorted(numbers), "terms": list(wanted)}
        rows = await fetch(self._driver, _POSTINGS, parameters)
        if {number for number, _, _ in rows} != numbers:
            raise IndexChangedError
        stored = {(number, term): postings for number, term, postings in rows}
        found: dict[str, list[TermPostings]] = {}
        for term, segments in wanted.items():
            for segment in segments:
                # That a term is absent is worth remembering too.
                data = stored.get((segment.number, term), b"")
                _cache.put((segment.id, term), data, len(data) + _TERM_OVERHEAD)
                if data:
                    found.setdefault(term, []).append(_placed(segment, data))
        return found


async def open_index(driver: AsyncConnection[Any], collections: Sequence[UUID]) -> IndexReader:
    """List the segments of these collections, the oldest first, and fetch what is not known."""
    rows = await fetch(driver, _LIST, {"collections": list(collections)})
    segments, base, tokens, fingerprint = [], 0, 0, 0
    for segment_id, number, chunk_count, token_total, fresh, mark in rows:
        segments.append(Segment(segment_id, number, chunk_count, fresh, base))
        base += chunk_count
        tokens += token_total
        fingerprint = mark
    reader = IndexReader(driver, collections, segments, tokens, fingerprint)
    await reader.load()
    return reader


async def fetch(
    driver: AsyncConnection[Any], statement: str, parameters: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """Run one reading statement in the driver's binary form, which halves packed columns."""
    async with driver.cursor(binary=True) as cursor:
        await cursor.execute(statement, parameters)
        return await cursor.fetchall()


def _read_heads(rows: Sequence[tuple[Any, ...]]) -> list[tuple[UUID, Head]]:
    heads = []
    for segment_id, chunk_ids, owner_ids, payload in rows:
        packed = from_payload(payload) if payload is not None else None
        places = {term: place for place, term in enumerate(packed.terms)} if packed else {}
        heads.append((segment_id, Head(chunk_ids, owner_ids, packed, places)))
    return heads


def _id_at(ids: bytes, place: int) -> UUID:
    return UUID(bytes=ids[16 * place : 16 * place + 16])


def _placed(segment: Segment, data: bytes) -> TermPostings:
    return TermPostings(segment.base, *split_term_bytes(data))
