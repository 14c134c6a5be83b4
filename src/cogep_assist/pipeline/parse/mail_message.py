"""Read an e-mail for the desk: who wrote, to what, what is new in it, and its attachments.

Runs in a limited child. Nothing here decides anything: what headers claim is handed on as it is.
"""

import email
import email.policy
import email.utils
import re
from email.message import Message
from typing import Any

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.charset import declared_in_markup, decode
from cogep_assist.pipeline.parse.clean import clean_characters, one_line
from cogep_assist.pipeline.parse.email_message import decoded_header, submessages, without_envelope
from cogep_assist.pipeline.parse.mail_html import text_of_html
from cogep_assist.pipeline.parse.mail_quotes import split_quoted
from cogep_assist.pipeline.parse.mail_report import read_report

MAX_BOUNDARIES = 200
MAX_PARTS = 500
MAX_ATTACHMENTS = 100
MAX_TEXT_CHARS = 200_000
MAX_IDS = 100
_ID = re.compile(r"<\s*([^<>\s]{1,250})\s*>")
_ADDRESS_HEADERS = {
    "from": ("From",),
    "reply_to": ("Reply-To",),
    "to": ("To", "Cc", "Delivered-To", "X-Original-To", "X-Forwarded-To", "Envelope-To"),
}


def parse_mail(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return what a message says, and the bytes of its attachments one after the other.

    Raises AppError("document_too_nested").
    """
    if data.count(b"boundary=") > MAX_BOUNDARIES:
        raise AppError("document_too_nested")
    message = email.message_from_bytes(without_envelope(data))
    parts = _Parts()
    parts.read(message)
    text = clean_characters(parts.text())[:MAX_TEXT_CHARS]
    said, folded = split_quoted(text)
    header = {
        "message_id": next(iter(_ids(message, "Message-ID")), None),
        "in_reply_to": _ids(message, "In-Reply-To"),
        "references": _ids(message, "References"),
        **{name: _addresses(message, names) for name, names in _ADDRESS_HEADERS.items()},
        "subject": decoded_header(message, "Subject")[:500],
        "date": decoded_header(message, "Date")[:100],
        "return_path": decoded_header(message, "Return-Path")[:320],
        "marks": _marks(message),
        "authentication": [text[:1000] for text in _all(message, "Authentication-Results")[:3]],
        "said": said,
        "folded": folded,
        "attachments": [[name, kind, len(body)] for name, kind, body in parts.files],
        "report": read_report(message),
    }
    return header, b"".join(body for _, _, body in parts.files)


class _Parts:
    """The readable parts of a message, and the rest as files."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.markup: list[str] = []
        self.files: list[tuple[str, str, bytes]] = []

    def read(self, message: Message) -> None:
        waiting: list[Message] = [message]
        seen = 0
        while waiting:
            part = waiting.pop()
            seen += 1
            if seen > MAX_PARTS:
                raise AppError("document_too_nested")
            if part.get_content_maintype() == "multipart" and part.is_multipart():
                waiting.extend(reversed(submessages(part)))
            else:
                self._take(part)

    def text(self) -> str:
        plain = "\n\n".join(self.plain).strip()
        return plain or "\n\n".join(text_of_html(markup) for markup in self.markup)

    def _take(self, part: Message) -> None:
        kind = part.get_content_type()
        named = part.get_filename()
        attached = part.get_content_disposition() == "attachment" or bool(named)
        if kind == "message/rfc822":
            inner = submessages(part)
            if inner:
                self._keep("mensagem.eml", kind, inner[0].as_bytes())
        elif kind == "text/plain" and not attached:
            self.plain.append(_flowed(part, _text(part)))
        elif kind == "text/html" and not attached:
            self.markup.append(_text(part))
        elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                self._keep(_file_name(named, kind), kind, payload)

    def _keep(self, name: str, kind: str, body: bytes) -> None:
        if len(self.files) < MAX_ATTACHMENTS:
            self.files.append((name, kind[:100], body))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    declared = part.get_content_charset() or declared_in_markup(payload)
    return decode(payload, declared=declared)[0]


def _flowed(part: Message, text: str) -> str:
    """Join the lines that a mail program broke (RFC 3676)."""
    text = text.replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    return re.sub(r"(?m)(?<!^--)(?<!>) \n(?!>)", " ", text)


def _file_name(named: str | None, kind: str) -> str:
    extension = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif"}.get(kind, "")
    return one_line(clean_characters(named or ""))[:200] or f"anexo{extension}"


def _ids(message: Message, name: str) -> list[str]:
    found = _ID.findall(" ".join(_all(message, name))[:50_000])
    return list(dict.fromkeys(found))[-MAX_IDS:]


def _all(message: Message, name: str) -> list[str]:
    wanted = name.lower()
    raw = [str(value) for key, value in message.raw_items() if key.lower() == wanted]
    return [clean_characters(" ".join(value.split())) for value in raw]


def _addresses(message: Message, names: tuple[str, ...]) -> list[list[str]]:
    """Return [name, address] of every address in some headers."""
    found = []
    for header in names:
        for value in _all(message, header)[:20]:
            for name, address in email.utils.getaddresses([value[:20_000]]):
                if address:
                    found.append([_decoded(name)[:200], address[:320]])
    return found[:100]


def _decoded(text: str) -> str:
    holder = Message()
    holder["Subject"] = text
    return decoded_header(holder, "Subject")


def _marks(message: Message) -> dict[str, str]:
    """Return the headers by which machines are told from people, in lower case."""
    names = (
        *("Auto-Submitted", "Precedence", "X-Autoreply", "X-Autorespond", "X-Autoresponder"),
        *("X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "X-Loop", "X-Cogep-Loop"),
        *("Feedback-Type", "X-Failed-Recipients"),
    )
    found = {name.lower(): _all(message, name) for name in names}
    return {name: values[0].lower()[:300] for name, values in found.items() if values}
