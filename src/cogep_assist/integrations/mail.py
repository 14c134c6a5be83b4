"""Mail: by SMTP, into files of the data folder, or to the console; the outbox decides when.

The server is the administrator's: its name, port and cipher come from the settings alone, and
nothing that a person writes chooses where a connection goes.
"""

import asyncio
import contextlib
import re
import smtplib
import socket
import ssl
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from email_validator import EmailNotValidError, validate_email

from cogep_assist.core.config import Settings
from cogep_assist.core.durable_file import write_durably
from cogep_assist.core.errors import AppError
from cogep_assist.core.outbox import Parcel
from cogep_assist.integrations.pinned_socket import open_pinned

SECONDS = 30.0
FOLDER = "mail"
PORTS = {"starttls": 587, "tls": 465, "none": 25}
MAX_SUBJECT_CHARS = 200
_ADDRESSES = re.compile(r"\S+@\S+")


class Mailer(Protocol):
    """Something that takes a finished message away; it runs beside the event loop."""

    def send(self, message: EmailMessage) -> str:
        """Take the message and return what the other side said. Raises AppError."""
        ...


class MailCourier:
    """Deliver the outbox's letters by one mailer."""

    def __init__(self, mailer: Mailer, sender: str) -> None:
        self._mailer = mailer
        self._sender = sender

    async def __call__(self, parcel: Parcel) -> str:
        """Deliver one letter. Raises AppError("mail_refused"|"mail_unavailable"|...)."""
        return await self.send(compose(parcel, self._sender))

    @property
    def sender(self) -> str:
        """The address that letters come from."""
        return self._sender

    async def send(self, message: EmailMessage) -> str:
        """Send a finished message. Raises as a call does."""
        return await asyncio.to_thread(self._mailer.send, message)


class SmtpMailer:
    """Hand messages to the organisation's mail server, encrypted unless it was set otherwise."""

    def __init__(self, settings: Settings, context: ssl.SSLContext | None = None) -> None:
        assert settings.smtp_host is not None
        self._host = settings.smtp_host
        self._security = settings.smtp_security
        self._port = settings.smtp_port or PORTS[settings.smtp_security]
        self._user = settings.smtp_user
        self._password = settings.smtp_password
        self._context = context or ssl.create_default_context()

    def send(self, message: EmailMessage) -> str:
        """Send by SMTP (RFC 5321). Raises AppError("mail_refused"|"mail_unavailable"|...)."""
        with _failures_named(), self._connected() as server:
            server.ehlo_or_helo_if_needed()
            if self._security == "starttls":
                server.starttls(context=self._context)
                server.ehlo()
            if self._user is not None and self._password is not None:
                server.login(self._user, self._password.get_secret_value())
            server.send_message(message)
        return "250"

    def _connected(self) -> smtplib.SMTP:
        if self._security == "tls":
            return _PinnedTls(self._host, self._port, timeout=SECONDS, context=self._context)
        return _Pinned(self._host, self._port, timeout=SECONDS)


class _Pinned(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return open_pinned(host, port, timeout)


class _PinnedTls(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        return self.context.wrap_socket(open_pinned(host, port, timeout), server_hostname=host)


class FileMailer:
    """Write each message as an ``.eml`` file that only this user reads; mail programs open it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> str:
        """Write the file, whole or not at all. Raises AppError("mail_unavailable")."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        name = re.sub(r"[^0-9a-f-]", "", str(message["Message-ID"]).partition("@")[0])
        path = self._folder / f"{moment}-{name}.eml"
        try:
            # It counts as sent when this returns: a power cut must not take it back.
            write_durably(path, message.as_bytes(policy=SMTP.clone(utf8=True)))
        except OSError as error:
            raise AppError("mail_unavailable", reply=error.strerror or "") from None
        return path.name


class ConsoleMailer:
    """Print each message, for a laptop where somebody looks on."""

    def send(self, message: EmailMessage) -> str:
        """Print who it is for and what it says."""
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        sys.stdout.write(f"--- e-mail para {message['To']}: {message['Subject']}\n{text}---\n")
        sys.stdout.flush()
        return "console"


def mail_courier(settings: Settings) -> MailCourier:
    """Return the courier that the settings ask for. Raises AppError("settings_invalid")."""
    mode = settings.mail_mode or ("smtp" if settings.smtp_host else "file")
    if mode == "smtp" and settings.smtp_host is None:
        raise AppError(
            "settings_invalid", setting="COGEP_SMTP_HOST", reason="falta o servidor de e-mail"
        )
    sender = _sender(settings)
    if mode == "smtp":
        return MailCourier(SmtpMailer(settings), sender)
    if mode == "console":
        return MailCourier(ConsoleMailer(), sender)
    return MailCourier(FileMailer(settings.data_dir / FOLDER), sender)


def compose(parcel: Parcel, sender: str) -> EmailMessage:
    """Build the message of a letter. Raises AppError("mail_invalid") for what no header carries.

    The id is the parcel's: whoever gets a letter twice can tell that it is the same one.
    """
    payload = parcel.payload
    message = EmailMessage(policy=SMTP)
    subject = str(payload["subject"])
    if not subject.isprintable():
        raise AppError("mail_invalid")
    try:
        message["From"] = _address(sender)
        message["To"] = _address(str(payload["to"]))
        message["Subject"] = subject[:MAX_SUBJECT_CHARS]
        if payload.get("reply_to"):
            message["Reply-To"] = _address(str(payload["reply_to"]))
    except (EmailNotValidError, ValueError):
        raise AppError("mail_invalid") from None
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{parcel.id}@{message['From'].addresses[0].domain}>"
    # RFC 3834: nobody's holiday notice should answer a machine. A person's words are theirs.
    message["Auto-Submitted"] = str(payload.get("auto_submitted", "auto-generated"))
    for name, value in payload.get("headers", {}).items():
        message[name] = value
    message.set_content(str(payload["text"]), cte="quoted-printable")
    if payload.get("html"):
        message.add_alternative(str(payload["html"]), subtype="html", cte="quoted-printable")
    for name, media_type, content in payload.get("files", ()):
        main, _, sub = str(media_type).partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def _address(text: str) -> Address:
    found = validate_email(text, check_deliverability=False, test_environment=True)
    return Address(username=found.local_part, domain=found.ascii_domain or found.domain)


def _sender(settings: Settings) -> str:
    if settings.mail_from:
        try:
            _address(settings.mail_from)
        except (EmailNotValidError, ValueError):
            raise AppError(
                "settings_invalid", setting="COGEP_MAIL_FROM", reason="não é um e-mail"
            ) from None
        return settings.mail_from
    host = settings.smtp_host or ""
    return f"nao-responda@{host}" if "." in host and host[0].isalpha() else "cogep@cogep.test"


@contextlib.contextmanager
def _failures_named() -> Iterator[None]:
    """Turn what a mail server refuses into an error that says whether trying again can help."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()), (550, b""))
        raise AppError(
            "mail_refused", reply=_said(code, reply), retryable=400 <= code < 500
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise AppError(
            "mail_credentials_refused", reply=_said(error.smtp_code, error.smtp_error)
        ) from None
    except UnicodeEncodeError:
        raise AppError("mail_credentials_refused", reply="a senha tem acentos") from None
    except smtplib.SMTPResponseException as error:
        permanent = error.smtp_code >= 500
        raise AppError(
            "mail_refused",
            reply=_said(error.smtp_code, error.smtp_error),
            retryable=not permanent,
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise AppError("mail_security_missing") from None
    except (smtplib.SMTPException, OSError) as error:
        raise AppError("mail_unavailable", reply=type(error).__name__) from None


def _said(code: int, reply: bytes | str) -> str:
    """Return a server's answer without the addresses that it repeats."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {_ADDRESSES.sub('…', ' '.join(text.split()))}"
