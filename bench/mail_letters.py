"""Letters of many conversations: shuffled, sent twice, with headers as bad as they come."""

import random
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.models import Ticket, TicketEntry
from cogep_assist.crm_service.tickets.reply_address import reply_address

INBOX = "atendimento@orgao.test"
SUBJECT = "Dúvida sobre a guia"
TWICE = 0.1


@dataclass
class Posted:
    """What is in the mailbox at first, and the conversations whose answers come later.

    ``distinct``: how many letters have to become entries, each once.
    """

    first: list[tuple[bytes, int]]
    distinct: int
    chance: random.Random
    later: dict[int, int] = field(default_factory=dict)

    async def answers(self, database: Database) -> list[tuple[bytes, int]]:
        """Return answers that bear no reference at all: only what our own letters gave them."""
        async with database.begin() as session:
            rows = await session.execute(
                sa.select(Ticket.id, Ticket.protocol, TicketEntry.body).join(
                    TicketEntry, TicketEntry.ticket_id == Ticket.id
                )
            )
            tickets = {int(body.split()[1]): (key, protocol) for key, protocol, body in rows}
        found = []
        for thread, letters in self.later.items():
            ticket_id, protocol = tickets[thread]
            for number in range(1, letters):
                message = _letter(thread, number, self.chance)
                if number % 2:
                    message.replace_header("Subject", f"RES: [{protocol}] outra coisa")
                else:
                    message.replace_header("To", str(reply_address(INBOX, ticket_id)).upper())
                message["Message-ID"] = f"<{thread}.{number}.tarde@exemplo.test>"
                found.append((message.as_bytes(), thread))
            machine = _letter(thread, letters, self.chance)
            machine.replace_header("Subject", f"Ausente: [{protocol}]")
            machine["Auto-Submitted"] = "auto-replied"
            found.append((machine.as_bytes(), thread))
        return _shuffled(found, self.chance)


def conversations(threads: int, letters: int, chance: random.Random) -> Posted:
    """Write the letters of some conversations; two at a time share sender and subject.

    The first half comes whole and in any order. Of the second half the first letters come now.
    """
    first: list[tuple[bytes, int]] = []
    later = {}
    for thread in range(threads):
        root = f"<{thread}.0.{chance.getrandbits(40):x}@exemplo.test>"
        opening = _letter(thread, 0, chance)
        opening["Message-ID"] = root
        first.append((opening.as_bytes(), thread))
        if thread >= threads // 2:
            later[thread] = letters
            continue
        earlier = [root]
        for number in range(1, letters):
            message = _letter(thread, number, chance)
            own = f"<{thread}.{number}.{chance.getrandbits(40):x}@exemplo.test>"
            first.append((_answering(message, own, root, earlier, chance), thread))
            earlier.append(own)
    return Posted(_shuffled(first, chance), threads * letters, chance, later)


def _letter(thread: int, number: int, chance: random.Random) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Pessoa {thread // 2} <pessoa{thread // 2}@exemplo.test>"
    message["To"] = INBOX
    message["Subject"] = SUBJECT if number == 0 else chance.choice(["Re: ", "RES: ", ""]) + SUBJECT
    message["Date"] = f"Mon, {1 + number:02d} Jun 2026 10:{thread % 60:02d}:00 -0300"
    quoted = (
        "" if number == 0 else "\n\nEm seg., 1 de jun., Órgão escreveu:\n> conversa 999 letra 0"
    )
    message.set_content(f"conversa {thread} letra {number}{quoted}")
    return message


def _answering(
    message: EmailMessage, own: str, root: str, earlier: list[str], chance: random.Random
) -> bytes:
    """Give a letter the headers that some mail program would, or a broken one."""
    parent = chance.choice(earlier)
    way = chance.randrange(8)
    if way != 0:
        message["Message-ID"] = own
    if way in {0, 1, 2}:
        message["In-Reply-To"] = parent
        message["References"] = " ".join(dict.fromkeys([root, parent]))
    elif way in {3, 4}:
        message["References"] = " ".join(dict.fromkeys([root, *earlier[-3:], parent]))
    raw = message.as_bytes()
    if way == 5:
        # Raw 8-bit bytes, a bracket that is never closed, and nothing where a comma should be.
        raw = f"References: lixo {root},<não é um id {parent}\r\n".encode() + raw
    if way == 6:
        # As programs of the nineties wrote it, with words around, in lower case, folded.
        raw = f"in-reply-to: Your message of\r\n\t{root}\r\n".encode() + raw
    if way == 7:
        raw = f"References: {root}\r\nReferences:\r\n {parent}\r\n".encode() + raw
    return raw


def _shuffled(letters: list[tuple[bytes, int]], chance: random.Random) -> list[tuple[bytes, int]]:
    """Put letters in any order, and some of them in twice, as by another way."""
    twice = [
        (b"Received: from mx2.test by mx1.test; Mon, 1 Jun 2026 10:00:00 -0300\r\n" + raw, thread)
        for raw, thread in letters
        if chance.random() < TWICE
    ]
    everything = letters + twice
    chance.shuffle(everything)
    return everything
