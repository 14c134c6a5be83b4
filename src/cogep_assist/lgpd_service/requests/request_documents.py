"""Papers that come with a request (a power of attorney, a birth certificate), for a while."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import RequestDocument, RequestStepKind, SubjectRequest
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.sealing import seal, unseal
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.requests.request_steps import ENDED, note_step
from cogep_assist.lgpd_service.requests.request_words import clean_name

MAX_BYTES = 10 * 1024 * 1024
MAX_DOCUMENTS = 10
_PURPOSE = "request-document"
NOW = sa.func.clock_timestamp()


async def add_document(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    purpose: str,
    name: str,
    content: bytes,
) -> RequestDocument:
    """Keep a paper of a locked request, encrypted, until it was looked at.

    Raises AppError("file_empty"|"file_too_large"|"too_many_files"|"request_ended").
    """
    if request.status in ENDED:
        raise AppError("request_ended", protocol=request.protocol)
    if not content:
        raise AppError("file_empty", name=name)
    if len(content) > MAX_BYTES:
        raise AppError("file_too_large", name=name, limit_mib=MAX_BYTES // 1024**2)
    count = await session.scalar(
        sa.select(sa.func.count()).where(RequestDocument.request_id == request.id)
    )
    if (count or 0) >= MAX_DOCUMENTS:
        raise AppError("too_many_files", limit=MAX_DOCUMENTS)
    document = RequestDocument(
        request_id=request.id,
        purpose=clean_name(purpose, "purpose"),
        file_name=name,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        added_by=principal.label,
    )
    session.add(document)
    await session.flush()
    document.content = seal(_PURPOSE, content, str(document.id))
    details = {"document_id": str(document.id), "sha256": document.sha256.hex()}
    await note_step(session, principal, request, RequestStepKind.DOCUMENT_ADDED, details=details)
    return document


async def read_document(
    session: AsyncSession, principal: Principal, request_id: UUID, document_id: UUID
) -> tuple[str, bytes]:
    """Return the name and bytes of a paper.

    Raises AppError("role_not_allowed"|"subject_request_not_found"|"document_deleted").
    """
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id)
    found = await session.scalar(
        sa.select(RequestDocument)
        .where(RequestDocument.id == document_id, RequestDocument.request_id == request.id)
        .options(undefer(RequestDocument.content))
    )
    if found is None or found.content is None:
        raise AppError("document_deleted")
    return found.file_name or "documento", unseal(_PURPOSE, found.content, str(found.id))


async def documents_of(session: AsyncSession, request_id: UUID) -> Sequence[RequestDocument]:
    """Return the papers of a request that the caller may see, deleted ones too."""
    statement = sa.select(RequestDocument).where(RequestDocument.request_id == request_id)
    return (await session.scalars(statement.order_by(RequestDocument.id))).all()


async def delete_documents(
    session: AsyncSession, principal: Principal, request: SubjectRequest
) -> int:
    """Delete the papers of a locked request; their hashes stay. Return how many."""
    gone = await session.scalars(
        sa.update(RequestDocument)
        .where(RequestDocument.request_id == request.id, RequestDocument.deleted_at.is_(None))
        .values(content=None, file_name=None, deleted_at=NOW)
        .returning(RequestDocument.id)
    )
    count = len(gone.all())
    if count:
        details = {"count": count}
        await note_step(
            session, principal, request, RequestStepKind.DOCUMENT_DELETED, details=details
        )
    return count
