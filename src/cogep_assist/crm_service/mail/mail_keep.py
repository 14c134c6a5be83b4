"""Keep mail as it came, before anything is made of it."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.background_work import enqueue_each
from cogep_assist.core.models import Blob, InboundMail

PROCESS = "process_mail"


async def keep_raw(session: AsyncSession, place: str, raw: bytes) -> UUID | None:
    """Keep a mail as it came and have it read; None where it was kept before.

    ``place`` names where it lay, so that it is taken from there once.
    """
    kept = await keep_each(session, {place: raw})
    return kept[0] if kept else None


async def keep_each(session: AsyncSession, mails: Mapping[str, bytes]) -> Sequence[UUID]:
    """Keep mails by the places where they lay; return the ids of those that are new.

    Four statements, however many they are.
    """
    if not mails:
        return []
    rows = await session.execute(
        insert(InboundMail)
        .values([{"id": uuid7(), "place": place} for place in mails])
        .on_conflict_do_nothing(index_elements=[InboundMail.place])
        .returning(InboundMail.id, InboundMail.place)
    )
    new = {row.id: mails[row.place] for row in rows}
    if not new:
        return []
    # The bytes of a mail bear its own id.
    await session.execute(
        sa.insert(Blob).values(
            [
                {
                    "id": mail_id,
                    "sha256": hashlib.sha256(raw).digest(),
                    "size": len(raw),
                    "content": raw,
                }
                for mail_id, raw in new.items()
            ]
        )
    )
    await session.execute(
        sa.update(InboundMail)
        .where(InboundMail.id.in_(list(new)))
        .values(blob_id=InboundMail.id)
        .execution_options(synchronize_session=False)
    )
    await enqueue_each(session, PROCESS, map(str, new))
    return list(new)
