"""Passages as rows: kept out of the answers where somebody said so, and indexed anew."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.models import Chunk, Document, HiddenPassage
from cogep_assist.pipeline.index import HEADING_SEPARATOR
from cogep_assist.pipeline.vector_fill import FILL
from cogep_assist.retrieval.acronyms import mine
from cogep_assist.retrieval.acronyms_index import add_acronyms
from cogep_assist.retrieval.segments import FRESH_CAPACITY, IndexUnit, add_segment


def passage_mark(text: str) -> bytes:
    """Return what a passage is known by through the versions of its document."""
    return hashlib.sha256(" ".join(text.split()).encode()).digest()


async def hidden_marks(session: AsyncSession, document_id: UUID) -> set[bytes]:
    """Return the marks of a document's passages that are kept out of the answers."""
    found = await session.scalars(
        sa.select(HiddenPassage.text_sha256).where(HiddenPassage.document_id == document_id)
    )
    return set(found)


async def is_kept_out(session: AsyncSession, document: Document) -> Callable[[str], bool]:
    """Return what tells whether a passage of a document that is locked stays out of the answers."""
    whole = document.hidden_at is not None
    marks = set() if whole else await hidden_marks(session, document.id)
    return lambda text: whole or (bool(marks) and passage_mark(text) in marks)


async def replace_passages(
    session: AsyncSession,
    collection_id: UUID,
    document_id: UUID,
    title: str,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Put a document's passages in the place of those that were there, with their index.

    Their ids are new, because the index forgets by id; their vectors follow in the background.
    """
    await session.execute(sa.delete(Chunk).where(Chunk.document_id == document_id))
    await session.execute(sa.insert(Chunk), [dict(row) for row in rows])
    units = [
        IndexUnit(
            chunk_id=row["id"],
            body=row["text"],
            title=title,
            heading=row["heading"].replace(HEADING_SEPARATOR, " "),
        )
        for row in rows
    ]
    # One segment as the pipeline writes them, of a size that a search reads at once.
    for start in range(0, len(units), FRESH_CAPACITY):
        await add_segment(session, collection_id, units[start : start + FRESH_CAPACITY])
    mined = await asyncio.to_thread(
        lambda: [(unit.chunk_id, acronym) for unit in units for acronym in mine(unit.body)]
    )
    await add_acronyms(session, collection_id, mined)
    await enqueue_background(session, FILL, "")
