"""Documents that were sent together: which of them are there, and taking them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Collection,
    Document,
    DocumentVersion,
    IngestionJob,
    JobStatus,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.document_removal import remove_document, stop_jobs

UNDER_WAY = (JobStatus.PENDING, JobStatus.PROCESSING)


@dataclass(frozen=True, slots=True)
class Standing:
    """Living documents by their source keys, and the keys that jobs are about to write."""

    documents: dict[str, UUID]
    under_way: set[str]

    def holds(self, key: str) -> bool:
        """Tell whether a document is there or on its way."""
        return key in self.documents or key in self.under_way


async def standing_of(session: AsyncSession, collection: str, keys: Sequence[str]) -> Standing:
    """Return what stands of some source keys of a collection."""
    of = sa.select(Collection.id).where(Collection.name == collection).scalar_subquery()
    documents = await session.execute(
        sa.select(Document.source_key, Document.id).where(
            Document.collection_id == of,
            Document.source_key.in_(keys),
            Document.deleted_at.is_(None),
        )
    )
    jobs = await session.scalars(
        sa.select(IngestionJob.source_key).where(
            IngestionJob.collection_id == of,
            IngestionJob.source_key.in_(keys),
            IngestionJob.status.in_(UNDER_WAY),
        )
    )
    return Standing({row.source_key: row.id for row in documents}, set(jobs))


async def take_back(
    session: AsyncSession,
    principal: Principal,
    collection: str,
    keys: Sequence[str],
    *,
    keep_changed: bool,
) -> tuple[int, list[str]]:
    """Remove documents, but those that were written anew since; return how many, and those.

    Without ``keep_changed`` nothing is removed where there are such.
    Raises AppError("role_not_allowed"), "import_not_completed" while one is being read.
    """
    principal.require(Act.DELETE_DOCUMENTS)
    collection_id = await session.scalar(
        sa.select(Collection.id).where(Collection.name == collection)
    )
    if collection_id is None:
        return 0, []
    if await _is_being_read(session, collection_id, keys):
        raise AppError("import_not_completed")
    changed = await _changed(session, collection_id, keys)
    if changed and not keep_changed:
        return 0, sorted(changed.values())
    documents = (await standing_of(session, collection, keys)).documents
    removed = 0
    for key in keys:
        if key in changed:
            continue
        if key in documents:
            await remove_document(session, principal, documents[key])
            removed += 1
        else:
            await stop_jobs(session, collection_id, key)
    return removed, sorted(changed.values())


async def _is_being_read(session: AsyncSession, collection_id: UUID, keys: Sequence[str]) -> bool:
    found = await session.scalar(
        sa.select(IngestionJob.id)
        .where(
            IngestionJob.collection_id == collection_id,
            IngestionJob.source_key.in_(keys),
            IngestionJob.status == JobStatus.PROCESSING,
        )
        .limit(1)
    )
    return found is not None


async def _changed(
    session: AsyncSession, collection_id: UUID, keys: Sequence[str]
) -> dict[str, str]:
    """Return the titles of the documents that have a second version, by key."""
    rows = await session.execute(
        sa.select(Document.source_key, Document.title)
        .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
        .where(
            Document.collection_id == collection_id,
            Document.source_key.in_(keys),
            Document.deleted_at.is_(None),
            DocumentVersion.number > 1,
        )
    )
    return {row.source_key: row.title for row in rows}
