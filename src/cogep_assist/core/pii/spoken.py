"""Numbers that are dictated: their digits as words, as in transcripts and voice messages."""

import re
from collections.abc import Iterator

from cogep_assist.core.pii.announcement import REACH, announced
from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.core.pii.layouts import LAYOUTS, MOST_DIGITS, PROOFS
from cogep_assist.core.pii.weighing import DOUBTFUL, LIKELY, MISTYPED

_DIGIT_OF = {
    "zero": "0", "um": "1", "hum": "1", "uma": "1", "dois": "2", "duas": "2", "tres": "3",
    "quatro": "4", "cinco": "5", "seis": "6", "meia": "6", "sete": "7", "oito": "8", "nove": "9",
}  # fmt: skip
_WORD = "|".join(sorted(_DIGIT_OF, key=len, reverse=True))
_JOINT = r"[\s,.;/-]{1,3}(?:(?:ponto|traco|hifen|barra|e)[\s,.;-]{1,3})?"
_LEAST = 8
# The first letters of any digit, with the look back after the first: the search skips to them.
_RUN = re.compile(
    rf"[zuhdtqcsmon](?<![a-z0-9].)(?:(?<=z)e|(?<=u)m|(?<=h)u|(?<=d)[ou]|(?<=t)r|(?<=q)u|(?<=c)i"
    rf"|(?<=s)e|(?<=m)e|(?<=o)i|(?<=n)o)[a-z]{{0,4}}"
    rf"(?:{_JOINT}(?:{_WORD})(?![a-z])){{{_LEAST - 1},{MOST_DIGITS}}}"
)
_DIGIT = re.compile(rf"(?<![a-z])(?:{_WORD})(?![a-z])")


def find_spoken(text: FoldedText) -> Iterator[Finding]:
    """Yield numbers whose digits are told one by one, by their length, check digits and word."""
    # Counting words is several times faster than looking for runs of them.
    if sum(map(text.lower.count, _DIGIT_OF)) < _LEAST:
        return
    for run in _RUN.finditer(text.lower):
        words = list(_DIGIT.finditer(text.lower, *run.span()))
        if len(words) < _LEAST:
            continue
        digits = "".join(_DIGIT_OF[word[0]] for word in words)
        start, end = words[0].start(), words[-1].end()
        told = announced(text.lower[max(start - REACH, 0) : start]) or frozenset()
        kind, score = _reading(digits, told)
        yield Finding(kind, *text.place(start, end), digits, score)


def _reading(digits: str, told: frozenset[Kind]) -> tuple[Kind, float]:
    """Return what dictated digits are: nobody dictates eight of them for anything but a number."""
    kinds = [layout.kind for layout in LAYOUTS.get(chr(64 + len(digits)), ())]
    for kind in kinds:
        if kind in told and kind is not Kind.PROPERTY_TAX:
            return kind, LIKELY if PROOFS[kind].check(digits) else MISTYPED
    for kind in kinds:
        if not PROOFS[kind].weak and PROOFS[kind].check(digits):
            return kind, LIKELY
    return (Kind.PHONE if len(digits) < 12 else Kind.BANK_ACCOUNT), DOUBTFUL
