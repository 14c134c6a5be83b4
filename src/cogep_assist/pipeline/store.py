"""Last station: make a version visible, in the commit that retires the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.errors import AppError
from cogep_assist.core.job_endings import tell_completed
from cogep_assist.core.models import (
    ArchivedJob,
    Blob,
    Chunk,
    ChunkEmbedding,
    Document,
    DocumentVersion,
    IngestionJob,
    PersonalDataPolicy,
    SourceKind,
)
from cogep_assist.core.queue import INGESTION, Claim, complete, hold
from cogep_assist.pipeline.erased_people import forget_submission
from cogep_assist.pipeline.index import IndexedPassages, add_to_index
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.passages import is_kept_out


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from, as far as its next visit needs to know."""

    uri: str | None
    content_sha256: bytes
    pipeline_release: int
    etag: str | None = None
    last_modified: str | None = None
    blob_id: UUID | None = None


async def store_version(
    session: AsyncSession,
    claimed: Claim,
    source: Source,
    parsed: ParsedDocument,
    passages: IndexedPassages,
    *,
    title: str,
    policy: PersonalDataPolicy = PersonalDataPolicy.ALLOW,
    timings_ms: dict[str, int],
) -> UUID:
    """Write version, passages, vectors and index, retire what was there, end the job.

    All in the caller's transaction: a search sees the old version whole or the new one.
    Raises FencedError, CancelledJobError, AppError("document_deleted_meanwhile"),
    AppError("superseded_by_newer_submission").
    """
    await hold(session, INGESTION, claimed)
    document = await _locked_document(session, claimed, source, title, parsed.media_type)
    number = await _retire_current(session, document)
    version_id = uuid7()
    await session.execute(
        sa.insert(DocumentVersion).values(
            id=version_id,
            document_id=document.id,
            number=number,
            title=title,
            text=parsed.text,
            content_sha256=source.content_sha256,
            parser=parsed.parser,
            pipeline_release=source.pipeline_release,
            media_type=parsed.media_type,
            page_count=parsed.page_count,
            warnings=list(parsed.warnings),
            personal_data=policy,
            blob_id=source.blob_id,
        )
    )
    await _insert_passages(session, document, version_id, parsed, passages)
    await add_to_index(session, document.collection_id, passages)
    _update(document, claimed, source, title)
    document.media_type = parsed.media_type
    document.current_version_id = version_id
    document.updated_at = sa.func.clock_timestamp()
    await session.flush()
    await complete(
        session,
        INGESTION,
        claimed,
        stage="store",
        progress=100,
        document_id=document.id,
        chunks=len(passages.chunks),
        warnings=list(parsed.warnings),
        timings_ms=timings_ms,
    )
    await tell_completed(session, claimed, document.id, len(passages.chunks), title=title)
    return document.id


async def store_unchanged(
    session: AsyncSession,
    claimed: Claim,
    document_id: UUID,
    source: Source | None,
    *,
    timings_ms: dict[str, int],
) -> None:
    """Note that the source still says the same, and end the job; nothing is indexed anew."""
    await hold(session, INGESTION, claimed)
    document = await session.get(Document, document_id, with_for_update=True)
    if document is None or document.deleted_at is not None:
        raise AppError("document_deleted_meanwhile")
    original = await _same_submission(session, document, claimed)
    if source is not None:
        _update(document, claimed, source, document.title)
        if source.blob_id is not None and not await _keeps_original(session, document):
            await forget_submission(session, claimed.id, source.blob_id, (None, None))
    else:
        document.checked_at = sa.func.clock_timestamp()
        document.attributes = claimed.row["metadata"] or document.attributes
    await session.flush()
    chunks = await session.scalar(
        sa.select(sa.func.count()).select_from(Chunk).where(Chunk.document_id == document_id)
    )
    await complete(
        session,
        INGESTION,
        claimed,
        stage="store",
        progress=100,
        document_id=document_id,
        chunks=chunks,
        warnings=["unchanged"],
        duplicate_of=original,
        timings_ms=timings_ms,
    )
    await tell_completed(session, claimed, document_id, chunks or 0, title=None)


async def _keeps_original(session: AsyncSession, document: Document) -> bool:
    """Tell whether a document's bytes lie beside its text as they came.

    What was let go of for somebody who was erased, or by the collection's policy, does not come
    to stay by being sent once more.
    """
    found = await session.scalar(
        sa.select(Blob.sha256 == DocumentVersion.content_sha256)
        .join(DocumentVersion, DocumentVersion.blob_id == Blob.id)
        .where(DocumentVersion.id == document.current_version_id)
    )
    return bool(found)


async def _same_submission(
    session: AsyncSession, document: Document, claimed: Claim
) -> UUID | None:
    """Return the job by which the same content was sent first; an address is only visited again."""
    if claimed.row["source_kind"] is SourceKind.URL:
        return None
    written_by = sa.union_all(
        *(
            sa.select(sa.func.coalesce(jobs.duplicate_of, jobs.id)).where(
                jobs.sequence == document.written_by_sequence, jobs.id != claimed.id
            )
            for jobs in (IngestionJob, ArchivedJob)
        )
    )
    found: UUID | None = await session.scalar(written_by)
    return found


async def _locked_document(
    session: AsyncSession, claimed: Claim, source: Source, title: str, media_type: str
) -> Document:
    job = claimed.row
    same_source = (
        Document.collection_id == job["collection_id"],
        Document.source_key == job["source_key"],
    )
    document = await session.scalar(
        sa.select(Document).where(*same_source, Document.deleted_at.is_(None)).with_for_update()
    )
    if document is None:
        # A job that was submitted before somebody removed the document must not bring it back.
        removed_after = await session.scalar(
            sa.select(sa.literal(1)).where(*same_source, Document.deleted_at >= job["created_at"])
        )
        if removed_after is not None:
            raise AppError("document_deleted_meanwhile")
        document = Document(
            id=uuid7(),
            collection_id=job["collection_id"],
            source_key=job["source_key"],
            uri=source.uri,
            title=title,
            media_type=media_type,
        )
        session.add(document)
        await session.flush()
        return document
    newer = (document.written_by_sequence or 0) > job["sequence"]
    if newer and job["source_kind"] is not SourceKind.URL:
        raise AppError("superseded_by_newer_submission")
    return document


async def _retire_current(session: AsyncSession, document: Document) -> int:
    """Close the current version and return the number of the next."""
    await session.execute(
        sa.update(DocumentVersion)
        .where(DocumentVersion.document_id == document.id, DocumentVersion.retired_at.is_(None))
        .values(retired_at=sa.func.clock_timestamp())
    )
    # Without its row a passage cannot be found, whatever an older segment remembers.
    await session.execute(sa.delete(Chunk).where(Chunk.document_id == document.id))
    last = await session.scalar(
        sa.select(sa.func.max(DocumentVersion.number)).where(
            DocumentVersion.document_id == document.id
        )
    )
    return (last or 0) + 1


async def _insert_passages(
    session: AsyncSession,
    document: Document,
    version_id: UUID,
    parsed: ParsedDocument,
    passages: IndexedPassages,
) -> None:
    kept_out = await is_kept_out(session, document)
    rows: list[dict[str, Any]] = [
        {
            "id": chunk_id,
            "collection_id": document.collection_id,
            "document_id": document.id,
            "version_id": version_id,
            "ordinal": chunk.ordinal,
            "start_offset": chunk.start,
            "end_offset": chunk.end,
            "page": chunk.page,
            "heading": passages.headings[position],
            "text": parsed.text[chunk.start : chunk.end],
            "hidden": kept_out(parsed.text[chunk.start : chunk.end]),
        }
        for position, (chunk_id, chunk) in enumerate(
            zip(passages.chunk_ids, passages.chunks, strict=True)
        )
    ]
    await session.execute(sa.insert(Chunk), rows)
    if passages.vectors is not None:
        await session.execute(sa.insert(ChunkEmbedding), _vector_rows(passages.chunk_ids, passages))


def _vector_rows(chunk_ids: Sequence[UUID], passages: IndexedPassages) -> list[dict[str, Any]]:
    assert passages.vectors is not None
    return [
        {"chunk_id": chunk_id, "space_number": passages.space, "embedding": vector}
        for chunk_id, vector in zip(chunk_ids, passages.vectors, strict=True)
    ]


def _update(document: Document, claimed: Claim, source: Source, title: str) -> None:
    job = claimed.row
    document.uri = source.uri
    document.title = title
    document.etag = source.etag
    document.last_modified = source.last_modified
    document.written_by_sequence = max(document.written_by_sequence or 0, job["sequence"])
    document.attributes = job["metadata"]
    document.checked_at = sa.func.clock_timestamp()
