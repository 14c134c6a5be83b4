"""Compose a ticket's letter when it leaves, from what the ticket then says, and send it."""

import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.models import (
    Blob,
    InboundMail,
    MailAddress,
    Ticket,
    TicketAttachment,
    TicketEntry,
    TicketLetter,
    User,
)
from cogep_assist.core.outbox import Parcel
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.public_address import link_base
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.tickets import ticket_letter_words as words
from cogep_assist.crm_service.tickets.reply_address import reply_address, unsubscribe_address
from cogep_assist.crm_service.tickets.ticket_events import NOW, note_event
from cogep_assist.crm_service.tickets.ticket_letters import NOTICES, OPENED, REPLIED
from cogep_assist.integrations.mail import MailCourier, compose

LOOP_HEADER = "X-Cogep-Loop"
MAX_FILES_BYTES = 15 * 1024 * 1024
REFERENCES = 10


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter ready to leave: its payload for ``compose``, and to whom."""

    letter_id: UUID
    ticket_id: UUID
    payload: dict[str, Any]


class TicketLetterCourier:
    """Deliver the letters of tickets; what is never accepted marks the address."""

    def __init__(self, database: Database, settings: Settings, mail: MailCourier) -> None:
        self._database = database
        self._settings = settings
        self._mail = mail

    async def __call__(self, parcel: Parcel) -> str:
        """Deliver one letter. Raises AppError("mail_refused"|"mail_unavailable"|...)."""
        async with self._database.begin() as session:
            composed = await self._composed(session, parcel)
        if composed is None:
            return "sem mensagem"
        message = compose(
            Parcel(parcel.id, parcel.topic, parcel.resource_key, composed.payload, parcel.attempt),
            self._mail.sender,
        )
        try:
            reply = await self._mail.send(message)
        except AppError as error:
            if error.code in {"mail_refused", "mail_invalid"} and not error.retryable:
                async with self._database.begin() as session:
                    status = str(error.details.get("reply", error.code))[:20]
                    await note_bounce(session, composed.letter_id, status)
            raise
        async with self._database.begin() as session:
            await session.execute(
                sa.update(TicketLetter).where(TicketLetter.id == parcel.id).values(sent_at=NOW)
            )
        return reply

    async def _composed(self, session: AsyncSession, parcel: Parcel) -> Composed | None:
        letter = await session.get(TicketLetter, parcel.id)
        ticket = None if letter is None else await session.get(Ticket, letter.ticket_id)
        if letter is None or ticket is None:
            # Erased meanwhile: there is nothing left to say, and nobody to say it to.
            return None
        entry = None
        if letter.entry_id is not None:
            entry = await session.get(TicketEntry, letter.entry_id)
        if letter.kind == REPLIED and entry is None:
            return None
        said = await self._words(session, letter.kind, ticket, entry)
        payload: dict[str, Any] = dict(mail_payload(said, letter.recipient))
        payload["auto_submitted"] = {OPENED: "auto-replied", REPLIED: "no"}.get(
            letter.kind, "auto-generated"
        )
        payload["headers"] = await self._headers(session, letter)
        inbox = self._settings.mail_inbox
        if inbox is not None:
            payload["reply_to"] = reply_address(inbox, ticket.id) or inbox
        if entry is not None:
            payload["files"] = await _files(session, entry.id)
        return Composed(letter.id, ticket.id, payload)

    async def _words(
        self, session: AsyncSession, kind: str, ticket: Ticket, entry: TicketEntry | None
    ) -> Letter:
        house = self._settings.organization or words.DESK
        if entry is not None and kind == REPLIED:
            agent = await _name_of(session, entry.author)
            return words.replied(
                ticket.subject, ticket.protocol, entry.body, agent=agent, house=house
            )
        proof = proof_of(ticket.protocol)
        # The code is told in words: addresses are kept by browsers and proxies.
        link = f"{link_base(self._settings)}/acompanhar"
        if kind == OPENED:
            return words.opened(ticket.subject, ticket.protocol, proof, link, house=house)
        days = self._settings.ticket_reopen_days
        return words.resolved(ticket.subject, ticket.protocol, proof, link, days, house=house)

    async def _headers(self, session: AsyncSession, letter: TicketLetter) -> dict[str, str]:
        """Return what lets mail programs show the thread, and stops machines and loops."""
        earlier = await session.scalars(
            sa.select(InboundMail.message_id)
            .where(InboundMail.ticket_id == letter.ticket_id, InboundMail.message_id.is_not(None))
            .order_by(InboundMail.received_at.desc())
            .limit(REFERENCES)
        )
        ids = [f"<{name}>" for name in reversed(earlier.all()) if name and name.isascii()]
        headers = {LOOP_HEADER: loop_mark()}
        if ids:
            headers["In-Reply-To"] = ids[-1]
            headers["References"] = " ".join(ids)
        if letter.kind in NOTICES and self._settings.mail_inbox is not None:
            stop = unsubscribe_address(self._settings.mail_inbox, letter.recipient)
            if stop is not None:
                headers["List-Unsubscribe"] = f"<mailto:{stop}>"
        return headers


def loop_mark() -> str:
    """Return what letters of this installation bear, so that it knows its own again."""
    return hmac.digest(secret_key.derive("mail-loop"), b"1", "sha256").hex()[:24]


async def note_bounce(session: AsyncSession, letter_id: UUID, status: str) -> bool:
    """Mark the address of a letter that came back, once; tell whether there was such a letter."""
    letter = await session.get(TicketLetter, letter_id, with_for_update=True)
    if letter is None:
        return False
    if letter.bounced_at is not None:
        return True
    letter.bounced_at = NOW
    values = {"bounced_at": NOW, "bounce_status": status}
    await session.execute(
        insert(MailAddress)
        .values(address=letter.recipient.lower(), **values)
        .on_conflict_do_update(index_elements=[MailAddress.address], set_=values)
    )
    ticket = await session.get(Ticket, letter.ticket_id)
    if ticket is not None:
        details = {"letter": str(letter.id), "status": status}
        await note_event(session, SYSTEM, ticket, "mail_bounced", details)
    return True


async def _name_of(session: AsyncSession, author: str) -> str:
    kind, _, key = author.partition(":")
    if kind != "user":
        return ""
    return await session.scalar(sa.select(User.name).where(User.id == UUID(key))) or ""


async def _files(session: AsyncSession, entry_id: UUID) -> list[tuple[str, str, bytes]]:
    """Return the files of an entry, as far as a mail can carry them."""
    rows = await session.execute(
        sa.select(TicketAttachment.name, TicketAttachment.media_type, Blob.content)
        .join(Blob, Blob.id == TicketAttachment.blob_id)
        .where(TicketAttachment.entry_id == entry_id)
        .order_by(TicketAttachment.id)
    )
    files, size = [], 0
    for name, media_type, content in rows:
        size += len(content)
        if size > MAX_FILES_BYTES:
            break
        files.append((name, media_type, bytes(content)))
    return files
