"""A person's values as regular expressions, and a text without them.

What is taken out gives way to blocks of the same length: every offset into the text, and with
it every citation and every passage, stays where it is.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any
from urllib.parse import unquote_plus

from cogep_assist.core.pii.escaped_text import (
    BROKEN_WORDS,
    ESCAPED_LETTERS,
    UnescapedText,
    may_be_escaped,
)
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.lgpd_service.subject_data.known_values import (
    Dialect,
    KnownValue,
    ValueKind,
    anchor,
    encoded_forms,
    fragments,
    name_anchors,
    raw_forms,
    spoken,
    written,
)

MASK = "█"
BYTE_MASK = "*"
# What base64, hexadecimal and addresses of the web have and words have not.
SHAPE = "[a-z0-9][A-Z]|%[0-9A-Fa-f]{2}|[0-9A-Fa-f]{16}"
_SHAPE = re.compile(SHAPE)
# How many characters of each value the quick look and the surer one take.
QUICK, SURER = 4, 8
# Around the part that is looked for first, as far as a long name may reach.
WINDOW = 300
# Characters that a reader does not see, and accents that stand by themselves.
_UNSEEN = "[\u00ad\u0300-\u036f\u200b-\u200f\u2060-\u2064\ufeff]*"
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}){6,}(?![0-9a-fA-F])")
# From where a word begins alone: one of a million letters is looked through once.
WEB = re.compile(r"(?<![^\s\"'<>])(?=[^\s\"'<>]*%[0-9a-fA-F]{2})[^\s\"'<>]+")
# The rest of a wide character, an accent of its own, or something unseen, in octal.
_OCTETS = r"(?:\\[0-7][0-7][0-7])*"
_MAY_HAVE_ACCENTS = frozenset("aceinouy")


def may_name(text: str) -> str:
    """Return SQL that holds for a text that may hold a value, over the patterns' parameters."""
    plain = f"({text} ~ %(quick)s AND {text} ~ %(anchors)s) OR {text} ~ %(escaped)s"
    plain += f" OR ({text} ~ %(broken)s AND {text} ~ %(name_words)s)"
    return f"({plain} OR ({text} ~ %(shape)s AND {text} ~ %(parts)s AND {text} ~ %(pieces)s))"


def bytes_may_name(column: str) -> str:
    """Return SQL that holds for bytes that may hold a value as a text, in any encoding."""
    text = f"encode({column}, 'escape')"
    plain = f"({text} ~ %(byte_quick)s AND {text} ~ %(byte_anchors)s) OR {text} ~ %(escaped)s"
    plain += f" OR ({text} ~ %(broken)s AND {text} ~ %(byte_name_words)s)"
    return f"({plain} OR ({text} ~ %(shape)s AND {text} ~ %(parts)s AND {text} ~ %(pieces)s))"


class SubjectPatterns:
    """The searchable values of one person, ready to be looked for."""

    def __init__(self, values: Sequence[KnownValue]) -> None:
        searchable = [value for value in values if value.searchable]
        self.empty = not searchable
        self._forms = encoded_forms(searchable)
        self.raw = re.compile(b"|".join(map(re.escape, raw_forms(searchable))) or b"$impossible")
        searchable += [spoken(value) for value in searchable if value.kind is ValueKind.CPF]
        self._folded = [
            (re.compile(anchor(value, FOLDED)), re.compile(_either(written(value))))
            for value in searchable
        ]
        self._searchable = searchable
        self._encoded = re.compile(_either(list(map(re.escape, self._forms))))

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The patterns that choose rows to look at: perhaps too many, never too few.

        PostgreSQL begins anew with each row, so that a text takes as long as its pattern is large:
        a hundred times as long for the encoded forms whole as for few short pieces of them.
        """
        shapeless = [form for form in self._forms if not _SHAPE.search(form)]

        def anchors(dialect: Dialect, most: int | None) -> str:
            return _either([anchor(value, dialect, most) for value in self._searchable])

        def pieces(most: int) -> str:
            return _either(list(map(re.escape, fragments(self._forms, most))))

        def name_words(dialect: Dialect) -> str:
            return _either([a for v in self._searchable for a in name_anchors(v, dialect, QUICK)])

        return {
            "quick": anchors(SQL_TEXT, QUICK),
            "anchors": anchors(SQL_TEXT, None),
            "byte_quick": anchors(SQL_BYTES, QUICK),
            "byte_anchors": anchors(SQL_BYTES, None),
            "shape": "|".join([SHAPE, *map(re.escape, fragments(shapeless, QUICK))]),
            "parts": pieces(QUICK),
            "pieces": pieces(SURER),
            # Few texts have accents written so, and their letters are no anchor.
            "escaped": ESCAPED_LETTERS,
            "broken": BROKEN_WORDS,
            "name_words": name_words(SQL_TEXT),
            "byte_name_words": name_words(SQL_BYTES),
        }

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where values stand in a text, in order, none over another."""
        found = self._plain(text)
        if may_be_escaped(text):
            shown = UnescapedText(text)
            found += [shown.place(*span) for span in self._plain(shown.text)]
        if self._encoded.search(text):
            found += self._hidden(text)
        return _merged(found)

    def _plain(self, text: str) -> list[tuple[int, int]]:
        folded = FoldedText(text)
        lower = folded.lower
        return [
            folded.place(*match.span())
            for anchored, exact in self._folded
            for near in anchored.finditer(lower)
            for match in exact.finditer(lower, max(0, near.start() - WINDOW), near.end() + WINDOW)
        ]

    def names(self, text: str) -> bool:
        """Tell whether a text holds a value."""
        return bool(self.spans(text))

    def redact(self, text: str) -> str:
        """Return a text of the same length without the values."""
        pieces: list[str] = []
        place = 0
        for start, end in self.spans(text):
            pieces += (text[place:start], MASK * (end - start))
            place = end
        return "".join(pieces) + text[place:]

    def redact_value(self, value: Any) -> Any:
        """Return a JSON value or an array without the values, in keys as well."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, dict):
            return {self.redact(str(k)): self.redact_value(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.redact_value(inner) for inner in value]
        if isinstance(value, bytes | memoryview):
            return self.redact_bytes(bytes(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return None if self.names(str(value)) else value
        return value

    def redact_bytes(self, data: bytes) -> bytes:
        """Return bytes of the same length without the values, in whichever encoding they are."""
        for encoding, errors in ENCODINGS:
            text = _decoded(data, encoding, errors)
            spans = self.spans(text)
            if spans:
                clean = _masked_bytes(text, spans, encoding, errors)
                data = clean + data[len(clean) :]
        return data

    def names_bytes(self, data: bytes) -> bool:
        """Tell whether bytes hold a value, in whichever encoding they are."""
        return any(self.names(_decoded(data, encoding, errors)) for encoding, errors in ENCODINGS)

    def _hidden(self, text: str) -> list[tuple[int, int]]:
        return [
            match.span()
            for pattern, decode in ENCODED
            for match in pattern.finditer(text)
            if self._plain(decode(match.group()))
        ]


ENCODINGS = (
    ("utf-8", "surrogateescape"),
    ("latin-1", "strict"),
    ("utf-16-le", "surrogatepass"),
    ("utf-16-be", "surrogatepass"),
)


def _either(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)) or "$impossible"


@cache
def _variants(character: str) -> str:
    """Return a class of every character that folds to a letter or digit."""
    others = (*range(0xC0, 0x250), *range(0x1E00, 0x1EFF), *range(0xFF10, 0xFF5B))
    alike = [chr(code) for code in others if FoldedText(chr(code)).lower == character]
    return "".join(dict.fromkeys([character, character.upper(), *alike]))


def _sql_character(character: str) -> str:
    if character.isalnum():
        return f"[{_variants(character)}]{_UNSEEN}"
    return re.escape(character)


def _byte_character(character: str) -> str:
    """Return a character in the escaped form of bytes: accents are octal, UTF-16 has zeros."""
    if not character.isalnum():
        return re.escape(character) + _OCTETS
    either = f"[{character}{character.upper()}]"
    if character in _MAY_HAVE_ACCENTS:
        either = rf"(?:{either}|(?:\\[0-7][0-7][0-7])+)"
    return either + _OCTETS


FOLDED = Dialect(re.escape, "[^0-9a-z]*")
SQL_TEXT = Dialect(_sql_character, "[^0-9A-Za-z]*")
SQL_BYTES = Dialect(_byte_character, "(?:[^0-9A-Za-z\\\\]|\\\\[0-7][0-7][0-7])*")


def _decoded(data: bytes, encoding: str, errors: str) -> str:
    whole = data[: len(data) // 2 * 2] if encoding.startswith("utf-16") else data
    return whole.decode(encoding, errors)


def _masked_bytes(text: str, spans: list[tuple[int, int]], encoding: str, errors: str) -> bytes:
    pieces: list[bytes] = []
    place = 0
    for start, end in spans:
        pieces.append(text[place:start].encode(encoding, errors))
        gone = text[start:end].encode(encoding, errors)
        mask = BYTE_MASK.encode(encoding)
        pieces.append((mask * len(gone))[: len(gone)])
        place = end
    pieces.append(text[place:].encode(encoding, errors))
    return b"".join(pieces)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def _from_base64(text: str) -> str:
    bare = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _from_hex(text: str) -> str:
    return bytes.fromhex(text).decode("utf-8", "replace")


ENCODED = ((_BASE64, _from_base64), (_HEX, _from_hex), (WEB, unquote_plus))
