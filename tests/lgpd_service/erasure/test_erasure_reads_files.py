"""What names somebody only once it is read: pictures by OCR, letters that are read meanwhile."""

import asyncio
import hashlib
import io
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from api import running_api
from erased_people import (
    EMAIL,
    NAME,
    TEXT,
    Gate,
    confirmed,
    customer,
    erased,
    iolanda,
    left,
)
from mail_desk import INBOX, Desk
from ocr_needed import needs_ocr
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Blob, Customer, Erasure, Ticket, TicketAttachment
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.tickets.ticket_attachments import AttachedFile, attach_files
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.mail_reply import ParsedMail

# Letters that OCR does not mistake.
BENTO = "Bento Ferreira Mascate"


def scanned(*lines: str) -> bytes:
    picture = Image.new("L", (1400, 120 + 90 * len(lines)), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 90 * number), line, fill=0, font=ImageFont.load_default(size=48))
    told = io.BytesIO()
    picture.save(told, "PNG")
    return told.getvalue()


async def attached(database: Database, settings: Settings, content: bytes, name: str) -> None:
    """Attach a file to a ticket of somebody else."""
    file = AttachedFile(name, "image/png", hashlib.sha256(content).digest(), content)
    async with database.begin() as session:
        new = NewTicket(subject="Comprovante", body="Segue em anexo.")
        ticket = await open_ticket(session, SYSTEM, new, settings.timezone)
        await attach_files(session, SYSTEM, ticket.id, [file], body=None, kind=None, reopen_days=30)


@needs_ocr
async def test_a_picture_that_shows_the_person_goes_and_another_stays(
    database: Database, settings: Settings
) -> None:
    theirs = scanned("Declaramos que compareceu", BENTO)
    other = scanned("Declaramos que compareceu", "Rui Barbosa Lima")
    await attached(database, settings, theirs, "declaracao.png")
    await attached(database, settings, other, "outra.png")
    await erased(database, settings, await customer(database, BENTO, cpf="111.444.777-35"))
    async with database.begin() as session:
        contents = list(
            await session.scalars(
                sa.select(Blob.content).join(TicketAttachment, TicketAttachment.blob_id == Blob.id)
            )
        )
        certificate = (await session.scalars(sa.select(Erasure.certificate))).one()
    assert theirs not in contents
    assert other in contents
    assert certificate is not None
    assert certificate["unread_files"] == 0


async def test_a_picture_that_nobody_can_read_is_told_in_the_certificate(
    database: Database, settings: Settings
) -> None:
    await attached(database, settings, b"\x89PNG\r\n\x1a\n\x00 broken", "quebrada.png")
    await erased(database, settings, await iolanda(database))
    async with database.begin() as session:
        certificate = (await session.scalars(sa.select(Erasure.certificate))).one()
    assert certificate is not None
    assert certificate["unread_files"] == 1


class SlowReaders:
    """Readers of letters that stand at the gate after the first letter."""

    def __init__(self, parsers: ParserPool, gate: Gate) -> None:
        self._parsers, self._gate = parsers, gate

    async def parse_mail(self, *args: Any, **options: Any) -> ParsedMail:
        mail = await self._parsers.parse_mail(*args, **options)
        if not self._gate.opened.is_set():
            await self._gate.pass_through()
        return mail


async def test_a_letter_that_is_read_meanwhile_opens_no_ticket_of_theirs(
    database: Database, settings: Settings, database_url: URL, parsers: ParserPool
) -> None:
    whom, gate = await iolanda(database), Gate()
    chosen = settings.model_copy(update={"mail_inbox": INBOX, "organization": "Órgão"})
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"{NAME} <{EMAIL}>", INBOX, "Férias"
    letter.set_content(TEXT)
    async with running_api(chosen, database) as api:
        desk = Desk(api, chosen, SlowReaders(parsers, gate))  # type: ignore[arg-type]
        receiving = asyncio.create_task(desk.receive(letter))
        await asyncio.wait_for(gate.reached.wait(), 20)
        erasure_id = await confirmed(database, whom)
        await run_erasure(database, settings.data_dir, erasure_id)
        gate.opened.set()
        await receiving
    async with database.begin() as session:
        names = list(await session.scalars(sa.select(Customer.name)))
        subjects = list(await session.scalars(sa.select(Ticket.subject)))
    assert NAME not in names, (names, subjects)
    assert left(database_url) == []
