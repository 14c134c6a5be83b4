"""Read an e-mail message: its subject, its text, and who wrote to whom; attachments are listed."""

import email
import email.header
import re
from email.message import Message

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.charset import declared_in_markup, decode
from cogep_assist.pipeline.parse.clean import flow, one_line
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.html import add_html
from cogep_assist.pipeline.parse.plain_text import add_plain_text

MEDIA_TYPE = "message/rfc822"
_HEADERS = {"From": "from", "To": "to", "Cc": "cc", "Date": "date", "Reply-To": "reply_to"}
_MAX_BOUNDARIES = 100
_MAX_PARTS = 500
_MAX_HEADER_CHARS = 4_000
_TAG = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.DOTALL | re.IGNORECASE)


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a message as its reader sees it; attachments are named, not read."""
    if data.count(b"boundary=") > _MAX_BOUNDARIES:
        raise AppError("document_too_nested")
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="email 1")
    message = email.message_from_bytes(without_envelope(data))
    subject = decoded_header(message, "Subject")
    builder.title = subject or None
    for name, key in _HEADERS.items():
        builder.note(key, decoded_header(message, name))
    plain, markup, attached = _parts(message)
    builder.note("attachments", ", ".join(attached))
    builder.add("heading", subject, level=1)
    if markup and (not plain or len(flow(plain)) < len(flow(_TAG.sub(" ", markup))) * 0.5):
        add_html(markup, builder, page=False)
    else:
        add_plain_text(_mark_quotes(plain), builder)
    if attached:
        builder.warn("attachments_not_read")
    return builder.build()


def without_envelope(data: bytes) -> bytes:
    """Return a message without the line that a mailbox file puts before it."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return data.partition(b"\n")[2] if data.startswith(b"From ") else data


def decoded_header(message: Message, name: str) -> str:
    """Return a header as people read it, on one line, whatever its encoding claims."""
    # The raw value: the usual one has its 8-bit bytes replaced.
    return header_text(
        next((str(v) for key, v in message.raw_items() if key.lower() == name.lower()), "")
    )


def header_text(raw: str) -> str:
    """Return a header's raw text as people read it, on one line."""
    raw = raw[:_MAX_HEADER_CHARS]
    try:
        parts = email.header.decode_header(raw)
    except (email.errors.HeaderParseError, ValueError, LookupError):
        return one_line(unescaped(raw))
    text = ""
    for part, charset in parts:
        if isinstance(part, bytes):
            escaped = part.decode("ascii", "surrogateescape") if charset is None else ""
            text += unescaped(escaped) if charset is None else decode(part, declared=charset)[0]
        else:
            text += unescaped(part)
    return one_line(text)


def unescaped(text: str) -> str:
    """Read raw 8-bit header bytes, which the parser keeps as surrogates, in their own encoding."""
    if text.isascii():
        return text
    return decode(text.encode("utf-8", "surrogateescape"))[0]


def _parts(message: Message) -> tuple[str, str, list[str]]:
    """Return the plain text, the HTML and the names of the attachments."""
    plain: list[str] = []
    markup: list[str] = []
    attached: list[str] = []
    waiting: list[Message] = [message]
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > _MAX_PARTS:
            raise AppError("document_too_nested")
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(submessages(part)))
        elif kind == "message/rfc822":
            inner = submessages(part)
            subject = decoded_header(inner[0], "Subject") if inner else ""
            attached.append(subject or "mensagem anexada")
        elif part.get_content_disposition() == "attachment" or part.get_filename():
            attached.append(header_text(part.get_filename() or "") or kind)
        elif kind == "text/html":
            markup.append(_content(part))
        elif kind.startswith("text/"):
            plain.append(_content(part))
        else:
            attached.append(kind)
    return "\n\n".join(plain), "\n".join(markup), [one_line(name)[:200] for name in attached]


def submessages(part: Message) -> list[Message]:
    """Return the parts of a part, or none where it only claims to have some."""
    payload = part.get_payload()
    return (
        [item for item in payload if isinstance(item, Message)] if isinstance(payload, list) else []
    )


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    declared = part.get_content_charset() or declared_in_markup(payload)
    return decode(payload, declared=declared)[0]


def _mark_quotes(text: str) -> str:
    """Keep quoted lines as text: their marks mean nothing once lines flow together."""
    return re.sub(r"(?m)^(?:>[ \t]?)+", "", text)
