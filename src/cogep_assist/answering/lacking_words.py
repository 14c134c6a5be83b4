"""Say which words of a question kept it from being answered. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from cogep_assist.answering.frame_words import asked_factor
from cogep_assist.answering.near_miss import NearMiss
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.answering.written_words import written_words
from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit
from cogep_assist.retrieval.lexical import inverse_frequency
from cogep_assist.retrieval.portuguese import fold, stem, words

MOST_WORDS = 3
_CLOSEST = 3
# A word whose weight shrinks to less than this only frames the question.
_SUBSTANCE = 0.5
# What is less alike may share its letters by chance: "Mongólia" is no "monografia".
_MISTYPED = 0.8
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LackingWords:
    """Words as the person wrote them, the most telling first.

    ``unknown`` stand in no document and resemble nothing; ``elsewhere`` stand in some document, but
    in none of the closest passages; ``replaced`` stand in none, and the word beside each, as the
    passages found write it, was looked for instead. ``suggestion`` is the question with these.
    ``instead`` has what was asked about beside the like of it that the passages speak of, "" where
    that is not known any more, and ``unanswered`` the parts of a question without an answer.
    """

    unknown: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    suggestion: str | None = None
    instead: tuple[tuple[str, str], ...] = ()
    unanswered: tuple[str, ...] = ()


def lacking_words(question: str, findings: Findings) -> LackingWords:
    """Compare what a question says with what the closest passages hold."""
    about = asked_terms(question)
    asked = [one for one in findings.terms if one.term in about and _speaks(one)]
    asked.sort(key=lambda one: -_weight(one, findings))
    closest = findings.hits[:_CLOSEST]
    held = {stem(word) for hit in closest for word in words(_said(hit))}
    written = written_words(question)
    instead = {
        one.word: _as_documents_write(one, findings.hits) for one in asked if not one.frequency
    }
    replaced = [(written.get(word, word), other) for word, other in instead.items() if other]
    return LackingWords(
        unknown=_first(written, [word for word, other in instead.items() if not other]),
        elsewhere=_first(written, [o.word for o in asked if o.frequency and o.term not in held]),
        replaced=tuple(replaced[:MOST_WORDS]),
        suggestion=_with_replaced(question, dict(replaced)) if replaced else None,
    )


def with_near_miss(lacking: LackingWords, near: NearMiss | None) -> LackingWords:
    """Add what the passages speak of instead; what that says is not said again word by word."""
    if near is None:
        return lacking
    told = frozenset(_WORD.findall(near.asked))
    return replace(
        lacking,
        unknown=tuple(word for word in lacking.unknown if told.isdisjoint(_WORD.findall(word))),
        elsewhere=tuple(word for word in lacking.elsewhere if told.isdisjoint(_WORD.findall(word))),
        instead=((near.asked, near.found),),
    )


def _speaks(asked: AskedTerm) -> bool:
    return asked_factor(asked) >= _SUBSTANCE


def _weight(asked: AskedTerm, findings: Findings) -> float:
    rarity = inverse_frequency(asked.frequency, max(findings.chunk_count, 1))
    return rarity * asked_factor(asked)


def _as_documents_write(asked: AskedTerm, hits: Sequence[Hit]) -> str:
    """Return the word of the passages that a word is mistyped for, "" if there is none."""
    stand_ins = set(asked.stand_ins)
    found = Counter(
        word.lower()
        for hit in hits
        for word in _WORD.findall(_said(hit))
        if stem(fold(word)) in stand_ins
    )
    # Without its accents a word is as like, but seldom as often there.
    alike = {word: SequenceMatcher(None, asked.word, fold(word)).ratio() for word in found}
    best = max(sorted(found), key=lambda word: (alike[word], found[word]), default="")
    return best if alike.get(best, 0.0) >= _MISTYPED else ""


def _said(hit: Hit) -> str:
    return f"{hit.title}\n{hit.heading}\n{hit.text}"


def _first(written: dict[str, str], folded: Sequence[str]) -> tuple[str, ...]:
    return tuple(written.get(word, word) for word in folded[:MOST_WORDS])


def _with_replaced(question: str, replaced: dict[str, str]) -> str:
    return _WORD.sub(lambda found: replaced.get(found.group(), found.group()), question)
