"""Look up documents and what their versions said, from what somebody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from string import ascii_lowercase
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.collection_name import known_collection_name
from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Chunk, Collection, Document, DocumentVersion
from cogep_assist.core.principal import Principal
from cogep_assist.edge.entity_tags import check_revision
from cogep_assist.ingestion_service.schemas import DocumentReply, VersionReply
from cogep_assist.retrieval.portuguese import fold

MOST_WORDS = 8
_LETTERS = frozenset(ascii_lowercase)
# The accented letters of Latin alphabets, each of which folds to one letter.
_ACCENTED = "".join(c for c in map(chr, range(0xDF, 0x180)) if c.islower() and fold(c) in _LETTERS)


@dataclass(frozen=True, slots=True)
class VersionText:
    """The text of one version, exactly as citations count its characters."""

    document_id: UUID
    number: int
    title: str
    uri: str | None
    text: str
    created_at: datetime
    media_type: str = ""
    # Whether the file as it came is still there: not where personal data was taken out of it.
    has_original: bool = False


async def find_document(
    session: AsyncSession, principal: Principal, document_id: UUID
) -> DocumentReply:
    """Return one document. Raises AppError("document_not_found"|"document_removed")."""
    await require_document(session, principal, document_id)
    row = (
        await session.execute(_listed(principal).where(Document.id == document_id))
    ).one_or_none()
    if row is None:
        raise AppError("document_not_found")
    return _reply(row)


async def list_documents(
    session: AsyncSession,
    principal: Principal,
    *,
    collection: str | None = None,
    words: str = "",
    hidden: bool | None = None,
    limit: int = 50,
    before: UUID | None = None,
) -> tuple[list[DocumentReply], UUID | None]:
    """Return live documents, newest first, and the id after which the list goes on.

    With ``words``, those alone whose title and address hold every one of them, accents and case
    apart; with ``hidden``, those alone that are out of the answers, or that are not.
    Raises AppError("collection_not_found").
    """
    among = visible_collections(principal)
    if collection is not None:
        named = await collection_id(session, principal, collection)
        among = among.where(Collection.id == named)
    narrowed = named_documents(words)
    if hidden is not None:
        narrowed.append(Document.hidden_at.is_not(None) if hidden else Document.hidden_at.is_(None))
    newest = newest_documents(among, narrowed, limit + 1, before)
    page = newest.cte("page").prefix_with("MATERIALIZED")
    listed = _listed(principal).join(page, page.c.id == Document.id)
    rows = (await session.execute(listed.order_by(Document.id.desc()))).all()
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return [_reply(row) for row in rows[:limit]], more


async def list_versions(
    session: AsyncSession, principal: Principal, document_id: UUID
) -> list[VersionReply]:
    """Return a document's versions, newest first. Raises as ``find_document`` does."""
    document = await require_document(session, principal, document_id)
    rows = await session.execute(
        sa.select(
            DocumentVersion.id,
            DocumentVersion.number,
            DocumentVersion.title,
            DocumentVersion.media_type,
            DocumentVersion.page_count,
            sa.func.length(DocumentVersion.text).label("characters"),
            DocumentVersion.created_at,
            DocumentVersion.retired_at,
        )
        .where(DocumentVersion.document_id == document_id)
        .order_by(DocumentVersion.number.desc())
    )
    return [
        VersionReply(
            number=row.number,
            title=row.title,
            media_type=row.media_type,
            page_count=row.page_count,
            characters=row.characters,
            current=row.id == document.current_version_id,
            created_at=row.created_at,
            retired_at=row.retired_at,
            links={"text": f"/documents/{document_id}/versions/{row.number}/text"},
        )
        for row in rows
    ]


async def version_text(
    session: AsyncSession, principal: Principal, document_id: UUID, number: int
) -> VersionText:
    """Return what a version said, also after a newer one took its place.

    Raises AppError("document_not_found"|"document_removed"|"version_not_found").
    """
    document = await require_document(session, principal, document_id)
    version = (
        await session.execute(
            sa.select(
                DocumentVersion.title,
                DocumentVersion.text,
                DocumentVersion.created_at,
                DocumentVersion.media_type,
                DocumentVersion.blob_id,
            ).where(DocumentVersion.document_id == document_id, DocumentVersion.number == number)
        )
    ).one_or_none()
    if version is None:
        raise AppError("version_not_found")
    return VersionText(
        document_id,
        number,
        version.title,
        document.uri,
        version.text,
        version.created_at,
        version.media_type,
        version.blob_id is not None,
    )


async def page_of(
    session: AsyncSession, principal: Principal, document_id: UUID, number: int, place: int | None
) -> int | None:
    """Return the page on which a place of the current version stands, where pages are known."""
    if place is None:
        return None
    found: int | None = await session.scalar(
        sa.select(Chunk.page)
        .join(DocumentVersion, DocumentVersion.id == Chunk.version_id)
        .where(
            Chunk.document_id == document_id,
            DocumentVersion.number == number,
            Chunk.collection_id.in_(visible_collections(principal)),
            Chunk.start_offset <= place,
        )
        .order_by(Chunk.start_offset.desc())
        .limit(1)
    )
    return found


async def require_document(
    session: AsyncSession, principal: Principal, document_id: UUID
) -> Document:
    """Return a live document that somebody may see.

    Raises AppError("document_not_found"), and AppError("document_removed") with the day
    for one that they might have seen while it was there.
    """
    document = await session.scalar(
        sa.select(Document)
        .where(
            Document.id == document_id,
            Document.collection_id.in_(visible_collections(principal)),
        )
        .execution_options(populate_existing=True)
    )
    if document is None:
        raise AppError("document_not_found")
    if document.deleted_at is not None:
        raise AppError("document_removed", removed_on=_day(document.deleted_at))
    return document


async def require_version(session: AsyncSession, document_id: UUID, version: int) -> None:
    """Lock a document whose current version is this. Raises AppError("changed_meanwhile")."""
    current = await session.scalar(
        sa.select(DocumentVersion.number)
        .join(Document, Document.current_version_id == DocumentVersion.id)
        .where(Document.id == document_id)
        .with_for_update(of=Document)
    )
    check_revision(version, current or 0)


async def collection_id(session: AsyncSession, principal: Principal, name: str) -> UUID:
    """Return the id of a collection by its name. Raises AppError("collection_not_found")."""
    found = await session.scalar(
        sa.select(Collection.id).where(
            Collection.name == known_collection_name(name),
            Collection.id.in_(visible_collections(principal)),
        )
    )
    if found is None:
        raise AppError("collection_not_found", name=name)
    return found


def named_documents(words: str) -> list[sa.ColumnElement[bool]]:
    """Say that a title or address holds each of some words, folded on both sides alike."""
    said = sa.func.lower(Document.title + " " + sa.func.coalesce(Document.uri, ""))
    plain = sa.func.translate(said, _ACCENTED, fold(_ACCENTED))
    return [sa.func.strpos(plain, word) > 0 for word in fold(words).split()[:MOST_WORDS]]


def newest_documents(
    among: sa.Select[UUID],
    named: Sequence[sa.ColumnElement[bool]],
    limit: int,
    before: UUID | None,
) -> sa.Select[UUID]:
    """Select the newest documents collection by collection: those of the desk are many more."""
    visible = among.subquery("visible")
    of_one = sa.select(Document.id).where(
        Document.collection_id == visible.c.id, Document.deleted_at.is_(None), *named
    )
    if before is not None:
        of_one = of_one.where(Document.id < before)
    newest = of_one.order_by(Document.id.desc()).limit(limit).lateral("newest")
    every = sa.select(newest.c.id).select_from(visible.join(newest, sa.true()))
    return every.order_by(newest.c.id.desc()).limit(limit)


def _listed(principal: Principal) -> sa.Select[Any]:
    passages = (
        sa.select(sa.func.count())
        .select_from(Chunk)
        .where(Chunk.document_id == Document.id)
        .correlate(Document)
        .scalar_subquery()
    )
    return (
        sa.select(Document, Collection.name, DocumentVersion.number, passages)
        .join(Collection, Collection.id == Document.collection_id)
        .outerjoin(DocumentVersion, DocumentVersion.id == Document.current_version_id)
        .where(
            Document.collection_id.in_(visible_collections(principal)),
            Document.deleted_at.is_(None),
        )
    )


def _reply(row: Any) -> DocumentReply:
    document, collection, number, passages = row
    links = {
        "self": f"/documents/{document.id}",
        "versions": f"/documents/{document.id}/versions",
    }
    if number is not None:
        links["text"] = f"/documents/{document.id}/versions/{number}/text"
    return DocumentReply(
        id=document.id,
        collection=collection,
        title=document.title,
        uri=document.uri,
        media_type=document.media_type,
        version=number,
        chunks=passages,
        hidden=document.hidden_at is not None,
        metadata=document.attributes,
        created_at=document.created_at,
        updated_at=document.updated_at,
        links=links,
    )


def _day(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(get_settings().timezone)).strftime("%d/%m/%Y")
