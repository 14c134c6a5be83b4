"""Clean characters: what a person would see, in NFC, and nothing that hides or reorders."""

import re
import unicodedata

from cogep_assist.core.terminal import without_commands

# Directional overrides and isolates make a text read otherwise than it is stored.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_TAGS = "\U000e0000-\U000e007f\U000e0100-\U000e01ef"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
_NOISE_CLASS = (
    f"\x00-\x08\x0e-\x1f\x7f{_INVISIBLE}{_BIDI}{_TAGS}"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff\U000f0000-\U0010ffff"
)
_NOISE = re.compile(f"[{_NOISE_CLASS}]+")
_TRICKS = re.compile(f"[{_BIDI}{_TAGS}]")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARK_FLOOD = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_PRESENTATION = re.compile("[\ufb00-\ufb06\uf0a7\uf0b7\uf0d8\uf0fc]")
_SHOWN_AS = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
    "\ufb05": "st", "\ufb06": "st",
    # Bullets of the Symbol and Wingdings fonts, which word processors store as private use.
    "\uf0a7": "▪", "\uf0b7": "•", "\uf0d8": "►", "\uf0fc": "✓",
}  # fmt: skip
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
# Everything that a step below would change but composition: most texts hold none of it.
_SUSPECT = re.compile(
    f"[{_NOISE_CLASS}{_MARKS}\r\x0b\x0c\x80-\x9f\ud800-\udfff\ufb00-\ufb06\u2028\u2029]"
)
_WIDE = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Matches only where something changes: single spaces, by far the most, stay untouched.
_SPACES = re.compile(f" {{2,}}| ?[{_WIDE}][ {_WIDE}]*")
_AROUND_BREAK = re.compile(" *\n[ \n]*")
_BLANK_LINES = re.compile("\n(?:[ \t]*\n)+")

_SPACED = re.compile(f"[ {_WIDE}]*(?:[A-ZÀ-ÖØ-Þ][ {_WIDE}]+){{3,}}[A-ZÀ-ÖØ-Þ][ {_WIDE}]*")
_WORD_GAP = re.compile(f"[ {_WIDE}]{{2,}}")
_LONGEST_SPACED = 150
_LONGEST_WORD = 16


def clean_characters(text: str) -> str:
    """Return the text in NFC, without control, invisible, private and reordering characters.

    Line ends become ``\\n``. Characters of the C1 range are read as the cp1252 signs they nearly
    always are; a lone surrogate becomes U+FFFD.
    """
    if not _SUSPECT.search(text):
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _SURROGATE.sub("\ufffd", text)
    text = _C1.sub(_as_cp1252, text)
    if "\x1b" in text:
        # A log's colours: without its first sign the rest of a command would be read as words.
        text = without_commands(text)
    text = _PRESENTATION.sub(lambda match: _SHOWN_AS[match.group()], text)
    text = _NOISE.sub("", text)
    text = _MARK_FLOOD.sub(r"\1", text)
    # Dropping a character may bring two together that compose, so this comes last.
    return unicodedata.normalize("NFC", text)


def flow(text: str) -> str:
    """Clean a text that flows: one space between words, single line breaks, no blank lines."""
    text = _SPACES.sub(" ", clean_characters(text))
    if "\n" in text:
        text = _AROUND_BREAK.sub("\n", text)
    return text.strip(" \n")


def unspaced(text: str) -> str:
    """Return letter-spaced capitals as the words they are: ``P O R T A R I A``, ``PORTARIA``.

    A wider gap parts words. Without one the letters of several words cannot be told apart, and
    what is too long for one stays as it is.
    """
    if not 7 <= len(text) <= _LONGEST_SPACED or not _SPACED.fullmatch(text):
        return text
    words = ["".join(word.split()) for word in _WORD_GAP.split(text.strip())]
    return text if any(len(word) > _LONGEST_WORD for word in words) else " ".join(words)


def one_line(text: str) -> str:
    """Clean a text and put it on one line."""
    return flow(text).replace("\n", " ")


def verbatim(text: str) -> str:
    """Clean a text whose indentation and line breaks mean something, such as code."""
    text = clean_characters(text).replace("\t", "    ").replace("\u00a0", " ")
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n", lines).strip("\n")


def has_tricks(text: str) -> bool:
    """Tell whether a text holds characters that reorder or smuggle text unseen."""
    return not text.isascii() and _TRICKS.search(text) is not None


def _as_cp1252(match: re.Match[str]) -> str:
    try:
        return match.group().encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return ""
