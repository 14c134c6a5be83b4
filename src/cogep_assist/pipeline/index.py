"""Fifth station: give each passage its key and analyse its words for the index."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.pipeline.chunk import Chunk
from cogep_assist.pipeline.embed import Embedded
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.retrieval.acronyms import Acronym, mine
from cogep_assist.retrieval.acronyms_index import add_acronyms
from cogep_assist.retrieval.postings import PackedSegment
from cogep_assist.retrieval.segments import IndexUnit, add_segment, analyse

HEADING_SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class IndexedPassages:
    """The passages of a version, ready to be stored; all sequences run in parallel."""

    chunks: Sequence[Chunk]
    chunk_ids: Sequence[UUID]
    headings: Sequence[str]
    units: Sequence[IndexUnit]
    packed: PackedSegment
    acronyms: Sequence[tuple[UUID, Acronym]] = ()
    vectors: Sequence[Sequence[float]] | None = None
    space: int | None = None


async def index_passages(
    parsed: ParsedDocument,
    title: str,
    chunks: Sequence[Chunk],
    embedded: Embedded | None,
    *,
    owner: UUID | None = None,
) -> IndexedPassages:
    """Give each passage its key, its heading as people read it, and its fields to index.

    ``owner``: what the passages belong to besides their document.
    The words are analysed here, before the transaction that stores them takes any lock.
    """
    chunk_ids = [uuid7() for _ in chunks]
    headings = [heading_of(chunk) for chunk in chunks]
    units = [
        IndexUnit(
            chunk_id=chunk_id,
            body=parsed.text[chunk.start : chunk.end],
            title=title,
            heading=" ".join(chunk.heading_path),
            owner=owner,
        )
        for chunk_id, chunk in zip(chunk_ids, chunks, strict=True)
    ]
    return IndexedPassages(
        chunks=chunks,
        chunk_ids=chunk_ids,
        headings=headings,
        units=units,
        packed=await analyse(units),
        acronyms=await asyncio.to_thread(_mined, units),
        vectors=embedded.vectors if embedded else None,
        space=embedded.space if embedded else None,
    )


def heading_of(chunk: Chunk) -> str:
    """Return the headings above a passage as people read them."""
    return HEADING_SEPARATOR.join(chunk.heading_path)


async def add_to_index(
    session: AsyncSession, collection_id: UUID, passages: IndexedPassages
) -> None:
    """Write the passages' segment, in the transaction that makes them visible."""
    await add_segment(session, collection_id, passages.units, passages.packed)
    await add_acronyms(session, collection_id, passages.acronyms)


def _mined(units: Sequence[IndexUnit]) -> list[tuple[UUID, Acronym]]:
    return [(unit.chunk_id, acronym) for unit in units for acronym in mine(unit.body)]
