"""Files that name a person and cannot be rewritten as they lie: PDF, DOCX, archives.

A document's original goes and its redacted text stays; an attachment becomes the text that was
read in it, without the person.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ArchivedJob,
    Blob,
    DocumentVersion,
    IngestionJob,
    JobStatus,
    TicketAttachment,
)
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns
from cogep_assist.pipeline.parse.child import parse_in_child
from cogep_assist.pipeline.parse.limits import ParseLimits

REMOVED = "(arquivo eliminado: citava um titular de dados e não pôde ser lido)"


async def unread_files(session: AsyncSession, values: Sequence[KnownValue]) -> list[UUID]:
    """Return the attachments' packed files that name somebody only once they are read.

    Documents were read when they came in: their texts tell. Each file is read in the limited
    child process; one that cannot be read names nobody that anybody could know of.
    """
    patterns = SubjectPatterns(values)
    if patterns.empty:
        return []
    packed = sa.text("substring(content FROM 1 FOR 2) IN ('PK', '%P', CAST('\\x1f8b' AS bytea))")
    rows = await session.execute(
        sa.select(Blob.id, TicketAttachment.name, TicketAttachment.media_type)
        .join(TicketAttachment, TicketAttachment.blob_id == Blob.id)
        .where(packed)
    )
    return [
        row.id
        for row in rows.all()
        if patterns.names(await _read(session, row.id, row.name, row.media_type))
    ]


async def rewrite_files(
    session: AsyncSession, blob_ids: Sequence[UUID], patterns: SubjectPatterns
) -> int:
    """Rewrite packed files as redacted texts, or let them go; return how many."""
    for blob_id in blob_ids:
        attached = (
            await session.execute(
                sa.select(TicketAttachment).where(TicketAttachment.blob_id == blob_id)
            )
        ).scalars()
        for attachment in attached:
            await _as_text(session, attachment, patterns)
        await _let_go(session, blob_id)
    return len(blob_ids)


async def _as_text(
    session: AsyncSession, attachment: TicketAttachment, patterns: SubjectPatterns
) -> None:
    text = await _read(session, attachment.blob_id, attachment.name, attachment.media_type)
    content = patterns.redact(text or REMOVED).encode()
    await session.execute(
        sa.update(Blob)
        .where(Blob.id == attachment.blob_id)
        .values(content=content, size=len(content), sha256=hashlib.sha256(content).digest())
    )
    attachment.media_type = "text/plain"
    attachment.size_bytes = len(content)
    if not attachment.name.endswith(".txt"):
        attachment.name = f"{attachment.name}.txt"
    await session.flush()


async def _let_go(session: AsyncSession, blob_id: UUID) -> None:
    """Free documents and jobs of a file's bytes, and remove them where no attachment has them."""
    await session.execute(
        sa.update(DocumentVersion).where(DocumentVersion.blob_id == blob_id).values(blob_id=None)
    )
    waiting = sa.and_(
        IngestionJob.blob_id == blob_id,
        IngestionJob.status.in_([JobStatus.PENDING, JobStatus.PROCESSING]),
    )
    await session.execute(
        sa.update(IngestionJob)
        .where(waiting)
        .values(
            status=JobStatus.CANCELLED,
            cancel_requested=True,
            finished_at=sa.func.clock_timestamp(),
            worker_id=None,
            lease_until=None,
        )
    )
    for jobs in (IngestionJob, ArchivedJob):
        await session.execute(sa.update(jobs).where(jobs.blob_id == blob_id).values(blob_id=None))
    await session.execute(
        sa.delete(Blob).where(
            Blob.id == blob_id, ~sa.exists().where(TicketAttachment.blob_id == blob_id)
        )
    )


async def _read(session: AsyncSession, blob_id: UUID, name: str, media_type: str) -> str:
    content = await session.scalar(sa.select(Blob.content).where(Blob.id == blob_id))
    if content is None:
        return ""
    try:
        parsed = await parse_in_child(
            bytes(content),
            name=name,
            declared_type=media_type,
            limits=ParseLimits(ocr=False),
        )
    except AppError:
        return ""
    return parsed.text
