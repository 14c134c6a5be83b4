"""What small raised letters mean: the º of 1º, the ² of m², the mark of a footnote. Pure."""

import re

_ORDINAL = re.compile(r"[oa0]s?$")
_TO_ORDINAL = str.maketrans("oa0", "ºªº")
_NUMBERED = re.compile(r"(?:\d|(?<![^\W\d_])[nN])$")
_POWERS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_POWER = re.compile(r"-?\d{1,3}$")
# A letter or two before a raised number are a unit or a variable, more are a word.
_UNIT = re.compile(r"(?:(?<![^\W\d_])[^\W\d_]{1,2}|\d)$")
_MARK = re.compile(r"[\[(]?\d{1,3}[\])]?$")
_WORD_END = re.compile(r"[^\W\d_][.,;:!?”\")]?$")


def read_raised(raised: str, before: str, *, notes: bool = True) -> str:
    """Return what is meant by raised letters behind a text, ``raised`` itself where nothing is.

    "1" and a raised "o" are "1º", "m" and "2" are "m²", 10 and 6 are 10⁶; a number behind a word
    marks a footnote and is no part of the text, where there are ``notes``.
    """
    said, before = raised.strip(), before.rstrip()
    if _ORDINAL.match(said) and _NUMBERED.search(before):
        return said.translate(_TO_ORDINAL)
    if _POWER.match(said) and _UNIT.search(before):
        return said.translate(_POWERS)
    return "" if notes and _MARK.match(said) and _WORD_END.search(before) else raised
