"""The documents nearest to a question that nothing answers, told at once and told again."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Answer, Chunk, Document, DocumentVersion
from cogep_assist.rag_service.schemas import ClosestDocument
from cogep_assist.retrieval.hit import Findings, Hit

CLOSEST = 3


def closest_hits(findings: Findings) -> list[Hit]:
    """Return the first passage of each of the nearest documents."""
    closest: dict[UUID, Hit] = {}
    for hit in findings.hits:
        if len(closest) < CLOSEST:
            closest.setdefault(hit.document_id, hit)
    return list(closest.values())


def closest_documents(findings: Findings) -> list[ClosestDocument]:
    """Return the nearest documents, one passage each."""
    return [
        ClosestDocument(
            document_id=hit.document_id,
            version=hit.version,
            title=hit.title,
            uri=hit.uri,
            page=hit.page,
            heading=hit.heading,
            start=hit.start,
            end=hit.end,
        )
        for hit in closest_hits(findings)
    ]


async def closest_again(
    session: AsyncSession, answer: Answer, readable: sa.Select[UUID] | Sequence[UUID]
) -> list[ClosestDocument]:
    """Return what was near when it was asked, as far as it is still there and may be read."""
    if not answer.closest:
        return []
    rows = await session.execute(
        sa.select(
            Chunk.id,
            Chunk.document_id,
            DocumentVersion.number.label("version"),
            Document.title,
            Document.uri,
            Chunk.page,
            Chunk.heading,
            Chunk.start_offset.label("start"),
            Chunk.end_offset.label("end"),
        )
        .join(Document, Document.id == Chunk.document_id)
        .join(DocumentVersion, DocumentVersion.id == Chunk.version_id)
        .where(Chunk.id.in_(answer.closest), Chunk.collection_id.in_(readable), ~Chunk.hidden)
    )
    found = {row.id: row for row in rows.mappings()}
    return [
        ClosestDocument.model_validate({**found[one]}) for one in answer.closest if one in found
    ]
