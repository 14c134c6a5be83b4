"""Tell whether the passages hold an answer, or whether it is better to say that none was found.

Pure. The judgement is a logistic regression over what the question asks and the passages say; its
weights and threshold were learnt by ``bench/abstention.py`` on questions whose passage was there,
had been taken away, or belonged to another base.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cogep_assist.answering.extract import ExtractedAnswer
from cogep_assist.answering.frame_words import asked_factor, speaking
from cogep_assist.answering.near_miss import NearMiss, near_miss
from cogep_assist.answering.provisions import asked_provision, mentions
from cogep_assist.answering.question_type import Sought, sought, supplies
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.answering.written_words import written_words
from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit
from cogep_assist.retrieval.lexical import inverse_frequency
from cogep_assist.retrieval.portuguese import fold, other_number, stem, words

# Learnt on six sets of questions (ADR 0039); python bench/abstention.py DATA learns such weights.
WEIGHTS = {
    "bias": -2.859,
    "unknown": -1.244,
    "lack": -0.714,
    "answer_grams": 1.201,
    "window_share": 0.801,
    "window_evidence": 0.685,
    "names_missing": -0.551,
    "digits_missing": -1.037,
    "supplied": 0.315,
    "missing": -0.671,
    "sentence_evidence": 2.143,
    "sentence_grams": 0.059,
    "phrases": 1.156,
    "lead": 6.217,
    # Set beside the others, not learnt with them: the sets hold few questions of the kind (ADR 71).
    "another": -12.0,
    "uncounted": -12.0,
}
# Where about one answerable question in twenty of a set that was not learnt from stays unanswered.
# What spoke neither way on any set is not asked (docs/adr/0039).
THRESHOLD = 0.22
# The fewer passages there are, the more of a question's words stand in many of them or in none, and
# the less what is found weighs beside what is lacking: twice as many answers were doubted in bases
# of 30 to 120 passages. Words are weighed as if there were so many (docs/adr/0051).
_FEWEST = 600
# What a word that only stands in for an unknown one is worth.
_STAND_IN = 0.7
_NARROW, _WIDE = 10, 20
# How far ahead the best passage counts where no other document was found to compare it with.
_NO_RIVAL = 0.3
_MOST_LEAD = 1.5
# An answer to how much is a sum, or says that there is nothing to pay; to how many or how long, a
# number or a time.
_PAID = re.compile(
    r"\d,\d\d\b|\b(?:sem (?:custo|onus|cobranca|taxa)|isent|gratis|gratuit|de graca|livre"
    r"|nao (?:se )?(?:ha|paga|cobra|custa))"
)
_COUNTED = re.compile(r"\d")
_UNCOUNTED = {Sought.AMOUNT: _PAID, Sought.NUMBER: _COUNTED, Sought.DURATION: _COUNTED}
_WORD = re.compile(r"\w+")
# A word written large inside a sentence.
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to abstain, how likely the answer holds (0 to 1), and the words nobody knows.

    ``near`` is what the passages speak of instead, where the answer may be another's, and
    ``unanswered`` are the parts of the question that nothing answers, as they were typed.
    """

    abstain: bool
    confidence: float
    unknown_words: tuple[str, ...]
    near: NearMiss | None = None
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    term: AskedTerm
    weight: float


def judge(
    question: str, findings: Findings, answer: ExtractedAnswer, *, threshold: float = THRESHOLD
) -> Verdict:
    """Judge an answer by its question and all that was found.

    Without a passage, a sentence or a single word of the question in the collections, abstain.
    """
    asked = _asked(question, findings)
    unknown = _as_written(question, [one.term.word for one in asked if not one.term.frequency])
    known = any(one.term.frequency or one.term.stand_ins for one in asked)
    if not findings.hits or not answer.sentences or not known:
        return Verdict(True, 0.0, unknown)
    if answer.named:
        return Verdict(False, 1.0, unknown)
    provision = asked_provision(question)
    if provision and not any(mentions(provision, hit.text) for hit in findings.hits):
        return Verdict(True, 0.0, unknown)
    near = near_miss(question, findings, answer)
    found = features(question, findings, answer, near)
    odds = sum(WEIGHTS[name] * value for name, value in found.items())
    confidence = 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))
    return Verdict(confidence < threshold, round(confidence, 4), unknown, near)


def _as_written(question: str, folded: Sequence[str]) -> tuple[str, ...]:
    """Return words as the person wrote them, accents and all."""
    written = written_words(question)
    return tuple(written.get(word, word) for word in folded)


def features(
    question: str, findings: Findings, answer: ExtractedAnswer, near: NearMiss | None
) -> dict[str, float]:
    """Return what the judgement rests on, each about 0 to 1."""
    asked = _asked(question, findings)
    first = findings.hits[0]
    held = _held(first)
    rarest = inverse_frequency(1, max(findings.chunk_count, _FEWEST))
    best = max(answer.sentences, key=lambda one: _coverage(asked, _stems(one.quote)))
    # A sentence stands under its title and headings: what they say need not be said again.
    said = _stems(f"{best.hit.title}\n{best.hit.heading}\n{best.quote}")
    text = f"{first.title}\n{first.heading}\n{first.text}"
    weights = _weights(asked)
    wanted = sought(question)
    supplied = supplies(answer.text, wanted, question) if wanted is not Sought.OTHER else 0.5
    window = _window(text, weights, _NARROW) / (3 * rarest)
    return {
        "bias": 1.0,
        "unknown": sum(one.weight for one in asked if not one.term.frequency) / _total(asked),
        "lack": _evidence(asked, held, rarest, lacking=True),
        "answer_grams": _gram_share(question, answer.text),
        "window_share": _window(text, weights, _WIDE) / _total(asked),
        "window_evidence": min(window, 2.0),
        "names_missing": _names_missing(question, held),
        "digits_missing": _digits_missing(question, first),
        "supplied": supplied - 0.5,
        "missing": sum(not _holds(one.term, held) for one in asked) / len(asked),
        "sentence_evidence": _evidence(asked, said, rarest),
        "sentence_grams": _gram_share(question, best.quote),
        "phrases": _phrases(question, first.text),
        "lead": _ahead(findings.hits) * _coverage(asked, held) * min(window, _MOST_LEAD),
        "another": float(near is not None and near.surely),
        "uncounted": float(not supplied and _is_uncounted(wanted, answer.text)),
    }


def _is_uncounted(wanted: Sought, text: str) -> bool:
    """Tell whether a quantity is asked for and a text has none of any writing."""
    counted, folded = _UNCOUNTED.get(wanted), fold(text)
    if counted is None or counted.search(folded):
        return False
    return wanted is Sought.AMOUNT or not supplies(text, Sought.TIME, "")


def _asked(question: str, findings: Findings) -> list[_Asked]:
    about = asked_terms(question)
    terms = [term for term in findings.terms if term.term in about] or list(findings.terms)
    terms = speaking(question, terms)
    return [_Asked(term, _weight(term, findings.chunk_count)) for term in terms]


def _weight(term: AskedTerm, chunk_count: int) -> float:
    return inverse_frequency(term.frequency, max(chunk_count, _FEWEST)) * asked_factor(term)


def _held(hit: Hit) -> set[str]:
    return _stems(f"{hit.title}\n{hit.heading}\n{hit.text}")


def _stems(text: str) -> set[str]:
    said = words(text)
    return {*map(stem, said), *(other for other in map(other_number, said) if other)}


def _holds(term: AskedTerm, held: set[str]) -> float:
    if term.term in held:
        return 1.0
    return _STAND_IN if held.intersection(term.stand_ins) else 0.0


def _coverage(asked: Sequence[_Asked], held: set[str]) -> float:
    return sum(one.weight * _holds(one.term, held) for one in asked) / _total(asked)


def _evidence(
    asked: Sequence[_Asked], held: set[str], rarest: float, *, lacking: bool = False
) -> float:
    """Return how much the words that are held (or lacking) weigh, in the rarest words' weights."""
    shares = [_holds(one.term, held) for one in asked]
    weight = sum(
        one.weight * (1 - share if lacking else share)
        for one, share in zip(asked, shares, strict=True)
    )
    return min(weight / (3 * rarest), 2.0)


def _weights(asked: Sequence[_Asked]) -> dict[str, float]:
    """Return the weight of each term, or of the words that stand in for an unknown one."""
    weights = {one.term.term: one.weight for one in asked if one.term.frequency}
    for one in asked:
        for name in () if one.term.frequency else one.term.stand_ins:
            weights[name] = max(weights.get(name, 0.0), one.weight * _STAND_IN)
    return weights


def _window(text: str, weights: Mapping[str, float], width: int) -> float:
    """Return the weight of the distinct terms in the best run of so many words."""
    places = [(at, term) for at, term in enumerate(map(stem, words(text))) if term in weights]
    best = 0.0
    for first, (start, _) in enumerate(places):
        inside = {term for at, term in places[first : first + width] if at - start < width}
        best = max(best, sum(weights[term] for term in inside))
    return best


def _phrases(question: str, text: str) -> float:
    """Return the share of the question's words that the next one follows in the text as well."""
    asked, said = (_WORD.findall(fold(one)) for one in (question, text))
    there = set(pairwise(said))
    pairs = list(pairwise(asked))
    return sum(pair in there for pair in pairs) / len(pairs) if pairs else 0.0


def _ahead(hits: Sequence[Hit]) -> float:
    """Return how far the best passage is ahead of the best one of another document, 0 to 1.

    Alone it says more about the size of a base than about the answer: what nobody can answer finds
    one chance passage ahead of all others. It counts as far as the passage holds what was asked.
    """
    first = hits[0]
    rival = next((hit.score for hit in hits if hit.version_id != first.version_id), None)
    if rival is None or first.score <= 0:
        return _NO_RIVAL
    return min(max(1 - rival / first.score, 0.0), 1.0)


def _names_missing(question: str, held: set[str]) -> float:
    """Return the share of the names in a question that the passage does not have."""
    named = [word for name in _NAME.findall(question) for word in words(name)]
    missing = [word for word in named if stem(word) not in held]
    return len(missing) / len(named) if named else 0.0


def _digits_missing(question: str, hit: Hit) -> float:
    held = f"{hit.title}\n{hit.heading}\n{hit.text}"
    return float(any(digits not in held for digits in _DIGITS.findall(question)))


def _total(asked: Sequence[_Asked]) -> float:
    return sum(one.weight for one in asked) or 1.0


def _gram_share(question: str, text: str) -> float:
    """Return the share of the 4-letter pieces of the question's words that the text holds."""
    wanted = {
        word[place : place + 4]
        for word in words(question)
        for place in range(max(len(word) - 3, 1))
    }
    folded = fold(text)
    return sum(gram in folded for gram in wanted) / len(wanted) if wanted else 0.0
