"""A desk that takes letters in and sends them out, and letters for it."""

from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import sqlalchemy as sa
from api import Api
from httpx2 import AsyncClient
from uuid_utils.compat import uuid7

from cogep_assist.core.config import Settings
from cogep_assist.core.models import (
    InboundMail,
    OutboxMessage,
)
from cogep_assist.core.outbox import Parcel
from cogep_assist.crm_service.mail.mail_intake import Mailroom, process_mail
from cogep_assist.crm_service.mail.mail_keep import keep_raw
from cogep_assist.crm_service.tickets.ticket_letter_courier import TicketLetterCourier
from cogep_assist.integrations.mail import MailCourier
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits

INBOX = "atendimento@orgao.gov.br"
JOAO = "João da Conceição <joao@exemplo.com.br>"
MARIA = "maria@exemplo.com.br"
PDF = b"%PDF-1.4 guia"


class Sent:
    """A mailer that keeps what it is given, as bytes that were on the wire."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def send(self, message: EmailMessage) -> str:
        self.messages.append(message_from_bytes(message.as_bytes(policy=SMTP), policy=default))
        return "250"


class Desk:
    """A desk that takes letters in and sends them out."""

    def __init__(self, api: Api, settings: Settings, pool: ParserPool) -> None:
        self.api, self.settings = api, settings
        self.room = Mailroom(settings, api.database, pool, ParseLimits())
        self.sent = Sent()
        self.agent: AsyncClient

    async def receive(self, message: EmailMessage | bytes) -> InboundMail:
        raw = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
        async with self.api.database.begin() as session:
            mail_id = await keep_raw(session, f"test:{uuid7()}", raw)
        assert mail_id is not None
        await process_mail(self.room, mail_id)
        async with self.api.database.begin() as session:
            return await session.get_one(InboundMail, mail_id)

    async def letters(self) -> list[Any]:
        """Send what waits and return it."""
        self.sent.messages.clear()
        courier = TicketLetterCourier(
            self.api.database, self.settings, MailCourier(self.sent, "nao-responda@orgao.gov.br")
        )
        async with self.api.database.begin() as session:
            waiting = await session.scalars(
                sa.select(OutboxMessage.id)
                .where(OutboxMessage.topic == "ticket_mail", OutboxMessage.status == "pending")
                .order_by(OutboxMessage.sequence)
            )
            ids = list(waiting)
            await session.execute(sa.update(OutboxMessage).values(status="delivered"))
        for letter_id in ids:
            await courier(Parcel(letter_id, "ticket_mail", "ticket:x", {}, 1))
        return list(self.sent.messages)

    async def ticket(self, mail: InboundMail) -> dict[str, Any]:
        found: dict[str, Any] = (await self.agent.get(f"/crm/tickets/{mail.ticket_id}")).json()
        return found


def letter(
    sender: str = JOAO,
    subject: str = "Guia não emitida",
    text: str = "Não consigo emitir a guia.",
    files: Sequence[tuple[str, bytes]] = (),
    **headers: str,
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, INBOX, subject
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {"Message-ID": f"<{uuid7()}@exemplo.com.br>", **named}.items():
        if name == "To":
            message.replace_header("To", value)
        else:
            message[name] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message
