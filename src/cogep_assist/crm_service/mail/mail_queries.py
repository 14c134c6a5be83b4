"""Look at mail that came in, and have one read again."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.db import RING
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Blob, InboundMail, MailStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.mail.mail_keep import PROCESS

KEEP = timedelta(days=90)
NOW = sa.func.clock_timestamp()


async def list_mail(
    session: AsyncSession,
    principal: Principal,
    status: MailStatus | None = None,
    limit: int = 50,
    *,
    before: UUID | None = None,
) -> Sequence[InboundMail]:
    """Return mails, the newest first."""
    principal.require(Act.MANAGE_DESK)
    statement = sa.select(InboundMail).order_by(InboundMail.id.desc()).limit(limit)
    if status is not None:
        statement = statement.where(InboundMail.status == status)
    if before is not None:
        statement = statement.where(InboundMail.id < before)
    return (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def find_mail(session: AsyncSession, principal: Principal, mail_id: UUID) -> InboundMail:
    """Return one mail. Raises AppError("mail_not_found")."""
    principal.require(Act.MANAGE_DESK)
    found = await session.get(InboundMail, mail_id, populate_existing=True)
    if found is None:
        raise AppError("mail_not_found")
    return found


async def read_raw(session: AsyncSession, principal: Principal, mail_id: UUID) -> bytes:
    """Return a mail as it came. Raises AppError("mail_not_found"|"mail_content_gone")."""
    mail = await find_mail(session, principal, mail_id)
    raw = await session.scalar(sa.select(Blob.content).where(Blob.id == mail.blob_id))
    if raw is None:
        raise AppError("mail_content_gone")
    await audit.record(session, principal, "mail_read", "inbound_mail", mail_id)
    return bytes(raw)


async def process_again(session: AsyncSession, principal: Principal, mail_id: UUID) -> InboundMail:
    """Have a mail that was ignored or failed read again, now that its cause is mended.

    Raises AppError("mail_not_found"|"mail_content_gone"|"mail_not_waiting").
    """
    mail = await find_mail(session, principal, mail_id)
    await session.refresh(mail, with_for_update=True)
    if mail.status is MailStatus.ACCEPTED:
        raise AppError("mail_not_waiting")
    if mail.blob_id is None:
        raise AppError("mail_content_gone")
    mail.status, mail.reason, mail.processed_at = MailStatus.RECEIVED, None, None
    await session.flush()
    await enqueue_background(session, PROCESS, str(mail_id))
    session.info[RING] = True
    await audit.record(session, principal, "mail_processed_again", "inbound_mail", mail_id)
    return mail


async def sweep_mail(session: AsyncSession, _subject: str = "") -> int:
    """Let go of mails as they came, and forget those that led to nothing; return how many."""
    old = InboundMail.received_at < NOW - sa.literal(KEEP)
    gone = await session.execute(
        sa.delete(InboundMail).where(old, InboundMail.ticket_id.is_(None)).returning(InboundMail.id)
    )
    await session.execute(
        sa.update(InboundMail).where(old, InboundMail.blob_id.is_not(None)).values(blob_id=None)
    )
    return len(gone.all())
