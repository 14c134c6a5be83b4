"""Where the passages of a document's current version stand in its text."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Chunk, Document, VectorRefusal
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


_TOLD: tuple[Any, ...] = (
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


async def list_passages(
    session: AsyncSession, principal: Principal, document_id: UUID, *, limit: int, after: int = -1
) -> list[PassagePlace]:
    """Return passages in the order of the text, those behind an ordinal.

    Raises AppError("document_not_found"|"document_removed").
    """
    document = await require_document(session, principal, document_id)
    rows = await session.execute(
        _places(document).where(Chunk.ordinal > after).order_by(Chunk.ordinal).limit(limit)
    )
    return [PassagePlace(*row) for row in rows]


async def find_passage(
    session: AsyncSession, principal: Principal, document_id: UUID, chunk_id: UUID
) -> PassagePlace:
    """Return one passage. Raises as ``list_passages`` and AppError("passage_not_found")."""
    document = await require_document(session, principal, document_id)
    row = (await session.execute(_places(document).where(Chunk.id == chunk_id))).one_or_none()
    if row is None:
        raise AppError("passage_not_found")
    return PassagePlace(*row)


def _places(document: Document) -> sa.Select[Any]:
    return sa.select(*_TOLD).where(Chunk.version_id == document.current_version_id)
