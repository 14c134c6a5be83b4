"""What people write on tickets, checked: subjects, bodies, tags."""

import re
import unicodedata

from cogep_assist.edge.validation_words import invalid_field

MAX_SUBJECT_CHARS = 200
MAX_BODY_CHARS = 50_000
MAX_TAGS = 20
MAX_TAG_CHARS = 40
_TAG = re.compile(r"[a-z0-9à-öø-ÿ][a-z0-9à-öø-ÿ _./-]*")
# Characters that turn text around or hide it have no place in what others will read. They come
# along with a telephone number from a chat or a line from a page: they go, the words stay.
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2060\ufeff]")
# What a word processor puts for the end of a line or of a page.
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean_subject(text: str) -> str:
    """Return a subject on one line. Raises AppError("request_invalid")."""
    subject = " ".join(_readable("subject", text).split())
    if not 0 < len(subject) <= MAX_SUBJECT_CHARS:
        raise invalid_field("subject", f"deve ter de 1 a {MAX_SUBJECT_CHARS} caracteres")
    return subject


def clean_body(text: str, field: str = "body") -> str:
    """Return what somebody wrote, lines kept. Raises AppError("request_invalid")."""
    body = _readable(field, text).strip()
    if not 0 < len(body) <= MAX_BODY_CHARS:
        raise invalid_field(field, f"deve ter de 1 a {MAX_BODY_CHARS} caracteres")
    return body


def clean_tags(tags: list[str]) -> list[str]:
    """Return tags in lower case, each once, in order. Raises AppError("request_invalid")."""
    cleaned = list(dict.fromkeys(unicodedata.normalize("NFC", tag.strip().lower()) for tag in tags))
    if len(cleaned) > MAX_TAGS:
        raise invalid_field("tags", f"deve ter no máximo {MAX_TAGS} itens")
    for tag in cleaned:
        if len(tag) > MAX_TAG_CHARS or not _TAG.fullmatch(tag):
            reason = f"aceita letras, números, espaço e ._/-; até {MAX_TAG_CHARS} caracteres cada"
            raise invalid_field("tags", reason)
    return cleaned


def subject_of(text: str) -> str:
    """Return the subject of a ticket that begins with a text: its words, cut between two."""
    words = " ".join(text.split())
    if len(words) <= MAX_SUBJECT_CHARS:
        return words
    return words[: MAX_SUBJECT_CHARS - 1].rsplit(" ", 1)[0] + "…"


def _readable(field: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise invalid_field(field, "contém caracteres que não são texto válido") from None
    text = _LINE_ENDS.sub("\n", _HIDDEN.sub("", text))
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        raise invalid_field(field, "contém caracteres de controle")
    return unicodedata.normalize("NFC", text)
