"""Bring in what waits in the mailbox: kept first and marked as read afterwards."""

import asyncio
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import MIB, Settings
from cogep_assist.core.db import Database
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import InboundMail, MailStatus
from cogep_assist.core.models.crm_mail import MailboxPosition
from cogep_assist.crm_service.mail.mail_keep import keep_each
from cogep_assist.integrations.imap import Mailbox, Waiting, batches

COLLECT = "collect_mail"
NOW = sa.func.clock_timestamp()
log = get_logger(__name__)


async def collect_mail(database: Database, settings: Settings) -> int:
    """Keep every mail that came since the last time and return how many.

    Raises AppError("imap_unavailable"|"imap_refused"|"imap_credentials_refused"|...). Two at
    once keep each mail once: where it lay is its key. Does nothing without a mailbox.
    """
    if settings.imap_host is None:
        return 0
    mailbox = Mailbox(settings)
    try:
        validity = await asyncio.to_thread(mailbox.open)
        async with database.begin() as session:
            after = await _position(session, mailbox.name, validity)
        waiting = await asyncio.to_thread(mailbox.waiting, after)
        kept = 0
        for batch in batches(waiting):
            kept += await _take(database, settings, mailbox, validity, batch)
        return kept
    finally:
        await asyncio.to_thread(mailbox.close)


async def _take(
    database: Database,
    settings: Settings,
    mailbox: Mailbox,
    validity: int,
    batch: Sequence[Waiting],
) -> int:
    """Keep one batch by one transaction, then mark it in the mailbox."""
    small = [message.uid for message in batch if message.size <= settings.mail_max_bytes]
    # One that another program took away meanwhile is not there to be read.
    read = await asyncio.to_thread(mailbox.read, small) if small else {}
    place = f"imap:{mailbox.name}:{validity}:"
    async with database.begin() as session:
        kept = await keep_each(session, {f"{place}{uid}": raw for uid, raw in read.items()})
        for message in batch:
            if message.size > settings.mail_max_bytes:
                log.warning("mail_too_large", mib=message.size // MIB)
                await _note_too_large(session, f"{place}{message.uid}")
        await _set_position(session, mailbox.name, validity, batch[-1].uid)
    # What is too large stays unread, for a person to find.
    await asyncio.to_thread(mailbox.done, sorted(read))
    return len(kept)


async def _position(session: AsyncSession, name: str, validity: int) -> int:
    """Return the last UID that was read; 0 where the server has numbered its messages anew."""
    known = await session.get(MailboxPosition, name)
    return known.last_uid if known is not None and known.uid_validity == validity else 0


async def _set_position(session: AsyncSession, name: str, validity: int, uid: int) -> None:
    values = {"uid_validity": validity, "last_uid": uid, "read_at": NOW}
    newer = sa.or_(MailboxPosition.uid_validity != validity, MailboxPosition.last_uid < uid)
    await session.execute(
        insert(MailboxPosition)
        .values(mailbox=name, **values)
        .on_conflict_do_update(index_elements=[MailboxPosition.mailbox], set_=values, where=newer)
    )


async def _note_too_large(session: AsyncSession, place: str) -> None:
    await session.execute(
        insert(InboundMail)
        .values(place=place, status=MailStatus.FAILED, reason="mail_too_large", processed_at=NOW)
        .on_conflict_do_nothing(index_elements=[InboundMail.place])
    )
