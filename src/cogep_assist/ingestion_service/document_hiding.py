"""Take a whole document out of the answers without removing it, and let it in again."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.models import Chunk, Document
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.collections import require_curated_id
from cogep_assist.ingestion_service.document_queries import require_document, require_version
from cogep_assist.pipeline.passages import is_kept_out

NOW = sa.func.clock_timestamp()


async def hide_document(
    session: AsyncSession,
    principal: Principal,
    document_id: UUID,
    *,
    hidden: bool,
    version: int | None = None,
) -> bool:
    """Take a document out of the answers or let it in again; return whether that changed anything.

    With ``version``, only while that is the current one.

    No search finds it from the caller's commit on, in later versions neither; whoever may read it
    still does, and what was quoted from it opens. Passages that are out by themselves stay out.
    Raises AppError("role_not_allowed"|"document_not_found"|"document_removed"|
    "collection_not_curated"|"changed_meanwhile").
    """
    principal.require(Act.DELETE_DOCUMENTS)
    await require_document(session, principal, document_id)
    # The row that a worker locks too, before it writes a version's passages.
    await session.execute(
        sa.select(Document.id).where(Document.id == document_id).with_for_update()
    )
    document = await require_document(session, principal, document_id)
    await require_curated_id(session, principal, document.collection_id)
    if version is not None:
        await require_version(session, document_id, version)
    if (document.hidden_at is not None) == hidden:
        return False
    document.hidden_at = NOW if hidden else None
    await session.flush()
    await session.refresh(document, ["hidden_at"])
    await _mark_passages(session, document)
    act = "document_hidden" if hidden else "document_shown"
    await audit.record(session, principal, act, "document", document_id)
    return True


async def _mark_passages(session: AsyncSession, document: Document) -> None:
    of_document = sa.update(Chunk).where(Chunk.document_id == document.id)
    if document.hidden_at is not None:
        await session.execute(of_document.where(~Chunk.hidden).values(hidden=True))
        return
    kept_out = await is_kept_out(session, document)
    rows = await session.execute(
        sa.select(Chunk.id, Chunk.text).where(Chunk.document_id == document.id)
    )
    back = [chunk_id for chunk_id, text in rows if not kept_out(text)]
    await session.execute(of_document.where(Chunk.id.in_(back)).values(hidden=False))
