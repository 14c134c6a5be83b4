"""Personal data that a text holds and does not show: escapes, broken words, base64, hexadecimal.

Arguments of tools are JSON, letters are quoted-printable and base64, pages have entities: a model
reads them all, and so does whoever gets them.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from cogep_assist.core.pii.escaped_text import UnescapedText
from cogep_assist.core.pii.finding import Finding

FindIn = Callable[[str], list[Finding]]

# Escapes of letters and digits, words that a line breaks: what hides a part of a value.
_HIDES = re.compile(
    r"[&=\\%\u00c2\u00c3\u00ad\u2010-](?:"
    r"(?<=&)(?:#[xX]?[0-9a-fA-F]{2,4}|[A-Za-z](?:acute|grave|tilde|circ|cedil|uml));"
    r"|(?<==)(?:[Cc]3=[89ABab]|[CcEe][0-9A-Fa-f]|3\d(?=[=.\d-])|\r?\n|\?[\w-]{2,20}\?[bBqQ]\?)"
    r"|(?<=\\)(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|'[0-9a-fA-F]{2})"
    r"|(?<=%)(?:[Cc]3%[89ABab]|[CcEe][0-9A-Fa-f]|20[^\W\d_]|2[DEFdef]\d|3\d)"
    r"|(?<=[\u00c2\u00c3])[\u0080-\u00bf]"
    r"|(?<=[^\W\d_][-\u00ad\u2010])[ \t]{0,3}\r?\n[ \t]{0,9}[^\W\d_])"
)
# How much of what stands around an escape is read with it: a name and what announces it.
_REACH = 160
_LONGEST_PART = 40
# Of one line, or of many of one length. Looking for its first letters costs half as much.
_MAY_BEGIN = re.compile(r"[A-Za-z0-9+/_-]{16}(?<![\w+/=-].{16})")
_PACKED = re.compile(r"(?:[A-Za-z0-9+/]{60,76}\r?\n)*[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/=-])")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+\Z")
_LEAST_PRINTABLE = 0.95


def find_encoded(text: str, find_in: FindIn) -> Iterator[Finding]:
    """Yield what is found once escapes are read and codes are opened; places are the text's own.

    ``find_in`` finds in a text as it stands. A code that holds anything is found whole.
    """
    for start, end in _around_escapes(text):
        piece = text[start:end]
        shown = UnescapedText(piece)
        for found in find_in(shown.text):
            first, last = shown.place(found.start, found.end)
            # What hides nothing was found as it stands, with all that is around it.
            if piece[first:last] != shown.text[found.start : found.end]:
                yield replace(found, start=start + first, end=start + last)
    for code in _codes(text):
        told = _opened("".join(code[0].split()))
        inside = find_in(told) if told else []
        if inside:
            surest = max(inside, key=lambda each: each.score)
            yield replace(surest, start=code.start(), end=code.end(), value=code[0])


def _around_escapes(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text that hold escapes, none over another, of whole words."""
    start = end = -1
    for found in _HIDES.finditer(text):
        if end < 0 or found.start() - _REACH > end:
            if end >= 0:
                yield start, _word_end(text, end)
            start = _word_start(text, max(found.start() - _REACH, 0))
        end = min(found.end() + _REACH, len(text))
    if end >= 0:
        yield start, _word_end(text, end)


def _word_start(text: str, place: int) -> int:
    least = max(place - _LONGEST_PART, 0)
    while place > least and not text[place - 1].isspace():
        place -= 1
    return place


def _word_end(text: str, place: int) -> int:
    most = min(place + _LONGEST_PART, len(text))
    while place < most and not text[place].isspace():
        place += 1
    return place


def _codes(text: str) -> Iterator[re.Match[str]]:
    end = 0
    for begin in _MAY_BEGIN.finditer(text):
        code = _PACKED.match(text, begin.start()) if begin.start() >= end else None
        if code:
            end = code.end()
            yield code


def _opened(code: str) -> str:
    """Return the text in a code, or nothing where it holds none: a digest, a picture, a word."""
    if _HEX.match(code):
        return _as_text(bytes.fromhex(code))
    bare = code.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return _as_text(base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _as_text(data: bytes) -> str:
    for encoding in ("utf-8", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        shown = sum(character.isprintable() or character.isspace() for character in text)
        if shown >= len(text) * _LEAST_PRINTABLE:
            return text
    return ""
