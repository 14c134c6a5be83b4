"""Copies for data subjects: made at once, or made and kept sealed for some days."""

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import RequestStatus, SubjectExport, SubjectRequest
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.sealing import seal, unseal
from cogep_assist.lgpd_service.export.export_archive import build_archive
from cogep_assist.lgpd_service.export.export_collect import collect
from cogep_assist.lgpd_service.subject_data.identity import Subject

PURPOSE = "subject-export"
NOW = sa.func.clock_timestamp()


async def export_subject(session: AsyncSession, principal: Principal, subject: Subject) -> bytes:
    """Return the archive of all that is held about a subject; nothing of it is kept."""
    principal.require(Act.EXPORT_SUBJECTS)
    document = await collect(session, subject)
    archive = await asyncio.to_thread(build_archive, document)
    details = {"tables": len(document["tables"]), "sha256": hashlib.sha256(archive).hexdigest()}
    object_id = str(subject.customer_id) if subject.customer_id else "-"
    await audit.record(session, principal, "subject_exported", "customer", object_id, details)
    return archive


async def keep_export(
    session: AsyncSession,
    principal: Principal,
    subject: Subject,
    *,
    request_id: UUID | None = None,
) -> SubjectExport:
    """Make a copy and keep it, encrypted, for as many days as the settings say."""
    archive = await export_subject(session, principal, subject)
    export_id = uuid7()
    kept = SubjectExport(
        id=export_id,
        customer_id=subject.customer_id,
        request_id=request_id,
        sealed=await asyncio.to_thread(seal, PURPOSE, archive, str(export_id)),
        sha256=hashlib.sha256(archive).digest(),
        size_bytes=len(archive),
        created_by=principal.label,
        expires_at=NOW + timedelta(days=get_settings().subject_export_days),
    )
    session.add(kept)
    await session.flush()
    await session.refresh(kept, ["created_at", "expires_at"])
    return kept


async def open_export(
    session: AsyncSession, principal: Principal, export_id: UUID
) -> tuple[SubjectExport, bytes]:
    """Return a kept copy and its bytes. Raises AppError("export_not_found")."""
    principal.require(Act.EXPORT_SUBJECTS)
    return await _open(session, principal, SubjectExport.id == export_id)


async def open_own_copy(
    session: AsyncSession, principal: Principal, request: SubjectRequest
) -> tuple[SubjectExport, bytes]:
    """Return the copy that belongs to a request's answer, for who asked and proved who they are.

    The caller has checked the request's code. Raises AppError("export_not_found").
    """
    if request.identity_checked_at is None or request.status is not RequestStatus.ANSWERED:
        raise AppError("export_not_found")
    return await _open(session, principal, SubjectExport.request_id == request.id)


async def _open(
    session: AsyncSession, principal: Principal, which: sa.ColumnElement[bool]
) -> tuple[SubjectExport, bytes]:
    kept = await session.scalar(
        sa.select(SubjectExport)
        .where(which, SubjectExport.expires_at > NOW)
        .order_by(SubjectExport.id.desc())
        .limit(1)
        .options(undefer(SubjectExport.sealed))
    )
    if kept is None:
        raise AppError("export_not_found")
    await audit.record(session, principal, "subject_export_read", "subject_export", kept.id)
    return kept, await asyncio.to_thread(unseal, PURPOSE, bytes(kept.sealed), str(kept.id))


async def sweep_exports(session: AsyncSession) -> None:
    """Remove the copies whose days are over."""
    await session.execute(sa.delete(SubjectExport).where(SubjectExport.expires_at <= NOW))
