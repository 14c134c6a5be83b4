"""Documents as whoever looks after the base sees them: where from, how read, by whom, how large."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from cogep_assist.core.access import visible_collections
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ArchivedJob,
    Blob,
    Chunk,
    Collection,
    Document,
    DocumentVersion,
    FollowedKind,
    FollowedSource,
    IngestionJob,
    JobStatus,
    SourceItem,
    SourceKind,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.document_queries import (
    collection_id,
    named_documents,
    newest_documents,
    require_document,
)


class Standing(enum.Enum):
    """How a document stands, as lists of documents are narrowed by it."""

    USED = "used"
    HIDDEN = "hidden"
    READING = "reading"
    FAILED = "failed"


class Origin(enum.Enum):
    """Where documents come from: a source that is followed, a single address, what was sent."""

    FOLLOWED = "followed"
    ADDRESS = "address"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of documents is narrowed by."""

    collection: str | None = None
    words: str = ""
    standing: Standing | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class FollowedBy:
    """The source that a document comes from, and its next visit; ``next_at`` None in a pause."""

    id: UUID
    kind: FollowedKind
    target: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentSheet:
    """A document of a list. ``source``, ``sent_by``, ``reading`` and ``failed``: for curation.

    ``octets`` are the original's where that is kept, else those of the text. ``sent_by`` is a
    label; ``hidden_chunks`` of ``chunks`` are out of the answers.
    """

    id: UUID
    collection: str
    source_key: str
    title: str
    uri: str | None
    media_type: str
    version: int | None
    chunks: int
    hidden_chunks: int
    octets: int
    hidden: bool
    created_at: datetime
    updated_at: datetime
    checked_at: datetime | None
    source: FollowedBy | None = None
    sent_by: str | None = None
    sent_as: SourceKind | None = None
    reading: bool = False
    failed: bool = False


async def list_document_sheets(
    session: AsyncSession,
    principal: Principal,
    wanted: Wanted,
    *,
    limit: int = 50,
    before: UUID | None = None,
) -> tuple[list[DocumentSheet], UUID | None]:
    """Return live documents, newest first, and the id after which the list goes on.

    What only curation knows narrows the list for nobody else.
    Raises AppError("collection_not_found").
    """
    among = visible_collections(principal)
    if wanted.collection is not None:
        named = await collection_id(session, principal, wanted.collection)
        among = among.where(Collection.id == named)
    narrowed = [*named_documents(wanted.words), *_narrowed(principal, wanted)]
    page = newest_documents(among, narrowed, limit + 1, before)
    sheets = await _sheets(session, principal, page)
    more = sheets[limit - 1].id if len(sheets) > limit else None
    return sheets[:limit], more


async def find_document_sheet(
    session: AsyncSession, principal: Principal, document_id: UUID
) -> DocumentSheet:
    """Return one document. Raises AppError("document_not_found"|"document_removed")."""
    await require_document(session, principal, document_id)
    one = sa.select(Document.id).where(
        Document.id == document_id,
        Document.deleted_at.is_(None),
        Document.collection_id.in_(visible_collections(principal)),
    )
    found = await _sheets(session, principal, one)
    if not found:
        raise AppError("document_not_found")
    return found[0]


def _knows_work(principal: Principal) -> bool:
    return principal.may(Act.MANAGE_JOBS) and principal.may(Act.READ_SOURCES)


def _narrowed(principal: Principal, wanted: Wanted) -> Sequence[sa.ColumnElement[bool]]:
    standing: dict[Standing, sa.ColumnElement[bool]] = {
        Standing.USED: Document.hidden_at.is_(None),
        Standing.HIDDEN: Document.hidden_at.is_not(None),
    }
    origin: dict[Origin, sa.ColumnElement[bool]] = {}
    if _knows_work(principal):
        followed = sa.exists().where(*_item_of_document())
        standing |= {Standing.READING: _reading(), Standing.FAILED: _failed()}
        origin = {
            Origin.FOLLOWED: followed,
            Origin.ADDRESS: sa.and_(Document.uri.is_not(None), ~followed),
            Origin.SENT: sa.and_(Document.uri.is_(None), ~followed),
        }
    chosen = [standing.get(wanted.standing) if wanted.standing else None]
    chosen.append(origin.get(wanted.origin) if wanted.origin else None)
    return [condition for condition in chosen if condition is not None]


async def _sheets(
    session: AsyncSession, principal: Principal, ids: sa.Select[UUID]
) -> list[DocumentSheet]:
    page = ids.cte("page").prefix_with("MATERIALIZED")
    passages = _passages()
    statement = (
        sa.select(
            Document.id,
            Collection.name.label("collection"),
            Document.source_key,
            Document.title,
            Document.uri,
            Document.media_type,
            DocumentVersion.number.label("version"),
            passages.c.chunks,
            passages.c.hidden_chunks,
            sa.func.coalesce(Blob.size, sa.func.octet_length(DocumentVersion.text), 0).label(
                "octets"
            ),
            Document.hidden_at.is_not(None).label("hidden"),
            Document.created_at,
            Document.updated_at,
            Document.checked_at,
        )
        .join(page, page.c.id == Document.id)
        .join(Collection, Collection.id == Document.collection_id)
        .outerjoin(DocumentVersion, DocumentVersion.id == Document.current_version_id)
        .outerjoin(Blob, Blob.id == DocumentVersion.blob_id)
        .join(passages, sa.true())
        .order_by(Document.id.desc())
    )
    if not _knows_work(principal):
        return [DocumentSheet(**row) for row in (await session.execute(statement)).mappings()]
    rows = await session.execute(_with_work(statement))
    return [_known(row) for row in rows.mappings()]


def _with_work(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Add where documents come from, who sent them, and how their reading goes."""
    job, source = _writing_job(), _source()
    return (
        statement.outerjoin(job, sa.true())
        .outerjoin(source, sa.true())
        .add_columns(
            job.c.submitted_by,
            job.c.source_kind,
            source.c.source_id,
            source.c.kind,
            source.c.target,
            source.c.next_at,
            source.c.created_by,
            _reading().label("reading"),
            _failed().label("failed"),
        )
    )


def _known(row: sa.RowMapping) -> DocumentSheet:
    told: dict[str, Any] = dict(row)
    submitted_by, sent_as = told.pop("submitted_by"), told.pop("source_kind")
    source_id, kind, target, next_at, followed_by = (
        told.pop(name) for name in ("source_id", "kind", "target", "next_at", "created_by")
    )
    return DocumentSheet(
        **told,
        source=FollowedBy(source_id, kind, target, next_at) if source_id else None,
        # A visit sends in nobody's name: the person is who follows the source.
        sent_by=followed_by or submitted_by,
        sent_as=sent_as,
    )


def _passages() -> LateralFromClause:
    return (
        sa.select(
            sa.func.count().label("chunks"),
            sa.func.count().filter(Chunk.hidden).label("hidden_chunks"),
        )
        .where(Chunk.document_id == Document.id)
        .lateral("passages")
    )


def _writing_job() -> LateralFromClause:
    """Select the submission that wrote the current version, in the queue or the archive."""
    every = [
        sa.select(jobs.submitted_by, jobs.source_kind).where(
            jobs.sequence == Document.written_by_sequence
        )
        for jobs in (IngestionJob, ArchivedJob)
    ]
    return sa.union_all(*every).lateral("job")


def _item_of_document() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        SourceItem.document_id == Document.id,
        SourceItem.retired_at.is_(None),
        SourceItem.excluded_at.is_(None),
    )


def _source() -> LateralFromClause:
    """Select the source that visits a document next; one in a pause comes last."""
    next_at = sa.case((FollowedSource.paused_at.is_(None), FollowedSource.next_due_at))
    return (
        sa.select(
            FollowedSource.id.label("source_id"),
            FollowedSource.kind,
            FollowedSource.target,
            next_at.label("next_at"),
            FollowedSource.created_by,
        )
        .join(SourceItem, SourceItem.source_id == FollowedSource.id)
        .where(*_item_of_document(), FollowedSource.collection_id == Document.collection_id)
        .order_by(next_at.nulls_last())
        .limit(1)
        .lateral("source")
    )


def _job_of_document(*conditions: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists().where(
        IngestionJob.collection_id == Document.collection_id,
        IngestionJob.source_key == Document.source_key,
        *conditions,
    )


def _is(*statuses: JobStatus) -> sa.ColumnElement[bool]:
    """Compare with statuses that stand in the statement: only so do the partial indexes fit."""
    kind = IngestionJob.status.type
    written = [
        sa.bindparam(None, one, type_=kind, unique=True, literal_execute=True) for one in statuses
    ]
    return IngestionJob.status.in_(written)


def _reading() -> sa.ColumnElement[bool]:
    return _job_of_document(_is(JobStatus.PENDING, JobStatus.PROCESSING))


def _failed() -> sa.ColumnElement[bool]:
    """Tell whether the last that was tried failed, and nothing is being tried now."""
    newer = IngestionJob.sequence > sa.func.coalesce(Document.written_by_sequence, 0)
    item_failed = sa.exists().where(*_item_of_document(), SourceItem.error_code.is_not(None))
    failed = _job_of_document(_is(JobStatus.FAILED), newer)
    return sa.and_(sa.or_(failed, item_failed), ~_reading())
