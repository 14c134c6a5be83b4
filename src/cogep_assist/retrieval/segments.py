"""The writing side: a document's passages become one fresh segment, in its own transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.db import driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.models.ai_index import LexicalSegment
from cogep_assist.retrieval.portuguese import tokenize
from cogep_assist.retrieval.postings import SEGMENT_CAPACITY, PackedSegment, pack, to_payload
from cogep_assist.retrieval.vocabulary import packed_vocabulary

# A longer document goes straight to a row per term: searches must not read all of it each time.
FRESH_CAPACITY = 2_048


@dataclass(frozen=True, slots=True)
class IndexUnit:
    """A passage as the index sees it."""

    chunk_id: UUID
    body: str
    title: str
    heading: str
    # What the passage belongs to besides its document: of a desk's passages the ticket.
    owner: UUID | None = None


async def add_segment(
    session: AsyncSession,
    collection_id: UUID,
    units: Sequence[IndexUnit],
    packed: PackedSegment | None = None,
) -> UUID:
    """Index passages of one collection and return the segment's id; the caller commits.

    ``packed`` is what ``analyse`` made of the units; a caller that holds locks makes it before
    them. Raise AppError("index_nothing_to_add") without passages, and
    AppError("index_document_too_long") above 65,536.
    """
    if packed is None:
        packed = await analyse(units)
    chunk_ids = b"".join(unit.chunk_id.bytes for unit in units)
    owners = [unit.owner.bytes for unit in units if unit.owner is not None]
    owner_ids = b"".join(owners) if len(owners) == len(units) else None
    fresh = len(units) <= FRESH_CAPACITY
    return await write_segment(session, collection_id, packed, chunk_ids, owner_ids, fresh=fresh)


async def analyse(units: Sequence[IndexUnit]) -> PackedSegment:
    """Analyse passages into postings, beside the event loop. Raises what ``add_segment`` raises."""
    if not units:
        raise AppError("index_nothing_to_add")
    if len(units) > SEGMENT_CAPACITY:
        raise AppError("index_document_too_long", passages=len(units), limit=SEGMENT_CAPACITY)
    return await asyncio.to_thread(_pack_units, list(units))


async def write_segment(
    session: AsyncSession,
    collection_id: UUID,
    packed: PackedSegment,
    chunk_ids: bytes,
    owner_ids: bytes | None,
    *,
    fresh: bool,
) -> UUID:
    """Store a packed segment: whole in its row if fresh, else with a row per term.

    ``owner_ids`` are those of ``chunk_ids``, in the same order; zeros where one is not known.
    """
    segment_id = uuid7()
    number = await session.scalar(
        insert(LexicalSegment)
        .values(
            id=segment_id,
            collection_id=collection_id,
            chunk_count=packed.chunk_count,
            token_total=packed.token_total,
            chunk_ids=chunk_ids,
            owner_ids=owner_ids,
            payload=to_payload(packed) if fresh else None,
            vocabulary=None if fresh else packed_vocabulary(packed),
        )
        .returning(LexicalSegment.number)
    )
    assert number is not None
    if not fresh:
        await _copy_postings(session, number, packed)
    return segment_id


def unit_terms(unit: IndexUnit) -> list[str]:
    """Return the terms of a passage; where it stands in its document counts as said in it."""
    context = f"{unit.title}\n{unit.heading}" if unit.heading != unit.title else unit.title
    return tokenize(unit.body) + (tokenize(context) if context.strip() else [])


def _pack_units(units: Sequence[IndexUnit]) -> PackedSegment:
    return pack(unit_terms(unit) for unit in units)


async def _copy_postings(session: AsyncSession, number: int, packed: PackedSegment) -> None:
    driver = await driver_connection(session)
    statement = (
        "COPY ai.lexical_posting (segment_number, term, postings) FROM STDIN (FORMAT BINARY)"
    )
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["int4", "text", "bytea"])
        for index, term in enumerate(packed.terms):
            await copy.write_row((number, term, packed.term_bytes(index)))
