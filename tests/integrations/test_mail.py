"""Mail by a real SMTP server, and what no letter may carry."""

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from local_web import TLS, server_tls
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.outbox import Parcel
from cogep_assist.integrations.mail import compose, mail_courier

LETTER = Letter(
    "Senha nova: ação", "João", ("Olá & <b>bem-vindo</b>",), ("Abrir", "http://x.test/?a=1&b=2")
)


class Inbox:
    """Keep what arrives; refuse whom a test names."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.reply = "250 OK"

    async def handle_RCPT(self, server: Any, s: Any, envelope: Any, to: str, o: Any) -> str:  # noqa: N802
        if self.reply.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.reply

    async def handle_DATA(self, server: Any, s: Any, envelope: Any) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def smtp() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    yield inbox, port
    controller.stop()


def parcel(**changes: str) -> Parcel:
    payload = {**mail_payload(LETTER, "joao@orgao.gov.br"), **changes}
    return Parcel(uuid7(), "mail", "user:1", payload, 1)


def with_smtp(settings: Settings, port: int, security: str = "none") -> Settings:
    return settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": security,
            "mail_from": "cogep@orgao.gov.br",
        }
    )


async def test_a_letter_arrives_as_text_and_html(
    settings: Settings, smtp: tuple[Inbox, int]
) -> None:
    inbox, port = smtp
    sent = parcel()
    assert await mail_courier(with_smtp(settings, port))(sent) == "250"
    (envelope,) = inbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("cogep@orgao.gov.br", ["joao@orgao.gov.br"])
    message = message_from_bytes(envelope.content, policy=default)
    assert str(sent.id) in message["Message-ID"]
    assert (message["Subject"], message["Auto-Submitted"]) == (LETTER.subject, "auto-generated")
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "<b>bem-vindo</b>" in text
    assert "&lt;b&gt;bem-vindo&lt;/b&gt;" in page


async def test_refusals_say_whether_another_try_can_help(
    settings: Settings, smtp: tuple[Inbox, int]
) -> None:
    inbox, port = smtp
    courier = mail_courier(with_smtp(settings, port))
    for reply, again in (("550 <joao@orgao.gov.br> unknown", False), ("451 later", True)):
        inbox.reply = reply
        with pytest.raises(AppError) as refused:
            await courier(parcel())
        assert (refused.value.code, refused.value.retryable) == ("mail_refused", again)
        assert "joao" not in str(refused.value.details)
    # A server without the cipher that was asked for gets nothing at all.
    with pytest.raises(AppError, match="mail_security_missing"):
        await mail_courier(with_smtp(settings, port, "starttls"))(parcel())
    assert inbox.envelopes == []


async def test_the_password_goes_by_tls_alone_and_to_the_right_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    inbox = Inbox()

    def check(_s: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
        good = (data.login, data.password) == (b"atendimento", b"certa")
        return AuthResult(success=good, handled=False)

    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=check,
        auth_required=True,
        require_starttls=True,
        tls_context=server_tls(),
    )
    controller.start()
    try:
        chosen = with_smtp(settings, controller.port, "starttls").model_copy(
            update={"smtp_user": "atendimento", "smtp_password": SecretStr("certa")}
        )
        await mail_courier(chosen)(parcel())
        assert len(inbox.envelopes) == 1
        for change, code in (
            ({"smtp_password": SecretStr("errada")}, "mail_credentials_refused"),
            ({"smtp_password": SecretStr("não é ASCII")}, "mail_credentials_refused"),
            # The certificate is of 127.0.0.1 and not of this name.
            ({"smtp_host": "localhost"}, "mail_unavailable"),
        ):
            with pytest.raises(AppError, match=code):
                await mail_courier(chosen.model_copy(update=change))(parcel())
    finally:
        controller.stop()
    assert len(inbox.envelopes) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"to": "joao@orgao.gov.br\r\nBcc: outro@example.com"},
        {"to": "joao@orgao.gov.br, outro@example.com"},
        {"to": "João <joao@orgao.gov.br>"},
        {"subject": "Oi\r\nBcc: outro@example.com"},
        {"subject": "Oi\u2028Bcc: x"},
        {"reply_to": "a@b.test\nX: y"},
    ],
    ids=str,
)
def test_no_letter_carries_a_header_of_its_own(change: dict[str, str]) -> None:
    with pytest.raises(AppError, match="mail_invalid"):
        compose(parcel(**change), "cogep@orgao.gov.br")
