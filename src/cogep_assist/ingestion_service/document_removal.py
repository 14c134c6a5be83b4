"""Remove a document: from the next answer on, nothing of it is told any more."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.job_endings import tell_ended
from cogep_assist.core.models import (
    Answer,
    ArchivedJob,
    Chunk,
    Citation,
    Document,
    DocumentVersion,
    IngestionJob,
    JobStatus,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.collections import require_curated_id
from cogep_assist.ingestion_service.document_queries import require_document, require_version

NOW = sa.func.clock_timestamp()


async def remove_document(
    session: AsyncSession, principal: Principal, document_id: UUID, version: int | None = None
) -> None:
    """Remove a document in the caller's transaction, and leave a tombstone with the day.

    With ``version``, only while that is the current one. Raises AppError("role_not_allowed"|
    "document_not_found"|"document_removed"|"changed_meanwhile").
    """
    principal.require(Act.DELETE_DOCUMENTS)
    document = await require_document(session, principal, document_id)
    await require_curated_id(session, principal, document.collection_id)
    # 1. Jobs first, then the document: the order in which a worker locks them too.
    stopped = await stop_jobs(session, document.collection_id, document.source_key)
    # 2. Two removals at once: the second finds it done.
    if version is not None:
        await require_version(session, document_id, version)
    removed = await session.scalar(
        sa.update(Document)
        .where(Document.id == document_id, Document.deleted_at.is_(None))
        # The source key stays: it is how a job that comes too late is refused.
        .values(deleted_at=NOW, current_version_id=None, title="", uri=None, attributes={})
        .returning(Document.id)
    )
    if removed is None:
        await require_document(session, principal, document_id)
        raise AppError("document_not_found")
    # 3. What searches read, what citations opened, what answers quoted.
    await session.execute(sa.delete(Chunk).where(Chunk.document_id == document_id))
    await _forget_contents(session, document_id)
    await _blank_quotes(session, document_id)
    ids = {"document_id": document_id, "collection_id": document.collection_id}
    await publish(session, "document.removed", document_id, ids=ids)
    await audit.record(
        session, principal, "document_deleted", "document", document_id, {"jobs": stopped}
    )


async def stop_jobs(session: AsyncSession, collection_id: UUID, source_key: str) -> int:
    """Cancel what waits to write a document, and ask what runs to stop; return how many."""
    of_source = (
        IngestionJob.collection_id == collection_id,
        IngestionJob.source_key == source_key,
    )
    cancelled = await session.scalars(
        sa.update(IngestionJob)
        .where(*of_source, IngestionJob.status == JobStatus.PENDING)
        .values(status=JobStatus.CANCELLED, cancel_requested=True, finished_at=NOW)
        .returning(IngestionJob.id)
    )
    asked = await session.scalars(
        sa.update(IngestionJob)
        .where(*of_source, IngestionJob.status == JobStatus.PROCESSING)
        .values(cancel_requested=True)
        .returning(IngestionJob.id)
    )
    gone = cancelled.all()
    await tell_ended(session, gone)
    return len(gone) + len(asked.all())


async def _forget_contents(session: AsyncSession, document_id: UUID) -> None:
    """Empty the versions and let go of the bytes, which are swept once nothing names them."""
    await session.execute(
        sa.update(DocumentVersion)
        .where(DocumentVersion.document_id == document_id)
        .values(
            text="",
            title="",
            blob_id=None,
            retired_at=sa.func.coalesce(DocumentVersion.retired_at, NOW),
        )
    )
    for jobs in (IngestionJob, ArchivedJob):
        await session.execute(
            sa.update(jobs)
            .where(jobs.document_id == document_id)
            .values(blob_id=None, title=None, file_name=None, uri=None, attributes={})
        )


async def _blank_quotes(session: AsyncSession, document_id: UUID) -> None:
    await session.execute(
        sa.text(
            """
            UPDATE ai.answer AS a
            SET sentences = (
                SELECT coalesce(jsonb_agg(
                    CASE WHEN EXISTS (
                        SELECT FROM ai.citation c
                        WHERE c.answer_id = a.id AND c.document_id = :document
                          AND s.sentence -> 'citations' @> to_jsonb(c.number)
                    ) THEN jsonb_set(s.sentence, '{text}', '""') ELSE s.sentence END
                    ORDER BY s.place), '[]')
                FROM jsonb_array_elements(a.sentences) WITH ORDINALITY AS s(sentence, place))
            WHERE a.id IN (SELECT answer_id FROM ai.citation WHERE document_id = :document)
            """
        ),
        {"document": document_id},
    )
    # A question that leaned on such an answer may have taken a name from it.
    await session.execute(
        sa.update(Answer)
        .where(
            Answer.resolved_question.is_not(None),
            Answer.conversation_id.in_(
                sa.select(Answer.conversation_id)
                .join(Citation, Citation.answer_id == Answer.id)
                .where(Citation.document_id == document_id)
            ),
        )
        .values(resolved_question=None)
    )
    await session.execute(
        sa.update(Citation)
        .where(Citation.document_id == document_id)
        .values(quote="", blanked_at=NOW)
    )
