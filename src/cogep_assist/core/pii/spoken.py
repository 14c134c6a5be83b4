"""Numbers that are dictated: their digits as words, as in transcripts and voice messages."""

import re
from collections.abc import Iterator, Sequence

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
_WHOLE = {
    **{word: int(digit) for word, digit in _DIGIT_OF.items()},
    "dez": 10, "onze": 11, "doze": 12, "treze": 13, "quatorze": 14, "catorze": 14, "quinze": 15,
    "dezesseis": 16, "dezessete": 17, "dezoito": 18, "dezenove": 19, "vinte": 20, "trinta": 30,
    "quarenta": 40, "cinquenta": 50, "sessenta": 60, "setenta": 70, "oitenta": 80, "noventa": 90,
    "cem": 100, "cento": 100, "duzentos": 200, "trezentos": 300, "quatrocentos": 400,
    "quinhentos": 500, "seiscentos": 600, "setecentos": 700, "oitocentos": 800, "novecentos": 900,
}  # fmt: skip
_ANY = "|".join(sorted(_WHOLE, key=len, reverse=True))
# Every number above nineteen has one of these; counting them tells most texts apart.
_TENS = ("enta", "inta", "inte", "cento", "hentos")
_LEAST_TENS = 2
_GROUPS = re.compile(
    rf"(?<![a-z0-9])(?:{_ANY})(?:{_JOINT}(?:{_ANY})(?![a-z])){{3,{2 * MOST_DIGITS}}}(?! mil\b)"
)
_GROUP_WORD = re.compile(rf"(?<![a-z])(?P<joined>e\s)?(?P<word>{_ANY})(?![a-z])")


def find_spoken(text: FoldedText) -> Iterator[Finding]:
    """Yield numbers whose digits are told one by one, by their length, check digits and word."""
    # Counting words is several times faster than looking for runs of them.
    lower = text.lower
    if sum(map(lower.count, _TENS)) >= _LEAST_TENS:
        yield from _in_groups(text)
    if sum(map(lower.count, _DIGIT_OF)) < _LEAST:
        return
    for run in _RUN.finditer(lower):
        words = list(_DIGIT.finditer(lower, *run.span()))
        if len(words) < _LEAST:
            continue
        digits = "".join(_DIGIT_OF[word[0]] for word in words)
        start, end = words[0].start(), words[-1].end()
        kind, score = _reading(digits, _told(lower, start))
        yield Finding(kind, *text.place(start, end), digits, score)


def _in_groups(text: FoldedText) -> Iterator[Finding]:
    """Yield numbers told in groups: "cento e onze, quatrocentos e quarenta e quatro, ..."."""
    for run in _GROUPS.finditer(text.lower):
        digits = _digits_of(list(_GROUP_WORD.finditer(text.lower, *run.span())))
        if len(digits) < _LEAST:
            continue
        kind, score = _reading(digits, _told(text.lower, run.start()))
        # Amounts and years are told so as well: a doubtful reading is none.
        if score > DOUBTFUL:
            yield Finding(kind, *text.place(*run.span()), digits, score)


def _digits_of(words: Sequence[re.Match[str]]) -> str:
    """Return the digits of groups: after "e" a smaller number belongs to the one before it."""
    groups: list[int] = []
    least = 0
    for word in words:
        value = _WHOLE[word["word"]]
        joins = bool(word["joined"]) and 0 < value < least
        if joins:
            groups[-1] += value
        else:
            groups.append(value)
        least = 100 if value >= 100 else 10 if value >= 20 else 0
    return "".join(map(str, groups))


def _told(lower: str, start: int) -> frozenset[Kind]:
    return announced(lower[max(start - REACH, 0) : start]) or frozenset()


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
