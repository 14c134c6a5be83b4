"""Take mail in: kept as it came, read in a limited child, put where it belongs."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.config import Settings
from cogep_assist.core.db import RING, Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import Blob, InboundMail, MailAddress, MailStatus
from cogep_assist.crm_service.mail_bounces import take_report
from cogep_assist.crm_service.mail_machines import Writer, wants_no_answer, writer_of
from cogep_assist.crm_service.mail_thread import find_thread
from cogep_assist.crm_service.mail_ticket import Letter, go_on, open_new
from cogep_assist.crm_service.reply_address import asks_for_no_notices, is_own
from cogep_assist.crm_service.ticket_letter_courier import LOOP_HEADER, loop_mark
from cogep_assist.crm_service.ticket_moves import ENDED
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.mail_reply import ParsedMail

PROCESS = "process_mail"
# Letters are put in their places one after the other: two of one thread at once would each see
# no ticket of the other.
INTAKE_LOCK = 7_204_115_904
HOUR = timedelta(hours=1)
CONFIRMATIONS_AN_HOUR = 5
# The parser's own trouble, not the letter's.
COMES_AGAIN = frozenset({"parser_cancelled", "parser_start_failed"})
NOW = sa.func.clock_timestamp()
log = get_logger(__name__)
_VERDICT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{3,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What reading mail needs, made once per worker process."""

    settings: Settings
    database: Database
    parsers: ParserPool
    limits: ParseLimits


async def keep_raw(session: AsyncSession, place: str, raw: bytes) -> UUID | None:
    """Keep a mail as it came and have it read; None where it was kept before.

    ``place`` names where it lay, so that it is taken from there once.
    """
    mail_id, blob_id = uuid7(), uuid7()
    kept = await session.scalar(
        insert(InboundMail)
        .values(id=mail_id, place=place)
        .on_conflict_do_nothing(index_elements=[InboundMail.place])
        .returning(InboundMail.id)
    )
    if kept is None:
        return None
    await session.execute(
        sa.insert(Blob).values(
            id=blob_id, sha256=hashlib.sha256(raw).digest(), size=len(raw), content=raw
        )
    )
    await session.execute(
        sa.update(InboundMail).where(InboundMail.id == mail_id).values(blob_id=blob_id)
    )
    await enqueue_background(session, PROCESS, str(mail_id))
    session.info[RING] = True
    return mail_id


async def process_mail(room: Mailroom, mail_id: UUID) -> None:
    """Read a mail that waits and do what it asks for; one that cannot be read is kept as failed."""
    async with room.database.begin() as session:
        raw = await session.scalar(
            sa.select(Blob.content)
            .join(InboundMail, InboundMail.blob_id == Blob.id)
            .where(InboundMail.id == mail_id, InboundMail.status == MailStatus.RECEIVED)
        )
    if raw is None:
        return
    try:
        mail = await room.parsers.parse_mail(bytes(raw), limits=room.limits)
    except AppError as error:
        if error.code in COMES_AGAIN:
            raise
        log.warning("mail_unreadable", mail_id=str(mail_id), code=error.code)
        async with room.database.begin() as session:
            await _end(session, mail_id, MailStatus.FAILED, error.code)
        return
    async with room.database.begin() as session:
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(INTAKE_LOCK)))
        row = await session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if row is not None and row.status is MailStatus.RECEIVED:
            status, reason = await _settle(session, room.settings, row, mail)
            row.status, row.reason, row.processed_at = status, reason, NOW


def fingerprint_of(mail: ParsedMail, sender: str | None) -> bytes:
    """Return what the same mail has in common, by whichever way and however often it comes."""
    parts = [mail.message_id or "", sender or "", mail.date, mail.subject, mail.said]
    parts += [hashlib.sha256(file.content).hexdigest() for file in mail.files]
    parts += [repr((mail.report, mail.report_about))]
    return hashlib.sha256("\x00".join(parts).encode()).digest()


async def _settle(
    session: AsyncSession, settings: Settings, row: InboundMail, mail: ParsedMail
) -> tuple[MailStatus, str]:
    """Decide what becomes of a letter, and do it; the order of the questions matters."""
    sender = normalize_email(mail.sender[0][1]) if mail.sender else None
    row.sender, row.message_id = sender, mail.message_id
    row.refers_to = list(dict.fromkeys([*mail.in_reply_to, *mail.references]))
    row.authentication = _authentication(mail)
    if await _came_before(session, row, mail):
        return MailStatus.IGNORED, "duplicate"
    if mail.marks.get(LOOP_HEADER.lower()) == loop_mark() and mail.report is None:
        return MailStatus.IGNORED, "own_mail"
    writer = writer_of(mail)
    if writer is Writer.BOUNCE:
        marked = await take_report(session, mail)
        return MailStatus.IGNORED, "bounce" if marked else "bounce_unknown"
    if writer is Writer.AUTO_REPLY:
        return MailStatus.IGNORED, "auto_reply"
    if sender is None:
        return MailStatus.IGNORED, "no_sender"
    inbox = settings.mail_inbox
    if inbox is not None and is_own(inbox, sender):
        return MailStatus.IGNORED, "own_mail"
    addresses = [address for _, address in mail.to]
    if inbox is not None and asks_for_no_notices(inbox, addresses, sender):
        await _stop_notices(session, sender)
        return MailStatus.ACCEPTED, "unsubscribed"
    return await _place(session, settings, row, Letter(mail, sender, writer is Writer.PERSON))


async def _place(
    session: AsyncSession, settings: Settings, row: InboundMail, letter: Letter
) -> tuple[MailStatus, str]:
    """Put a letter on the ticket that it belongs to, or on a new one."""
    thread = await find_thread(session, letter.mail, letter.sender, settings.mail_inbox)
    if thread.ticket is not None:
        if thread.ticket.status in ENDED and not letter.by_person:
            # A machine takes up nothing that people have ended.
            row.ticket_id = thread.ticket.id
            return MailStatus.IGNORED, "automatic_after_end"
        row.ticket_id, row.entry_id, by = await go_on(session, settings, letter, thread)
        return MailStatus.ACCEPTED, by
    if await _opened_lately(session, letter.sender) >= settings.mail_tickets_per_hour:
        return MailStatus.IGNORED, "sender_rate"
    confirm = not wants_no_answer(letter.mail) and await _may_confirm(session, letter.sender)
    row.ticket_id, row.entry_id = await open_new(
        session, settings, letter, beside=thread.beside, confirm=confirm
    )
    return MailStatus.ACCEPTED, "opened"


async def _came_before(session: AsyncSession, row: InboundMail, mail: ParsedMail) -> bool:
    """Tell whether the same letter was taken in already, by another way or once more."""
    fingerprint = fingerprint_of(mail, row.sender)
    known = await session.scalar(
        sa.select(InboundMail.id).where(InboundMail.fingerprint == fingerprint)
    )
    if known is not None and known != row.id:
        return True
    row.fingerprint = fingerprint
    return False


async def _opened_lately(session: AsyncSession, sender: str) -> int:
    return await _count_lately(session, sender, InboundMail.reason == "opened")


async def _may_confirm(session: AsyncSession, sender: str) -> bool:
    """Whether an automatic word goes out: two machines must not talk for ever."""
    known = await session.get(MailAddress, sender)
    if known is not None and (known.notices_off_at or known.bounced_at):
        return False
    return await _count_lately(session, sender, sa.true()) <= CONFIRMATIONS_AN_HOUR


async def _count_lately(
    session: AsyncSession, sender: str, condition: sa.ColumnElement[bool]
) -> int:
    found = await session.scalar(
        sa.select(sa.func.count())
        .select_from(InboundMail)
        .where(
            InboundMail.sender == sender,
            InboundMail.received_at > NOW - sa.literal(HOUR),
            InboundMail.status == MailStatus.ACCEPTED,
            condition,
        )
    )
    return found or 0


async def _stop_notices(session: AsyncSession, sender: str) -> None:
    values = {"notices_off_at": NOW}
    await session.execute(
        insert(MailAddress)
        .values(address=sender, **values)
        .on_conflict_do_update(index_elements=[MailAddress.address], set_=values)
    )


async def _end(session: AsyncSession, mail_id: UUID, status: MailStatus, reason: str) -> None:
    await session.execute(
        sa.update(InboundMail)
        .where(InboundMail.id == mail_id, InboundMail.status == MailStatus.RECEIVED)
        .values(status=status, reason=reason, processed_at=NOW)
    )


def _authentication(mail: ParsedMail) -> dict[str, str]:
    """Return what servers on the way say of the sender: shown to people, trusted by nobody."""
    found = [match for text in mail.authentication for match in _VERDICT.findall(text)]
    return {name.lower(): verdict.lower() for name, verdict in reversed(found)}
