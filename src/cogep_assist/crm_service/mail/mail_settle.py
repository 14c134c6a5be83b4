"""Decide what becomes of a letter that was read, and do it."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.config import Settings
from cogep_assist.core.models import InboundMail, MailAddress, MailStatus
from cogep_assist.crm_service.mail.mail_bounces import take_report
from cogep_assist.crm_service.mail.mail_machines import Writer, wants_no_answer, writer_of
from cogep_assist.crm_service.mail.mail_thread import find_thread
from cogep_assist.crm_service.mail.mail_ticket import Letter, go_on, open_new
from cogep_assist.crm_service.tickets.reply_address import asks_for_no_notices, is_own
from cogep_assist.crm_service.tickets.ticket_letter_courier import LOOP_HEADER, loop_mark
from cogep_assist.crm_service.tickets.ticket_moves import ENDED
from cogep_assist.pipeline.parse.mail_reply import ParsedMail

HOUR = timedelta(hours=1)
CONFIRMATIONS_AN_HOUR = 5
NOW = sa.func.clock_timestamp()
_VERDICT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{3,12})", re.IGNORECASE)


async def settle(
    session: AsyncSession, settings: Settings, row: InboundMail, mail: ParsedMail
) -> None:
    """Put a letter where it belongs, or note why it goes nowhere. The caller holds the lock."""
    sender = normalize_email(mail.sender[0][1]) if mail.sender else None
    # Written with what became of it: one statement instead of one for each thing that is learned.
    facts: dict[str, Any] = {
        "sender": sender,
        "message_id": mail.message_id,
        "refers_to": list(dict.fromkeys([*mail.in_reply_to, *mail.references])),
        "authentication": _authentication(mail),
        "processed_at": NOW,
    }
    fingerprint = fingerprint_of(mail, sender)
    if await _came_before(session, row, fingerprint):
        facts["status"], facts["reason"] = MailStatus.IGNORED, "duplicate"
    else:
        facts["fingerprint"] = fingerprint
        facts["status"], facts["reason"] = await _decide(session, settings, row, mail, sender)
    for name, value in facts.items():
        setattr(row, name, value)


async def _decide(
    session: AsyncSession,
    settings: Settings,
    row: InboundMail,
    mail: ParsedMail,
    sender: str | None,
) -> tuple[MailStatus, str]:
    """Ask what a letter is; the order of the questions matters."""
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


def fingerprint_of(mail: ParsedMail, sender: str | None) -> bytes:
    """Return what the same mail has in common, by whichever way and however often it comes."""
    parts = [mail.message_id or "", sender or "", mail.date, mail.subject, mail.said]
    parts += [hashlib.sha256(file.content).hexdigest() for file in mail.files]
    parts += [repr((mail.report, mail.report_about))]
    return hashlib.sha256("\x00".join(parts).encode()).digest()


async def _came_before(session: AsyncSession, row: InboundMail, fingerprint: bytes) -> bool:
    """Tell whether it is another one's; one that is let go by hand has its own already."""
    known = await session.scalar(
        sa.select(InboundMail.id).where(InboundMail.fingerprint == fingerprint)
    )
    return known not in {None, row.id}


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


def _authentication(mail: ParsedMail) -> dict[str, str]:
    """Return what servers on the way say of the sender: shown to people, trusted by nobody."""
    found = [match for text in mail.authentication for match in _VERDICT.findall(text)]
    return {name.lower(): verdict.lower() for name, verdict in reversed(found)}
