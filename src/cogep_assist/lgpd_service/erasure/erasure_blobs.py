"""Files that name a person and cannot be rewritten as they lie: PDF, DOCX, archives.

A document's original goes and its redacted text stays; an attachment becomes the text that was
read in it, without the person.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import get_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ArchivedJob,
    Blob,
    DocumentVersion,
    InboundMail,
    IngestionJob,
    JobStatus,
    MailStatus,
    TicketAttachment,
)
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns
from cogep_assist.pipeline.parse.child import parse_in_child
from cogep_assist.pipeline.parse.limits import ParseLimits

# UTF-16 is text with zeros, and goes too: its document keeps the text that was read in it.
OPAQUE_WITHIN = 4096
# Packed files, pictures, old office files, letters with parts in base64.
_UNREADABLE = sa.text("""
    substring(content FROM 1 FOR 2) IN ('PK', '%P', CAST('\\x1f8b' AS bytea))
    OR position(CAST('\\x00' AS bytea) IN substring(content FROM 1 FOR 4096)) > 0
    OR position(CAST('base64' AS bytea) IN content) > 0
""")
_HAVE_NO_TEXT = frozenset({"empty_text", "ocr_found_no_text"})
REMOVED = "(arquivo eliminado: citava um titular de dados e não pôde ser lido)"


class FileReadings:
    """Which files name a person, each read once in all the looks of an erasure.

    Pictures are read by OCR, which takes a second for each: they are read ahead, while no
    transaction is open. A file whose bytes changed is another one.
    """

    def __init__(self, patterns: SubjectPatterns) -> None:
        self._patterns = patterns
        self._names: dict[bytes, bool] = {}
        # Files of which nobody can tell what they hold: broken, locked, or no OCR to read them.
        self.unreadable: set[bytes] = set()

    async def read_ahead(self, database: Database) -> None:
        """Read every file that has to be opened to be read."""
        if self._patterns.empty:
            return
        async with database.begin() as session:
            files = await _files_to_open(session)
        for one in files:
            if one.sha256 not in self._names:
                async with database.begin() as session:
                    content = await _content(session, one.blob_id)
                await self._look(one, content)

    async def naming(self, session: AsyncSession) -> list[UUID]:
        """Return the files of attachments and letters that name the person once they are read.

        Documents were read when they came in: their texts tell.
        """
        if self._patterns.empty:
            return []
        found: dict[UUID, None] = {}
        for one in await _files_to_open(session):
            if one.sha256 not in self._names:
                await self._look(one, await _content(session, one.blob_id))
            if self._names[one.sha256]:
                found[one.blob_id] = None
        return list(found)

    async def _look(self, one: "_File", content: bytes) -> None:
        text = await _read_content(content, one.name, one.media_type)
        if text is None:
            self.unreadable.add(one.sha256)
        self._names[one.sha256] = text is not None and self._patterns.names(text)


@dataclass(frozen=True, slots=True)
class _File:
    blob_id: UUID
    sha256: bytes
    name: str
    media_type: str


async def _files_to_open(session: AsyncSession) -> list[_File]:
    attached = sa.select(
        Blob.id, Blob.sha256, TicketAttachment.name, TicketAttachment.media_type
    ).join(TicketAttachment, TicketAttachment.blob_id == Blob.id)
    mailed = sa.select(
        Blob.id, Blob.sha256, sa.literal("carta.eml"), sa.literal("message/rfc822")
    ).join(InboundMail, InboundMail.blob_id == Blob.id)
    rows = await session.execute(attached.where(_UNREADABLE).union(mailed.where(_UNREADABLE)))
    return [_File(row[0], bytes(row[1]), row[2], row[3]) for row in rows.all()]


async def unclean_originals(
    session: AsyncSession, version_ids: Iterable[UUID], patterns: SubjectPatterns | None
) -> list[UUID]:
    """Return the stored originals of documents whose text named the person, and that still may.

    All of them without ``patterns``: a spelling that was decided of is nobody's to look for.

    What is plain text was redacted as it lies. The bytes of a PDF, a scan or a packed file show
    nobody's name and hold it all the same: a text that was read in them tells.
    """
    rows = await session.execute(
        sa.select(Blob.id, Blob.content, DocumentVersion.title, DocumentVersion.media_type)
        .join(DocumentVersion, DocumentVersion.blob_id == Blob.id)
        .where(DocumentVersion.id.in_(list(version_ids)))
    )
    return [
        row.id
        for row in rows.all()
        if patterns is None
        or _is_opaque(bytes(row.content))
        or patterns.names(await _read(session, row.id, row.title, row.media_type))
    ]


async def rewrite_files(
    session: AsyncSession,
    blob_ids: Sequence[UUID],
    patterns: SubjectPatterns,
    preserve: Callable[[UUID], Awaitable[int]],
) -> int:
    """Rewrite packed files as redacted texts, or let them go; return how many were kept sealed.

    ``preserve`` keeps a file sealed where it is evidence: its row then stays, without the person.
    """
    preserved = 0
    for blob_id in blob_ids:
        evidence = await preserve(blob_id)
        preserved += evidence
        attached = await session.scalars(
            sa.select(TicketAttachment).where(TicketAttachment.blob_id == blob_id)
        )
        attachments = attached.all()
        for attachment in attachments:
            await _as_text(session, attachment, patterns, renamed=not evidence)
        if not evidence:
            await _let_go(session, blob_id)
        elif not attachments:
            await _write(session, blob_id, REMOVED.encode())
    return preserved


async def _as_text(
    session: AsyncSession, attachment: TicketAttachment, patterns: SubjectPatterns, *, renamed: bool
) -> None:
    text = await _read(session, attachment.blob_id, attachment.name, attachment.media_type)
    content = patterns.redact(text or REMOVED).encode()
    await _write(session, attachment.blob_id, content)
    attachment.media_type = "text/plain"
    attachment.size_bytes = len(content)
    if renamed and not attachment.name.endswith(".txt"):
        attachment.name = f"{attachment.name}.txt"
    await session.flush()


async def _write(session: AsyncSession, blob_id: UUID, content: bytes) -> None:
    await session.execute(
        sa.update(Blob)
        .where(Blob.id == blob_id)
        .values(content=content, size=len(content), sha256=hashlib.sha256(content).digest())
    )


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
    # What a letter said stands on its ticket; one that waits is lost with its bytes.
    await session.execute(
        sa.update(InboundMail)
        .where(InboundMail.blob_id == blob_id, InboundMail.status == MailStatus.RECEIVED)
        .values(
            status=MailStatus.FAILED,
            reason="mail_of_erased_person",
            processed_at=sa.func.clock_timestamp(),
        )
    )
    for holder in (IngestionJob, ArchivedJob, InboundMail):
        await session.execute(
            sa.update(holder).where(holder.blob_id == blob_id).values(blob_id=None)
        )
    await session.execute(
        sa.delete(Blob).where(
            Blob.id == blob_id, ~sa.exists().where(TicketAttachment.blob_id == blob_id)
        )
    )


def _is_opaque(content: bytes) -> bool:
    """Tell whether bytes are no text that was redacted where it stands."""
    return content.startswith((b"%PDF", b"PK", b"\x1f\x8b")) or b"\0" in content[:OPAQUE_WITHIN]


async def _read(session: AsyncSession, blob_id: UUID, name: str, media_type: str) -> str:
    content = await _content(session, blob_id)
    return (await _read_content(content, name, media_type) or "") if content else ""


async def _content(session: AsyncSession, blob_id: UUID) -> bytes:
    return bytes(await session.scalar(sa.select(Blob.content).where(Blob.id == blob_id)) or b"")


async def _read_content(content: bytes, name: str, media_type: str) -> str | None:
    """Return a file's text, "" where it has none, None where nobody here can read it.

    In the limited child process; pictures by OCR, where it is at hand and not turned off.
    """
    try:
        parsed = await parse_in_child(
            content,
            name=name,
            declared_type=media_type,
            limits=ParseLimits(ocr=get_settings().parse_ocr),
        )
    except AppError as error:
        return "" if error.code in _HAVE_NO_TEXT else None
    return f"{parsed.title or ''}\n{parsed.text}"
