"""Mail by servers that are none of ours: by SMTP out, by IMAP with STARTTLS and a password in."""

import asyncio
import shutil
import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
import sqlalchemy as sa
from mail_servers import (
    DESK,
    PASSWORD,
    PEOPLE,
    USER,
    Imap,
    Smtp,
    dovecot,
    folder_for_all,
    messages,
    need,
    opensmtpd,
)
from pydantic import SecretStr

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BackgroundJob,
    EntryKind,
    InboundMail,
    MailStatus,
    TicketEntry,
    TicketLetter,
)
from cogep_assist.core.outbox import MAIL
from cogep_assist.core.outbox_delivery import Deliverer
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.mail.mail_collect import COLLECT, collect_mail
from cogep_assist.crm_service.mail.mail_intake import Mailroom, process_mail
from cogep_assist.crm_service.tickets.ticket_letter_courier import TicketLetterCourier
from cogep_assist.crm_service.tickets.ticket_letters import TICKET_MAIL
from cogep_assist.crm_service.tickets.ticket_write import write_entry
from cogep_assist.integrations.mail import MailCourier, SmtpMailer
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.worker_service import mail_watch
from cogep_assist.worker_service.mail_watch import MailWatch

pytestmark = pytest.mark.chaos
INBOX, JOAO = f"{USER}@{DESK}", f"joao@{PEOPLE}"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Imap, Smtp, Path]]:
    need("dovecot", "smtpd")
    with folder_for_all() as folder, dovecot(folder) as imap, opensmtpd(folder) as smtp:
        yield imap, smtp, folder / "authority.pem"


@pytest.fixture
def chosen(
    settings: Settings, servers: tuple[Imap, Smtp, Path], monkeypatch: pytest.MonkeyPatch
) -> Settings:
    imap, smtp, authority = servers
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    return settings.model_copy(
        update={
            "mail_inbox": INBOX,
            "mail_from": INBOX,
            "imap_host": "127.0.0.1",
            "imap_port": imap.port,
            "imap_security": "starttls",
            "imap_user": USER,
            "imap_password": SecretStr(PASSWORD),
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp.port,
            "smtp_security": "none",
        }
    )


def send(port: int, message: EmailMessage) -> None:
    """Send as a person's program does."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        server.send_message(message)


def letter(text: str, **headers: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = f"João da Conceição <{JOAO}>", "Guia não emitida"
    message["Message-ID"] = f"<{abs(hash(text))}@{PEOPLE}>"
    for name, value in {"To": INBOX, **headers}.items():
        message[name] = value
    message.set_content(text)
    return message


async def test_a_conversation_by_real_servers(
    database: Database, chosen: Settings, servers: tuple[Imap, Smtp, Path]
) -> None:
    imap, smtp, _ = servers
    pool = ParserPool(1)
    room = Mailroom(chosen, database, pool, ParseLimits())

    async def take_in(wanted: int) -> list[InboundMail]:
        await asyncio.to_thread(messages, imap.box, wanted=wanted)
        assert await collect_mail(database, chosen) == 1
        # Nothing is brought in twice, and what was kept is marked as read.
        assert await collect_mail(database, chosen) == 0
        async with database.begin() as session:
            waits = sa.select(InboundMail.id).where(InboundMail.status == MailStatus.RECEIVED)
            ids = list(await session.scalars(waits))
        for mail_id in ids:
            await process_mail(room, mail_id)
        async with database.begin() as session:
            return list(await session.scalars(sa.select(InboundMail).order_by(InboundMail.id)))

    mailer = MailCourier(SmtpMailer(chosen), INBOX)
    deliverer = Deliverer(database, {TICKET_MAIL: TicketLetterCourier(database, chosen, mailer)})
    try:
        await asyncio.to_thread(send, smtp.port, letter("Não consigo emitir a guia."))
        (first,) = await take_in(1)
        assert first.reason == "opened"
        assert len(list(imap.box.glob("cur/*:2,*S*"))) == 1
        assert await deliverer.deliver(MAIL) == 1
        assert first.ticket_id is not None
        async with database.begin() as session:
            await write_entry(
                session, SYSTEM, first.ticket_id, "Tente de novo.", kind=EntryKind.REPLY,
                reopen_days=15,
            )  # fmt: skip
        assert await deliverer.deliver(MAIL) == 1
        arrived = await asyncio.to_thread(messages, smtp.people, wanted=2)
        replied = next(
            found
            for found in (message_from_bytes(raw, policy=default) for raw in arrived)
            if found["Auto-Submitted"] == "no"
        )
        assert "Tente de novo." in replied.get_body(("plain",)).get_content()
        # The answer bears nothing but the address that it was asked to go to.
        back = letter("Agora deu certo, obrigado!", To=str(replied["Reply-To"]))
        await asyncio.to_thread(send, smtp.port, back)
        *_, second = await take_in(2)
        assert (second.ticket_id, second.reason) == (first.ticket_id, "reply_address")
        async with database.begin() as session:
            bodies = await session.scalars(sa.select(TicketEntry.body).order_by(TicketEntry.id))
            assert list(bodies)[-1] == "Agora deu certo, obrigado!"
            sent = await session.scalars(sa.select(TicketLetter.sent_at))
            assert None not in sent.all()
    finally:
        pool.close()


async def test_what_the_servers_refuse_has_a_name(database: Database, chosen: Settings) -> None:
    for change, code in (
        ({"imap_password": SecretStr("errada, é")}, "imap_credentials_refused"),
        ({"imap_folder": "Não existe"}, "imap_folder_missing"),
        ({"imap_port": 1}, "imap_unavailable"),
        ({"imap_host": "169.254.169.254"}, "address_not_public"),
    ):
        with pytest.raises(AppError) as refused:
            await collect_mail(database, chosen.model_copy(update=change))
        assert refused.value.code == code
    message = letter("Oi")
    message.replace_header("To", JOAO)
    for change, code in (
        ({"smtp_host": "169.254.169.254"}, "address_not_public"),
        ({"smtp_port": 1}, "mail_unavailable"),
        ({"smtp_security": "starttls"}, "mail_security_missing"),
    ):
        mailer = SmtpMailer(chosen.model_copy(update=change))
        with pytest.raises(AppError) as refused:
            await asyncio.to_thread(mailer.send, message)
        assert refused.value.code == code


async def test_new_mail_is_heard_of_at_once_through_losses(
    database: Database, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("dovecot")
    monkeypatch.setattr(mail_watch, "FIRST_DELAY_SECONDS", 0.2)

    async def asked(seconds: float) -> bool:
        """Tell whether the mailbox is to be looked into, and forget it."""
        for _ in range(round(seconds / 0.1)):
            async with database.begin() as session:
                gone = sa.delete(BackgroundJob).where(BackgroundJob.kind == COLLECT)
                if (await session.execute(gone.returning(BackgroundJob.id))).all():
                    return True
            await asyncio.sleep(0.1)
        return False

    def arrive(box: Path, name: str) -> None:
        (box / "tmp" / name).write_bytes(letter(name).as_bytes())
        shutil.chown(box / "tmp" / name, "mail", "mail")
        (box / "tmp" / name).rename(box / "new" / name)

    with folder_for_all() as folder:
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
        with dovecot(folder) as imap:
            settings = chosen.model_copy(update={"imap_port": imap.port})
            watching = asyncio.create_task(MailWatch(database, settings).run())
            # Once as it begins to listen; then not before there is something.
            assert await asked(10)
            assert not await asked(1.5)
            arrive(imap.box, "1.bench")
            assert await asked(10)
            # A second worker does not watch beside the first.
            assert await MailWatch(database, settings).watch() == mail_watch.LATER_SECONDS
        # The server goes away and comes back: so does the watch.
        with dovecot(folder, port=imap.port):
            assert await asked(20)
            arrive(imap.box, "2.bench")
            assert await asked(10)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        with dovecot(folder, port=imap.port, more="imap_capability = IMAP4rev1\n"):
            waits = await MailWatch(database, settings).watch()
            assert waits == mail_watch.WITHOUT_IDLE_SECONDS
            assert not await asked(0.3)
