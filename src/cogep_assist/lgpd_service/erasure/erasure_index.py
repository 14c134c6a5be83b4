"""Make passages and index anew where a text changed, and leave no word of what was there."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.models import Chunk, Citation, Document, DocumentVersion, GapAsk
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns
from cogep_assist.pipeline.passages import replace_passages
from cogep_assist.retrieval.merge import merge_collection, wait_for_index


async def rebuild_documents(
    session: AsyncSession, documents: Iterable[UUID], patterns: SubjectPatterns
) -> tuple[int, set[UUID]]:
    """Cut passages anew from redacted texts; return how many, and whose indexes they are in.

    A text keeps its length when a person is taken out, so every passage keeps its offsets; its
    id is new, because the index forgets by id. Vectors go with the old ids and are filled anew.
    """
    collections: set[UUID] = set()
    rebuilt = 0
    for document_id in sorted(documents):
        # Nobody publishes the document meanwhile; and who quotes it from an older snapshot is
        # refused, because the row was written, with what it held already.
        await session.execute(
            sa.update(Document)
            .where(Document.id == document_id)
            .values(updated_at=Document.updated_at)
        )
        row = (
            await session.execute(
                sa.select(Document.collection_id, Document.title, DocumentVersion.text)
                .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
                .where(Document.id == document_id)
            )
        ).one_or_none()
        if row is None:
            continue
        rebuilt += await _rebuild(session, document_id, row, patterns)
        await _align_quotes(session, document_id)
        collections.add(row.collection_id)
    return rebuilt, collections


async def purge_indexes(session: AsyncSession, collections: Iterable[UUID]) -> None:
    """Write anew every piece of the indexes that still remembers a passage that is gone."""
    for collection_id in sorted(collections):
        await wait_for_index(session, collection_id)
        while (report := await merge_collection(session, collection_id, purge=True)) is not None:
            if not report.dropped:
                break


async def forget_gap_terms(session: AsyncSession, answers: Iterable[UUID]) -> None:
    """Let questions that were redacted be grouped anew, by the words that are left of them."""
    await session.execute(sa.delete(GapAsk).where(GapAsk.answer_id.in_(list(answers))))


async def _rebuild(
    session: AsyncSession, document_id: UUID, row: Any, patterns: SubjectPatterns
) -> int:
    chunks = list(
        await session.scalars(
            sa.select(Chunk).where(Chunk.document_id == document_id).order_by(Chunk.ordinal)
        )
    )
    if not chunks:
        return 0
    fresh = [_anew(chunk, row.text, patterns) for chunk in chunks]
    await replace_passages(session, row.collection_id, document_id, row.title, fresh)
    for chunk, new in zip(chunks, fresh, strict=True):
        await session.execute(
            sa.update(Citation).where(Citation.chunk_id == chunk.id).values(chunk_id=new["id"])
        )
        session.expunge(chunk)
    return len(fresh)


def _anew(chunk: Chunk, text: str, patterns: SubjectPatterns) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "collection_id": chunk.collection_id,
        "document_id": chunk.document_id,
        "version_id": chunk.version_id,
        "ordinal": chunk.ordinal,
        "start_offset": chunk.start_offset,
        "end_offset": chunk.end_offset,
        "page": chunk.page,
        "heading": patterns.redact(chunk.heading),
        "text": text[chunk.start_offset : chunk.end_offset],
        "hidden": chunk.hidden,
    }


async def _align_quotes(session: AsyncSession, document_id: UUID) -> None:
    """Quote what now stands where each citation points; a quote that was blanked stays blank."""
    await session.execute(
        sa.text("""
            UPDATE ai.citation c SET quote = substr(v.text, c.start_offset + 1,
                                                    c.end_offset - c.start_offset)
              FROM ai.document_version v
             WHERE v.document_id = c.document_id AND v.number = c.version
               AND c.document_id = :document AND c.quote <> ''
               AND c.quote <> substr(v.text, c.start_offset + 1, c.end_offset - c.start_offset)
        """),
        {"document": document_id},
    )
