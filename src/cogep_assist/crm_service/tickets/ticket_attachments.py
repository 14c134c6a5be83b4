"""Files on tickets: kept beside what was written, handed out as files and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Blob, EntryKind, TicketAttachment, TicketEntry
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_write import write_entry

WITHOUT_WORDS = "(anexo)"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that passed every check."""

    name: str
    media_type: str
    sha256: bytes
    content: bytes


async def attach_files(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    files: Sequence[AttachedFile],
    *,
    body: str | None,
    kind: EntryKind | None,
    mentions: Sequence[UUID] = (),
    citations: Sequence[dict[str, Any]] = (),
    reopen_days: int,
) -> TicketEntry:
    """Write an entry that carries files. Raises AppError as ``write_entry``."""
    _, entry = await write_entry(
        session,
        principal,
        ticket_id,
        body or WITHOUT_WORDS,
        kind=kind,
        mentions=mentions,
        citations=citations,
        reopen_days=reopen_days,
    )
    await keep_files(session, entry.id, files)
    return entry


async def keep_files(session: AsyncSession, entry_id: UUID, files: Sequence[AttachedFile]) -> None:
    """Keep files beside an entry."""
    for file in files:
        blob_id = uuid7()
        # Written by itself: the unit of work would keep every file in memory until the commit.
        await session.execute(
            sa.insert(Blob).values(
                id=blob_id, sha256=file.sha256, size=len(file.content), content=file.content
            )
        )
        session.add(
            TicketAttachment(
                entry_id=entry_id,
                blob_id=blob_id,
                name=file.name,
                media_type=file.media_type,
                size_bytes=len(file.content),
            )
        )
    await session.flush()


async def read_attachment(
    session: AsyncSession, principal: Principal, ticket_id: UUID, attachment_id: UUID
) -> AttachedFile:
    """Return a file of a ticket that somebody may see.

    Raises AppError("ticket_not_found"|"attachment_not_found").
    """
    await find_ticket(session, principal, ticket_id)
    statement = (
        sa.select(TicketAttachment, Blob.content, Blob.sha256)
        .join(TicketEntry, TicketEntry.id == TicketAttachment.entry_id)
        .join(Blob, Blob.id == TicketAttachment.blob_id)
        .where(TicketAttachment.id == attachment_id, TicketEntry.ticket_id == ticket_id)
    )
    if not principal.may(Act.WORK_TICKETS):
        statement = statement.where(
            TicketEntry.kind != EntryKind.NOTE, TicketEntry.held_until.is_(None)
        )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise AppError("attachment_not_found")
    attachment: TicketAttachment = row[0]
    await audit.record(session, principal, "attachment_read", "ticket", ticket_id)
    return AttachedFile(
        attachment.name, attachment.media_type, bytes(row.sha256), bytes(row.content)
    )
