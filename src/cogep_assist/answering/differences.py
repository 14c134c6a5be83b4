"""Whether two sentences that say nearly the same differ in what matters. Pure."""

import re
from dataclasses import dataclass

from cogep_assist.answering.grounding_numbers import MONTHS, NUMBER_WORDS, read_dates, read_numbers
from cogep_assist.retrieval.portuguese import fold, stem, words

# Of what both say besides, so much is the same.
_SAME_WORDS = 0.8
_FEWEST_SHARED = 2
_NEGATIONS = frozenset(("nao", "nem", "nunca", "jamais", "sem", "nenhum", "nenhuma"))
_FORBIDDEN = re.compile(r"\b(?:vedad|proibid)[oa]s?\b")
# Allowing and forbidding are told by whether they deny, not by their words.
_MODAL = re.compile(r"(?:vedad|proibid|permitid|autorizad)[oa]s?")
_WORD = re.compile(r"\w+")
# A capital opens a sentence too: there it tells nothing.
_NAME = re.compile(r"(?<=[^\s.!?:;•…-]\s)[A-ZÀ-Þ][\w’'-]+")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a sentence says: what may differ by kind, and the stems of all other words."""

    dates: frozenset[object]
    numbers: frozenset[object]
    names: frozenset[str]
    negated: bool
    rest: frozenset[str]


def adds_fact(text: str, other: str) -> bool:
    """Tell whether a text has a date, number or name that another has not, or denies it."""
    here, there = _said(text), _said(other)
    more = here.dates - there.dates or here.numbers - there.numbers or here.names - there.names
    return bool(more) or here.negated != there.negated


def contradicts(text: str, other: str) -> bool:
    """Tell whether two texts say one thing with another date, number or name, or one denies it.

    Where they differ in several of these they speak of two things.
    """
    here, there = _said(text), _said(other)
    shared, most = len(here.rest & there.rest), max(len(here.rest), len(there.rest))
    if shared < _FEWEST_SHARED or shared < _SAME_WORDS * most:
        return False
    kinds = (
        (here.dates, there.dates),
        (here.numbers, there.numbers),
        (here.names, there.names),
    )
    differing = [(one, two) for one, two in kinds if one != two]
    if here.negated != there.negated:
        return not differing
    return len(differing) == 1 and all(one - two and two - one for one, two in differing)


def _said(text: str) -> _Said:
    folded = fold(text)
    dates, without = read_dates(folded)
    names = frozenset(word for name in _NAME.findall(text) for word in words(name))
    spoken = _WORD.findall(folded)
    besides = {*names, *_NEGATIONS, *NUMBER_WORDS, *MONTHS}
    return _Said(
        frozenset((date.day, date.month, date.year) for date in dates),
        frozenset((number.value, number.kind) for number in read_numbers(without)),
        names,
        bool(_NEGATIONS.intersection(spoken)) or _FORBIDDEN.search(folded) is not None,
        frozenset(
            stem(word)
            for word in words(text)
            if word.isalpha() and word not in besides and not _MODAL.fullmatch(word)
        ),
    )
