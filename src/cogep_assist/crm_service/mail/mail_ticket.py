"""Turn a letter into an entry of a ticket, or into a new ticket."""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import MIB, Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    EntryKind,
    LinkKind,
    Ticket,
    TicketChannel,
    TicketEntry,
    TicketQueue,
)
from cogep_assist.crm_service.mail.mail_people import by_mail, customer_for
from cogep_assist.crm_service.mail.mail_thread import Thread
from cogep_assist.crm_service.tickets.attachment_type import HEAD_BYTES, attachment_type
from cogep_assist.crm_service.tickets.ticket_attachments import (
    WITHOUT_WORDS,
    AttachedFile,
    keep_files,
)
from cogep_assist.crm_service.tickets.ticket_letters import OPENED, write_to_person
from cogep_assist.crm_service.tickets.ticket_links import link_tickets
from cogep_assist.crm_service.tickets.ticket_move import may_still_reopen
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_words import MAX_BODY_CHARS, MAX_SUBJECT_CHARS
from cogep_assist.crm_service.tickets.ticket_write import write_entry
from cogep_assist.edge.uploads import clean_file_name
from cogep_assist.pipeline.parse.mail_reply import MailFile, ParsedMail

UNNAMED = "(sem assunto)"
REFUSED_NAMED = 20
_SEALED = "(a mensagem veio cifrada ou assinada por dentro: o que ela diz está no anexo)"
# What holds a letter's words in a form that only its reader's own program opens.
UNREAD = {
    "application/ms-tnef": "(a mensagem veio no formato do Outlook: o que ela diz está no anexo)",
    "application/pkcs7-mime": _SEALED,
    "application/x-pkcs7-mime": _SEALED,
    "application/pgp-encrypted": _SEALED,
}
CUT = "\n[a mensagem continua no original]"
_PREFIXES = re.compile(r"^\s*(?:(?:re|res|fw|fwd|enc|ref)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_NUMBER = re.compile(r"\[\s*\d{4}[.\s/]?\d{6,9}[-\s]?\d\s*\]")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter whose sender is known by its address, for what that is worth."""

    mail: ParsedMail
    sender: str
    by_person: bool

    @property
    def sender_name(self) -> str:
        """The name that the letter gives its sender."""
        return self.mail.sender[0][0]

    @property
    def subject(self) -> str:
        """The subject as a ticket has it: without what answers put before it."""
        text = _NUMBER.sub(" ", _PREFIXES.sub("", _NUMBER.sub(" ", self.mail.subject)))
        return " ".join(text.split())[:MAX_SUBJECT_CHARS].strip() or UNNAMED


async def go_on(
    session: AsyncSession, settings: Settings, letter: Letter, thread: Thread
) -> tuple[UUID, UUID | None, str]:
    """Write a letter on its ticket; one that ended too long ago goes on in a new one.

    Return ticket, entry, and by which sign it was found.
    """
    ticket = thread.ticket
    assert ticket is not None
    if not await may_still_reopen(session, ticket, settings.ticket_reopen_days):
        made, entry_id = await open_new(session, settings, letter, follows=ticket, confirm=False)
        return made, entry_id, "follows"
    files, refused = _checked(letter.mail.files, settings)
    _, entry = await write_entry(
        session,
        by_mail(ticket.customer_id),
        ticket.id,
        _body(letter.mail, refused),
        kind=EntryKind.MESSAGE,
        folded=letter.mail.folded or None,
        reopen_days=settings.ticket_reopen_days,
    )
    await keep_files(session, entry.id, files)
    return ticket.id, entry.id, thread.by


async def open_new(
    session: AsyncSession,
    settings: Settings,
    letter: Letter,
    *,
    beside: Ticket | None = None,
    follows: Ticket | None = None,
    confirm: bool,
) -> tuple[UUID, UUID | None]:
    """Open a ticket from a letter and return it with its first entry.

    ``beside``: a ticket that the letter names, but that is not its sender's: related, for those
    who work on both. ``follows``: the one that it goes on from.
    """
    customer_id = await customer_for(session, letter.sender, letter.sender_name)
    principal = by_mail(customer_id)
    files, refused = _checked(letter.mail.files, settings)
    new = NewTicket(
        subject=letter.subject,
        body=_body(letter.mail, refused),
        channel=TicketChannel.EMAIL,
        queue=await _queue(session, settings),
        customer_id=customer_id,
    )
    made = await open_ticket(session, principal, new, settings.timezone)
    entry = await session.scalar(
        sa.select(TicketEntry)
        .where(TicketEntry.ticket_id == made.id)
        .order_by(TicketEntry.id)
        .limit(1)
    )
    assert entry is not None
    entry.folded = letter.mail.folded or None
    await keep_files(session, entry.id, files)
    for other, kind in ((follows, LinkKind.FOLLOWS), (beside, LinkKind.RELATED_TO)):
        if other is not None:
            await link_tickets(session, principal, made.id, other.id, kind)
    if confirm:
        ticket = await session.get_one(Ticket, made.id)
        await write_to_person(session, ticket, OPENED, by=principal.label, to=letter.sender)
    return made.id, entry.id


async def _queue(session: AsyncSession, settings: Settings) -> str | None:
    """Return the queue that the settings name; where there is none such, the first of all."""
    if settings.mail_queue is None:
        return None
    return await session.scalar(
        sa.select(TicketQueue.name).where(
            TicketQueue.name == settings.mail_queue.strip(), TicketQueue.archived_at.is_(None)
        )
    )


def _body(mail: ParsedMail, refused: list[str]) -> str:
    said = mail.said.strip() or _without_words(mail)
    notes = "".join(f"\n[anexo recusado: {name}]" for name in refused[:REFUSED_NAMED])
    more = max(0, len(refused) - REFUSED_NAMED) + mail.left_out
    if more:
        notes += f"\n[outros {more} anexos ficaram só na mensagem original]"
    room = MAX_BODY_CHARS - len(notes) - len(CUT)
    return (said if len(said) <= room else said[:room] + CUT) + notes


def _without_words(mail: ParsedMail) -> str:
    """Return what stands where a letter has no words that can be read, and why it has none."""
    for file in mail.files:
        if file.declared_type in UNREAD:
            return UNREAD[file.declared_type]
    return WITHOUT_WORDS if mail.files else "(sem texto)"


def _checked(
    files: tuple[MailFile, ...], settings: Settings
) -> tuple[list[AttachedFile], list[str]]:
    """Return the files that pass the desk's checks, and the others' names with the cause."""
    kept: list[AttachedFile] = []
    refused: list[str] = []
    for file in files:
        name = clean_file_name(file.name)
        try:
            media_type = attachment_type(name, file.content[:HEAD_BYTES])
        except AppError:
            refused.append(f"{name} (programa)")
            continue
        if len(file.content) > settings.ticket_max_file_bytes:
            refused.append(f"{name} (passa de {settings.ticket_max_file_bytes // MIB} MiB)")
        elif len(kept) >= settings.ticket_max_files:
            refused.append(f"{name} (passa de {settings.ticket_max_files} anexos)")
        else:
            digest = hashlib.sha256(file.content).digest()
            kept.append(AttachedFile(name, media_type, digest, file.content))
    return kept, refused
