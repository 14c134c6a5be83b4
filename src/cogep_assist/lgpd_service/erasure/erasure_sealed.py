"""Messages that wait to leave: sealed in their rows, so each is opened and looked through."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OutboxMessage
from cogep_assist.core.sealing import unseal
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns


async def sealed_messages(session: AsyncSession, subject: Subject) -> list[UUID]:
    """Return the messages that are to or about a subject, by their key or by what they say."""
    patterns = SubjectPatterns([*subject.values, *subject.shared])
    keys = {*subject.actors, *(f"customer:{one}" for one in subject.customer_ids)}
    rows = await session.stream(
        sa.select(OutboxMessage.id, OutboxMessage.resource_key, OutboxMessage.payload).where(
            OutboxMessage.payload.is_not(None)
        )
    )
    return [
        row.id
        async for row in rows
        if row.resource_key in keys or patterns.names_bytes(_opened(row.id, bytes(row.payload)))
    ]


async def drop_messages(session: AsyncSession, ids: list[UUID]) -> int:
    """Remove messages and the record of their deliveries; return how many there were."""
    if not ids:
        return 0
    gone = await session.scalars(
        sa.delete(OutboxMessage).where(OutboxMessage.id.in_(ids)).returning(OutboxMessage.id)
    )
    return len(gone.all())


def _opened(message_id: UUID, payload: bytes) -> bytes:
    try:
        return unseal("outbox", payload, str(message_id))
    except AppError:
        # Sealed under a key that is gone: nobody can read it any more.
        return b""
