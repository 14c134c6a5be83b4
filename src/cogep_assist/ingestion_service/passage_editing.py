"""Keep a passage out of the answers, or correct its text in a version of its own.

The version before keeps what it said: what was quoted from it opens as it was.
"""

import unicodedata
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Chunk, Collection, Document, DocumentVersion, HiddenPassage
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.collections import require_curated_id
from cogep_assist.ingestion_service.document_queries import require_document
from cogep_assist.pipeline.parse.document import Block, ParsedDocument
from cogep_assist.pipeline.passages import is_kept_out, passage_mark, replace_passages
from cogep_assist.pipeline.personal_data import screen

MOST_CHARS = 8_000
NOW = sa.func.clock_timestamp()


async def hide_passage(
    session: AsyncSession, principal: Principal, document_id: UUID, chunk_id: UUID, *, hidden: bool
) -> None:
    """Take a passage out of the answers or let it in again, in later versions too.

    Raises AppError("role_not_allowed"|"document_not_found"|"document_removed"|"passage_not_found").
    """
    document, chunk = await _locked(session, principal, Act.DELETE_DOCUMENTS, document_id, chunk_id)
    mark = passage_mark(chunk.text)
    # Of a document that is out as a whole, no passage comes back by itself.
    chunk.hidden = hidden or document.hidden_at is not None
    if hidden:
        row = {"document_id": document_id, "text_sha256": mark, "hidden_by": principal.label}
        await session.execute(insert(HiddenPassage).values(row).on_conflict_do_nothing())
    else:
        await session.execute(
            sa.delete(HiddenPassage).where(
                HiddenPassage.document_id == document_id, HiddenPassage.text_sha256 == mark
            )
        )
    act = "document_passage_hidden" if hidden else "document_passage_shown"
    details = {"ordinal": chunk.ordinal}
    await audit.record(session, principal, act, "document", document_id, details)


async def correct_passage(
    session: AsyncSession,
    principal: Principal,
    document_id: UUID,
    chunk_id: UUID,
    text: str,
    names: CustomerNames,
) -> int:
    """Write a passage anew in a new version of its document, and return the version's number.

    The source counts as unread since: the correction stays until the source itself changes.
    Raises as ``hide_passage`` and AppError("passage_text_unfit", "passage_unchanged",
    "personal_data_refused").
    """
    document, chunk = await _locked(session, principal, Act.INGEST, document_id, chunk_id)
    version = await session.get_one(DocumentVersion, document.current_version_id)
    said = await _screened(session, document, version, _clean(text), names)
    if said == chunk.text:
        raise AppError("passage_unchanged")
    whole = version.text[: chunk.start_offset] + said + version.text[chunk.end_offset :]
    last = await session.scalar(
        sa.select(sa.func.max(DocumentVersion.number)).where(
            DocumentVersion.document_id == document_id
        )
    )
    made = _next(version, (last or 0) + 1, whole)
    version.retired_at = NOW
    session.add(made)
    await session.flush()
    rows = await _moved(session, document, made.id, whole, chunk, len(said))
    await replace_passages(session, document.collection_id, document_id, document.title, rows)
    document.current_version_id, document.updated_at = made.id, NOW
    details = {"ordinal": chunk.ordinal, "version": made.number}
    await audit.record(
        session, principal, "document_passage_corrected", "document", document_id, details
    )
    return made.number


async def _locked(
    session: AsyncSession, principal: Principal, act: Act, document_id: UUID, chunk_id: UUID
) -> tuple[Document, Chunk]:
    """Return a document that no worker writes meanwhile, and a passage of its present version."""
    principal.require(act)
    await require_document(session, principal, document_id)
    document = await session.get_one(
        Document, document_id, with_for_update=True, populate_existing=True
    )
    await require_curated_id(session, principal, document.collection_id)
    chunk = await session.scalar(
        sa.select(Chunk).where(Chunk.id == chunk_id, Chunk.document_id == document_id)
    )
    if chunk is None:
        # A newer version took its place while the page was open.
        raise AppError("passage_not_found")
    return document, chunk


def _clean(text: str) -> str:
    """Return a text as parsers leave one: NFC, line breaks of one kind, no control characters."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(
        char for char in plain if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}
    ).strip()
    if not 1 <= len(kept) <= MOST_CHARS:
        raise AppError("passage_text_unfit", most=MOST_CHARS)
    return kept


async def _screened(
    session: AsyncSession,
    document: Document,
    version: DocumentVersion,
    text: str,
    names: CustomerNames,
) -> str:
    """Apply the collection's policy for personal data to what was typed."""
    collection = await session.get_one(Collection, document.collection_id)
    typed = ParsedDocument(
        text=text,
        title=None,
        blocks=(Block("paragraph", 0, len(text)),),
        media_type=version.media_type,
    )
    return (await screen(typed, document.title, collection.personal_data, names)).parsed.text


def _next(version: DocumentVersion, number: int, text: str) -> DocumentVersion:
    return DocumentVersion(
        id=uuid7(),
        document_id=version.document_id,
        number=number,
        title=version.title,
        text=text,
        # Of the source: where that says the same, a visit leaves the correction alone.
        content_sha256=version.content_sha256,
        parser=version.parser,
        pipeline_release=version.pipeline_release,
        media_type=version.media_type,
        page_count=version.page_count,
        warnings=list(version.warnings),
        personal_data=version.personal_data,
        blob_id=version.blob_id,
    )


async def _moved(
    session: AsyncSession,
    document: Document,
    version_id: UUID,
    text: str,
    corrected: Chunk,
    length: int,
) -> list[dict[str, Any]]:
    """Return every passage where it stands in the new text."""
    chunks = await session.scalars(
        sa.select(Chunk).where(Chunk.document_id == document.id).order_by(Chunk.ordinal)
    )
    kept_out = await is_kept_out(session, document)
    end, new_end = corrected.end_offset, corrected.start_offset + length

    def place(offset: int) -> int:
        return offset + new_end - end if offset >= end else min(offset, new_end)

    rows = []
    for chunk in chunks:
        start, stop = place(chunk.start_offset), place(chunk.end_offset)
        rows.append(
            {
                "id": uuid7(),
                "collection_id": document.collection_id,
                "document_id": document.id,
                "version_id": version_id,
                "ordinal": chunk.ordinal,
                "start_offset": start,
                "end_offset": stop,
                "page": chunk.page,
                "heading": chunk.heading,
                "text": text[start:stop],
                "hidden": kept_out(text[start:stop]),
            }
        )
        session.expunge(chunk)
    return rows
