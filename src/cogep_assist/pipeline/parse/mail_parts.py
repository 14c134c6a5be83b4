"""Part an e-mail into what is read and what is a file; nothing of it is lost unsaid."""

import re
from dataclasses import dataclass, field
from email.message import Message

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.charset import declared_in_markup, decode
from cogep_assist.pipeline.parse.clean import clean_characters, one_line
from cogep_assist.pipeline.parse.email_message import header_text, submessages, unescaped
from cogep_assist.pipeline.parse.mail_html import text_of_html

MAX_PARTS = 500
MAX_ATTACHMENTS = 100
MAX_DEPTH = 200
# A text of a few words beside a long page only says that there is a page.
_STUB_CHARS, _STUB_TIMES = 200, 5
# What a report holds beside its words is read as a report.
_OF_REPORTS = frozenset({"message/delivery-status", "text/rfc822-headers"})
_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "text/calendar": ".ics",
    "text/rtf": ".rtf", "application/rtf": ".rtf", "application/pdf": ".pdf", "text/csv": ".csv",
    "text/xml": ".xml", "application/xml": ".xml", "text/vcard": ".vcf", "text/enriched": ".txt",
}  # fmt: skip


@dataclass(slots=True)
class _Words:
    """A readable part as plain text, and whether it was written as such."""

    text: str
    is_plain: bool


@dataclass(slots=True)
class MailParts:
    """The words of a message, its files, and how many files there was no room for."""

    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    left_out: int = 0
    _seen: int = 0

    def read(self, message: Message) -> str:
        """Take a message apart and return its words. Raises AppError("document_too_nested")."""
        return _joined(self._words(message, 0))

    def _words(self, part: Message, depth: int) -> list[_Words]:
        if depth > MAX_DEPTH:
            raise AppError("document_too_nested")
        self._seen += 1
        if part.get_content_maintype() != "multipart" or not part.is_multipart():
            return self._leaf(part)
        children = [self._words(child, depth + 1) for child in submessages(part)]
        if part.get_content_subtype() == "alternative":
            return _chosen([words for words in children if _joined(words)])
        return [word for words in children for word in words]

    def _leaf(self, part: Message) -> list[_Words]:
        kind = part.get_content_type()
        named = _named(part)
        is_file = part.get_content_disposition() == "attachment" or bool(named)
        if kind in ("text/plain", "text/html") and not is_file:
            if self._seen > MAX_PARTS:
                self.left_out += 1
                return []
            text = _text(part)
            plain = kind == "text/plain"
            return [_Words(_flowed(part, text) if plain else text_of_html(text), plain)]
        if kind not in _OF_REPORTS:
            self._keep(_file_name(named, kind), kind, part)
        return []

    def _keep(self, name: str, kind: str, part: Message) -> None:
        inner = submessages(part)
        if inner:
            # Another message, whole or said to be: forwarded, in pieces, or kept elsewhere.
            name, body = "mensagem.eml", inner[0].as_bytes()
        else:
            payload = part.get_payload(decode=True)
            body = payload if isinstance(payload, bytes) else b""
        if not body:
            return
        if len(self.files) < MAX_ATTACHMENTS:
            self.files.append((name, kind[:100], body))
        else:
            self.left_out += 1


def _chosen(children: list[list[_Words]]) -> list[_Words]:
    """Return the plain one of alternatives, unless it hardly says what another one does."""
    plain = next((words for words in children if any(one.is_plain for one in words)), None)
    if plain is None:
        return children[0] if children else []
    told = _joined(plain)
    for other in children:
        if other is not plain and len(told) < _STUB_CHARS < len(_joined(other)) / _STUB_TIMES:
            return other
    return plain


def _joined(words: list[_Words]) -> str:
    """Join the parts that follow each other; one that repeats what stands before adds nothing."""
    told: list[str] = []
    said = ""
    for each in words:
        text = each.text.strip()
        plain = " ".join(text.split())
        if plain and plain not in said:
            told.append(text)
            said += f" {plain}"
    return "\n\n".join(told)


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


def _named(part: Message) -> str:
    """Return the name that a part gives its file, however it is written."""
    named = part.get_filename() or ""
    if "\ufffd" in named:
        # Bytes of no declared encoding, which the library has replaced: read once more by ours.
        holder = Message()
        for header, value in part.raw_items():
            if header.lower() in ("content-disposition", "content-type"):
                holder[header] = unescaped(str(value))
        named = holder.get_filename() or named
    return header_text(named)


def _file_name(named: str, kind: str) -> str:
    return one_line(clean_characters(named))[:200] or f"anexo{_ENDINGS.get(kind, '')}"
