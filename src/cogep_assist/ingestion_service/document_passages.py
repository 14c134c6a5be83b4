"""Where the passages of a document's current version stand in its text."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Chunk, VectorRefusal
from cogep_assist.core.principal import Principal
from cogep_assist.ingestion_service.document_queries import require_document


@dataclass(frozen=True, slots=True)
class PassagePlace:
    """A passage: ``start:end`` of the current version's text."""

    id: UUID
    ordinal: int
    start: int
    end: int
    page: int | None
    heading: str
    text: str = ""
    hidden: bool = False
    # By the embedder: it is found by its words alone.
    refused: bool = False


async def list_passages(
    session: AsyncSession, principal: Principal, document_id: UUID, *, limit: int, after: int = -1
) -> list[PassagePlace]:
    """Return passages in the order of the text, those behind an ordinal.

    Raises AppError("document_not_found"|"document_removed").
    """
    document = await require_document(session, principal, document_id)
    rows = await session.execute(
        sa.select(
            Chunk.id,
            Chunk.ordinal,
            Chunk.start_offset,
            Chunk.end_offset,
            Chunk.page,
            Chunk.heading,
            Chunk.text,
            Chunk.hidden,
            sa.exists().where(VectorRefusal.chunk_id == Chunk.id),
        )
        .where(Chunk.version_id == document.current_version_id, Chunk.ordinal > after)
        .order_by(Chunk.ordinal)
        .limit(limit)
    )
    return [PassagePlace(*row) for row in rows]
