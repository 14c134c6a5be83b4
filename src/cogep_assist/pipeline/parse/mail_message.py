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
from cogep_assist.pipeline.parse.clean import clean_characters
from cogep_assist.pipeline.parse.email_message import (
    decoded_header,
    header_text,
    unescaped,
    without_envelope,
)
from cogep_assist.pipeline.parse.mail_parts import MailParts
from cogep_assist.pipeline.parse.mail_quotes import split_quoted
from cogep_assist.pipeline.parse.mail_report import read_report

MAX_BOUNDARIES = 200
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
    parts = MailParts()
    text = clean_characters(parts.read(message))[:MAX_TEXT_CHARS]
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
        "left_out": parts.left_out,
        "report": read_report(message),
    }
    return header, b"".join(body for _, _, body in parts.files)


def _ids(message: Message, name: str) -> list[str]:
    found = _ID.findall(" ".join(_all(message, name))[:50_000])
    return list(dict.fromkeys(found))[-MAX_IDS:]


def _all(message: Message, name: str) -> list[str]:
    wanted = name.lower()
    raw = [str(value) for key, value in message.raw_items() if key.lower() == wanted]
    return [clean_characters(unescaped(" ".join(value.split()))) for value in raw]


def _addresses(message: Message, names: tuple[str, ...]) -> list[list[str]]:
    """Return [name, address] of every address in some headers."""
    found = []
    for header in names:
        for value in _all(message, header)[:20]:
            for name, address in _parsed(value[:20_000]):
                if address:
                    found.append([header_text(name)[:200], address[:320]])
    return found[:100]


def _parsed(value: str) -> list[tuple[str, str]]:
    try:
        return email.utils.getaddresses([value])
    except RecursionError:
        # Comments within comments: nobody's address.
        return []


def _marks(message: Message) -> dict[str, str]:
    """Return the headers by which machines are told from people, in lower case."""
    names = (
        *("Auto-Submitted", "Precedence", "X-Autoreply", "X-Autorespond", "X-Autoresponder"),
        *("X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "X-Loop", "X-Cogep-Loop"),
        *("Feedback-Type", "X-Failed-Recipients"),
    )
    found = {name.lower(): _all(message, name) for name in names}
    return {name: values[0].lower()[:300] for name, values in found.items() if values}
