"""Find the ticket that a letter belongs to, by the signs that it bears, in order of their worth.

Each sign only proposes a ticket: the letter goes there if its sender takes part in it. So a
forged reference, an address that was passed on or a number that was guessed opens no ticket of
somebody else's.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import InboundMail, MailStatus, Ticket, TicketLetter
from cogep_assist.crm_service.mail.mail_people import may_write
from cogep_assist.crm_service.tickets.protocol import read_protocol
from cogep_assist.crm_service.tickets.reply_address import ticket_of
from cogep_assist.pipeline.parse.mail_reply import ParsedMail

MERGES_FOLLOWED = 20
MAX_PROTOCOLS = 5
_PROTOCOL = re.compile(r"(?<!\d)\d{4}[.\s/]?\d{6,9}[-\s]?\d(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a letter goes: to a ticket, or beside one that its sender has no part in."""

    ticket: Ticket | None = None
    by: str = "new"
    beside: Ticket | None = None


async def find_thread(
    session: AsyncSession, mail: ParsedMail, sender: str, inbox: str | None
) -> Thread:
    """Return the ticket of a letter, or the first proposed one that is not its sender's."""
    beside: Ticket | None = None
    async for by, ticket_id in _proposals(session, mail, inbox):
        ticket = await _standing(session, ticket_id)
        if ticket is None:
            continue
        if await may_write(session, sender, ticket):
            return Thread(ticket, by)
        beside = beside or ticket
    return Thread(beside=beside)


async def _proposals(
    session: AsyncSession, mail: ParsedMail, inbox: str | None
) -> AsyncIterator[tuple[str, UUID]]:
    # The last one named is the one that was answered.
    for by, ids in (
        ("in_reply_to", mail.in_reply_to[::-1]),
        ("references", mail.references[::-1]),
    ):
        for ticket_id in await _tickets_of(session, ids):
            yield by, ticket_id
    # Letters may come in any order: an answer before what it answers, or two answers alone.
    own = [] if mail.message_id is None else [mail.message_id]
    for ticket_id in await _that_refer_to(session, [*own, *mail.in_reply_to, *mail.references]):
        yield "referred_to", ticket_id
    if inbox is not None:
        noted = ticket_of(inbox, (address for _, address in mail.to))
        if noted is not None:
            yield "reply_address", noted
    for ticket_id in await _numbered(session, mail.subject):
        yield "protocol", ticket_id


async def _tickets_of(session: AsyncSession, ids: Sequence[str]) -> list[UUID]:
    """Return the tickets of letters by Message-ID, ours and theirs, in the order of the ids."""
    if not ids:
        return []
    theirs = await session.execute(
        sa.select(InboundMail.message_id, InboundMail.ticket_id).where(
            InboundMail.message_id.in_(ids),
            InboundMail.ticket_id.is_not(None),
            InboundMail.status == MailStatus.ACCEPTED,
        )
    )
    found: dict[str, list[UUID]] = {}
    for message_id, ticket_id in theirs:
        if message_id is not None and ticket_id is not None:
            found.setdefault(message_id, []).append(ticket_id)
    ours = {letter: name for name in ids if (letter := _letter_id(name)) is not None}
    if ours:
        letters = await session.execute(
            sa.select(TicketLetter.id, TicketLetter.ticket_id).where(TicketLetter.id.in_(ours))
        )
        for letter_id, ticket_id in letters:
            found.setdefault(ours[letter_id], []).append(ticket_id)
    return _each_once(ticket for name in ids for ticket in found.get(name, ()))


async def _that_refer_to(session: AsyncSession, ids: Sequence[str]) -> list[UUID]:
    """Return the tickets of letters that name one of the same messages."""
    if not ids:
        return []
    rows = await session.scalars(
        sa.select(InboundMail.ticket_id)
        .where(
            InboundMail.refers_to.overlap(list(ids)),
            InboundMail.ticket_id.is_not(None),
            InboundMail.status == MailStatus.ACCEPTED,
        )
        .order_by(InboundMail.id)
        .limit(20)
    )
    return _each_once(ticket for ticket in rows if ticket is not None)


async def _numbered(session: AsyncSession, subject: str) -> list[UUID]:
    written = [read_protocol(found) for found in _PROTOCOL.findall(subject)[:MAX_PROTOCOLS]]
    protocols = [protocol for protocol in written if protocol is not None]
    if not protocols:
        return []
    rows = await session.scalars(sa.select(Ticket.id).where(Ticket.protocol.in_(protocols)))
    return list(rows)


async def _standing(session: AsyncSession, ticket_id: UUID) -> Ticket | None:
    """Return the ticket that a merged one went on in, locked until the commit."""
    for _ in range(MERGES_FOLLOWED):
        ticket = await session.get(Ticket, ticket_id, populate_existing=True)
        if ticket is None or ticket.merged_into_id is None:
            return ticket
        ticket_id = ticket.merged_into_id
    return None


def _letter_id(message_id: str) -> UUID | None:
    """Return which letter of ours a Message-ID names; its domain may have changed since."""
    try:
        return UUID(message_id.partition("@")[0])
    except ValueError:
        return None


def _each_once(ids: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))
