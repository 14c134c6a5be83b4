"""Background work on the index: small segments become one, passages that are gone leave it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.logging import get_logger
from cogep_assist.retrieval.index_reader import fetch
from cogep_assist.retrieval.postings import (
    SEGMENT_CAPACITY,
    PackedSegment,
    from_payload,
    from_term_rows,
    join_segments,
)
from cogep_assist.retrieval.segments import FRESH_CAPACITY, write_segment

# So many fresh segments cost a search about as much as a merged one does.
MOST_FRESH_SEGMENTS = 32
MOST_FRESH_PASSAGES = 8_192
# A collection with more dead passages than this share is cleared of them.
MOST_DEAD_SHARE = 0.2
_SWAP_ATTEMPTS = 3

# The first key of the advisory lock says what is locked, the second which collection.
_LOCK_ROOM = 0x6C6578
_LOCK = text("SELECT pg_try_advisory_xact_lock(:room, hashtext(CAST(:collection AS text)))")
_WAIT = text("SELECT pg_advisory_xact_lock(:room, hashtext(CAST(:collection AS text)))")
_DUE = text("""
    SELECT s.collection_id FROM ai.lexical_segment s GROUP BY s.collection_id
    HAVING count(*) FILTER (WHERE s.payload IS NOT NULL) > :segments
        OR sum(s.chunk_count) FILTER (WHERE s.payload IS NOT NULL) > :passages
        OR sum(s.chunk_count) * (1 - CAST(:dead AS float)) >
           (SELECT count(*) FROM ai.chunk c WHERE c.collection_id = s.collection_id)
     ORDER BY s.collection_id
""")
_DELETE = text("DELETE FROM ai.lexical_segment WHERE id = ANY(:ids)")
_SEGMENTS = """
    SELECT id, number, chunk_count, token_total, payload IS NOT NULL
      FROM ai.lexical_segment WHERE collection_id = %(collection)s ORDER BY number
"""
# Locked so that a collection's removal waits for the swap instead of pulling the ground away.
_SOURCES = """
    SELECT number, token_total, chunk_ids, owner_ids, payload
      FROM ai.lexical_segment WHERE id = ANY(%(ids)s::uuid[]) ORDER BY number FOR UPDATE
"""
_TERMS = "SELECT term, postings FROM ai.lexical_posting WHERE segment_number = %(number)s"
_CHUNK_IDS = """
    SELECT id, chunk_ids FROM ai.lexical_segment WHERE collection_id = %(collection)s
"""
_LIVE = """
    SELECT string_agg(uuid_send(id), ''::bytea) FROM ai.chunk
     WHERE collection_id = %(collection)s
"""


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What one merge did; ``more`` says that another is due at once."""

    segment_id: UUID | None
    sources: int
    passages: int
    dropped: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    id: UUID
    number: int
    chunk_count: int
    token_total: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Source:
    packed: PackedSegment
    chunk_ids: bytes
    owner_ids: bytes | None


async def collections_due(session: AsyncSession) -> list[UUID]:
    """Return the collections whose segments are too many, or too full of what is gone."""
    found = await session.scalars(
        _DUE,
        {
            "segments": MOST_FRESH_SEGMENTS,
            "passages": MOST_FRESH_PASSAGES,
            "dead": MOST_DEAD_SHARE,
        },
    )
    return list(found)


async def wait_for_index(session: AsyncSession, collection_id: UUID) -> None:
    """Wait until nobody merges a collection's index, and keep others from it until the commit."""
    await session.execute(_WAIT, {"room": _LOCK_ROOM, "collection": str(collection_id)})


async def merge_collection(
    session: AsyncSession, collection_id: UUID, *, purge: bool = False
) -> MergeReport | None:
    """Merge the small segments of a collection into one; the caller commits.

    Return None where nothing is due, or another process is at it. At most 65,536 passages are read
    and written, so that memory and time are bounded; ``more`` asks to be called again. With
    ``purge``, segments that hold any passage that is gone are written anew, as erasure requires.
    Documents may be added, replaced and deleted meanwhile: searches see the old segments until the
    commit, and what dies during the merge is left out at the swap.
    """
    locked = await session.scalar(_LOCK, {"room": _LOCK_ROOM, "collection": str(collection_id)})
    if not locked:
        return None
    driver = await driver_connection(session)
    rows = await fetch(driver, _SEGMENTS, {"collection": collection_id})
    listed = [_Listed(*row) for row in rows]
    live = await _live(session, collection_id)
    dead = sum(segment.chunk_count for segment in listed) - len(live)
    if dead > 0 and (purge or dead > MOST_DEAD_SHARE * (len(live) + dead)):
        decaying = await _decaying(session, collection_id, live, 0.0 if purge else 0.1)
        due = [segment for segment in listed if segment.id in decaying]
        chosen = _within_capacity(due)
    else:
        due = [segment for segment in listed if segment.fresh]
        chosen = _chosen(listed) if _is_due(due) else []
    if not chosen:
        return None
    report = await _swap(session, collection_id, chosen, more=len(chosen) < len(due))
    get_logger(__name__).info(
        "lexical_segments_merged",
        collection_id=str(collection_id),
        sources=report.sources,
        passages=report.passages,
        dropped=report.dropped,
    )
    return report


async def _swap(
    session: AsyncSession, collection_id: UUID, chosen: Sequence[_Listed], *, more: bool
) -> MergeReport:
    sources = await _read_sources(session, chosen)
    live = await _live(session, collection_id)
    for _ in range(_SWAP_ATTEMPTS):
        keep = [_is_live(source.chunk_ids, live) for source in sources]
        packed = await asyncio.to_thread(_joined, sources, keep)
        # Deletions that committed while postings were joined: look again before the swap.
        before, live = live, await _live(session, collection_id)
        if not len(np.setdiff1d(before, live, assume_unique=True)):
            break
    segment_id = None
    if packed.chunk_count:
        fresh = packed.chunk_count <= FRESH_CAPACITY
        segment_id = await write_segment(
            session,
            collection_id,
            packed,
            _kept([source.chunk_ids for source in sources], keep),
            _kept(owners, keep) if (owners := _owners(sources)) else None,
            fresh=fresh,
        )
    await session.execute(_DELETE, {"ids": [segment.id for segment in chosen]})
    before_count = sum(segment.chunk_count for segment in chosen)
    return MergeReport(
        segment_id, len(chosen), packed.chunk_count, before_count - packed.chunk_count, more
    )


def _owners(sources: Sequence[_Source]) -> list[bytes]:
    """Return the owners of each source's passages, zeros where unknown; none if all are."""
    if all(source.owner_ids is None for source in sources):
        return []
    return [source.owner_ids or bytes(len(source.chunk_ids)) for source in sources]


def _kept(ids: Sequence[bytes], keep: Sequence[NDArray[np.bool_]]) -> bytes:
    return b"".join(
        np.frombuffer(part, "V16")[mask].tobytes() for part, mask in zip(ids, keep, strict=True)
    )


def _is_due(fresh: Sequence[_Listed]) -> bool:
    passages = sum(segment.chunk_count for segment in fresh)
    return len(fresh) > MOST_FRESH_SEGMENTS or passages > MOST_FRESH_PASSAGES


def _chosen(listed: Sequence[_Listed]) -> list[_Listed]:
    """Choose the fresh segments, and each merged one that is no larger than what is chosen.

    Sizes then grow at least twofold from merge to merge: a passage is rewritten log2(n) times.
    """
    chosen = _within_capacity([segment for segment in listed if segment.fresh])
    total = sum(segment.chunk_count for segment in chosen)
    merged = sorted(
        (segment for segment in listed if not segment.fresh),
        key=lambda segment: segment.chunk_count,
    )
    for segment in merged:
        if segment.chunk_count > total or total + segment.chunk_count > SEGMENT_CAPACITY:
            break
        chosen.append(segment)
        total += segment.chunk_count
    return chosen


def _within_capacity(segments: Iterable[_Listed]) -> list[_Listed]:
    chosen: list[_Listed] = []
    total = 0
    for segment in sorted(segments, key=lambda segment: segment.chunk_count):
        total += segment.chunk_count
        if total > SEGMENT_CAPACITY and chosen:
            break
        chosen.append(segment)
    return chosen


async def _decaying(
    session: AsyncSession, collection_id: UUID, live: NDArray[np.uint64], share: float
) -> set[UUID]:
    """Return the segments of which more than this share of passages is gone."""
    driver = await driver_connection(session)
    rows = await fetch(driver, _CHUNK_IDS, {"collection": collection_id})
    return {
        segment_id
        for segment_id, chunk_ids in rows
        if 1 - float(_is_live(chunk_ids, live).mean()) > share
    }


async def _read_sources(session: AsyncSession, chosen: Sequence[_Listed]) -> list[_Source]:
    driver = await driver_connection(session)
    rows = await fetch(driver, _SOURCES, {"ids": [segment.id for segment in chosen]})
    sources = []
    for number, token_total, chunk_ids, owner_ids, payload in rows:
        if payload is not None:
            packed = from_payload(payload)
        else:
            terms = await fetch(driver, _TERMS, {"number": number})
            packed = from_term_rows(len(chunk_ids) // 16, token_total, terms)
        sources.append(_Source(packed, chunk_ids, owner_ids))
    return sources


async def _live(session: AsyncSession, collection_id: UUID) -> NDArray[np.uint64]:
    """Return the random halves of the ids of the passages that are there."""
    driver = await driver_connection(session)
    rows = await fetch(driver, _LIVE, {"collection": collection_id})
    return np.sort(np.frombuffer(rows[0][0] or b"", "<u8")[1::2])


def _is_live(chunk_ids: bytes, live: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return np.isin(np.frombuffer(chunk_ids, "<u8")[1::2], live)


def _joined(sources: Sequence[_Source], keep: Sequence[NDArray[np.bool_]]) -> PackedSegment:
    return join_segments([source.packed for source in sources], keep)
