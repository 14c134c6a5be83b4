"""Read what a mail server reports of a message that it could not deliver (RFC 3464)."""

import email
import re
from email.message import Message
from typing import Any

from cogep_assist.pipeline.parse.email_message import submessages

MAX_RECIPIENTS = 20
_ID = re.compile(r"<\s*([^<>\s]{1,250})\s*>")


def read_report(message: Message) -> dict[str, Any] | None:
    """Return the recipients that failed and the message that it is about, or None."""
    if message.get_content_type() != "multipart/report":
        return None
    recipients: list[list[str]] = []
    about: str | None = None
    for part in submessages(message)[:10]:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            recipients += _recipients(part)
        elif kind in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            about = about or _message_id(part)
    return {"recipients": recipients[:MAX_RECIPIENTS], "about": about}


def _recipients(part: Message) -> list[list[str]]:
    """Return [address, action, status] of each recipient that a report names."""
    found = []
    for group in submessages(part):
        address = str(group.get("Final-Recipient") or group.get("Original-Recipient") or "")
        if address:
            found.append(
                [
                    address.rpartition(";")[2].strip().strip("<>")[:320],
                    str(group.get("Action") or "").strip().lower()[:20],
                    str(group.get("Status") or "").strip()[:20],
                ]
            )
    return found


def _message_id(part: Message) -> str | None:
    inner = submessages(part)
    if inner:
        headers = inner[0]
    else:
        payload = part.get_payload(decode=True)
        headers = email.message_from_bytes(payload if isinstance(payload, bytes) else b"")
    found = _ID.search(str(headers.get("Message-ID") or ""))
    return found[1] if found else None
