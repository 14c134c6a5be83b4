r"""Texts as pages, letters and programs keep them: with entities, escapes, marks, broken words.

``Zora&iacute;de``, ``Zora=C3=ADde``, ``Zora\u00edde``, ``<b>Zoraíde</b>`` and ``Zoraí-\nde`` name
the same person to whoever opens the page, the letter or the file. They are read with the way back
to each character.
"""

import html
import re
from bisect import bisect_left
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from urllib.parse import unquote

# What stands for a letter with an accent, as a database finds it: other escapes part no word.
ESCAPED_LETTERS = (
    r"&(#[xX]?[0-9a-fA-F]{2,4}|[A-Za-z](acute|grave|tilde|circ|cedil|uml));"
    r"|=[Cc]3=[89ABab]|=[CcEe][0-9A-Fa-f]|=\r?\n|\\u00|\\'[0-9a-fA-F]{2}|Ã|\\303\\203|%[Cc][3Cc]%[89ABab]"
)
# A word that goes on in the next line, as a database finds it in a text, in JSON and in bytes.
BROKEN_WORDS = r"[^ .,;](-|\u00ad|\u2010|\\302\\255|\\342\\200\\220)[ \t]*(\r|\n|\\+[rn])"
_UNIT = re.compile(
    r"=\?[\w-]{2,20}\?[bBqQ]\?[^?\s]{1,200}\?=|(?:%[0-9A-Fa-f]{2})+|\\+x[0-9a-fA-F]{2}"
    r"|&(?:#[xX]?[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});|(?:=[0-9A-Fa-f]{2}|=\r?\n)+"
    r"|\\+u[0-9a-fA-F]{4}|\\'[0-9a-fA-F]{2}|</?[A-Za-z][^<>]{0,200}>|(?:[\u00c2\u00c3][\u0080-\u00bf])+"
    r"|[-\u00ad\u2010](?<=[^\W\d_].)[ \t]{0,3}\r?\n[ \t]{0,9}(?=[^\W\d_])"
)
# A tag parts words, and no digits: wider than what a number may have between them.
_BETWEEN_WORDS = "    "
_SIGNS = re.compile(r"[&=\\<%\u00c2\u00c3]|[-\u00ad\u2010][ \t]{0,3}\r?\n")


class UnescapedText:
    """A text as its reader sees it; ``place`` leads from a span in it to the text as given."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self._starts: list[int] = [0]
        self._origins: list[tuple[int, int]] = [(0, 0)]
        place = length = 0
        for unit in _UNIT.finditer(text):
            told = _read(unit[0])
            if told == unit[0]:
                continue
            before = text[place : unit.start()]
            pieces += (before, told)
            length += len(before)
            self._mark(length, unit.start(), len(told))
            length += len(told)
            self._mark(length, unit.end(), 0)
            place = unit.end()
        pieces.append(text[place:])
        self.text = "".join(pieces)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span lies in the text as given, an escape at its edge whole."""
        return self._at(start), self._at(end - 1, after=True)

    def _mark(self, length: int, origin: int, told: int) -> None:
        self._starts.append(length)
        self._origins.append((origin, told))

    def _at(self, place: int, *, after: bool = False) -> int:
        mark = bisect_left(self._starts, place + 1) - 1
        origin, told = self._origins[mark]
        if told:
            return self._origins[mark + 1][0] if after else origin
        return origin + place - self._starts[mark] + after


def may_be_escaped(text: str) -> bool:
    """Tell whether a text has a sign of any escape or mark."""
    return _SIGNS.search(text) is not None


def _read(unit: str) -> str:
    """Return what a reader sees of one escape, tag or broken word."""
    first = unit[0]
    if first in "-\u00ad\u2010":
        return ""
    if first == "&":
        return html.unescape(unit)
    if first == "<":
        return _BETWEEN_WORDS
    if unit.startswith("=?"):
        return _encoded_word(unit)
    if first == "%":
        return _in_address(unit)
    if first == "=":
        # A line that goes on is no part of the letter that it breaks.
        told = _of_bytes(bytes.fromhex("".join(unit.replace("=", "").split())))
        # "cpf=52": no program writes one letter or digit so, and a sign unseen is none to read.
        alone = len(told) == 1 and told.isascii() and told.isalnum()
        return unit if alone or not (told.isprintable() or told.isspace()) else told
    if first in "\u00c2\u00c3":
        return _of_bytes(unit.encode("latin-1"))
    code = unit.lstrip("\\")
    return (
        bytes([int(code[1:], 16)]).decode("latin-1") if code[0] == "'" else chr(int(code[1:], 16))
    )


def _encoded_word(unit: str) -> str:
    """Return what a word of a letter's head says (RFC 2047), or the word, where it is none."""
    try:
        return str(make_header(decode_header(unit)))
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        return unit


def _in_address(unit: str) -> str:
    """Return what stands in an address of the web, where it is text; a share stays a share."""
    told = unquote(unit, errors="replace")
    return told if told.isprintable() and "\ufffd" not in told else unit


def _of_bytes(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
