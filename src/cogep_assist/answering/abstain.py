"""Tell whether the passages hold an answer, or whether it is better to say that none was found.

Pure. The judgement is a logistic regression over what the question asks and the passages say; its
weights and threshold were learnt by ``bench/abstention.py`` on questions whose passage was there,
had been taken away, or belonged to another base.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cogep_assist.answering.extract import ExtractedAnswer
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit
from cogep_assist.retrieval.lexical import inverse_frequency
from cogep_assist.retrieval.portuguese import fold, stem, words

# python bench/abstention.py DATA
WEIGHTS = {
    "bias": -2.737,
    "answer_coverage": 0.107,
    "sentence_coverage": 0.107,
    "unknown": -0.632,
    "rarest_missing": -0.310,
    "evidence": 4.498,
    "lack": -1.740,
    "pairs": 2.437,
    "grams": 0.726,
    "answer_grams": 1.778,
}
# 0.5 leaves 5% of the answerable questions of the sets learnt from unanswered; on sets that it had
# not seen that became 10%, hence a little lower. What spoke neither way on any set is not asked:
# the best passage's share of the words, all passages' together, the kind of thing sought.
THRESHOLD = 0.42
# What a word that only stands in for an unknown one is worth.
_STAND_IN = 0.7


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to abstain, how likely the answer holds (0 to 1), and the words nobody knows."""

    abstain: bool
    confidence: float
    unknown_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    term: AskedTerm
    weight: float


def judge(question: str, findings: Findings, answer: ExtractedAnswer) -> Verdict:
    """Judge an answer by its question and all that was found.

    Without a passage, a sentence or a single word of the question in the collections, abstain.
    """
    asked = _asked(question, findings)
    unknown = tuple(one.term.word for one in asked if not one.term.frequency)
    known = any(one.term.frequency or one.term.stand_ins for one in asked)
    if not findings.hits or not answer.sentences or not known:
        return Verdict(True, 0.0, unknown)
    found = features(question, findings, answer)
    odds = sum(WEIGHTS[name] * value for name, value in found.items())
    confidence = 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))
    return Verdict(confidence < THRESHOLD, round(confidence, 4), unknown)


def features(question: str, findings: Findings, answer: ExtractedAnswer) -> dict[str, float]:
    """Return what the judgement rests on, each about 0 to 1."""
    asked = _asked(question, findings)
    first = findings.hits[0]
    held = _held(first)
    said = set(map(stem, words(" ".join(s.text for s in answer.sentences))))
    around = said | {
        stem(word) for s in answer.sentences for word in words(f"{s.hit.title} {s.hit.heading}")
    }
    rarest = max(asked, key=lambda one: one.weight)
    text = f"{first.title}\n{first.heading}\n{first.text}"
    return {
        "bias": 1.0,
        "answer_coverage": _coverage(asked, around),
        "sentence_coverage": _coverage(asked, said),
        "unknown": sum(one.weight for one in asked if not one.term.frequency) / _total(asked),
        "rarest_missing": 1.0 - _holds(rarest.term, held),
        "evidence": _evidence(asked, held, findings.chunk_count),
        "lack": _evidence(asked, held, findings.chunk_count, lacking=True),
        "pairs": _pair_share(question, text, otherwise=_coverage(asked, held)),
        "grams": _gram_share(question, text),
        "answer_grams": _gram_share(question, answer.text),
    }


def _asked(question: str, findings: Findings) -> list[_Asked]:
    about = asked_terms(question)
    terms = [term for term in findings.terms if term.term in about] or list(findings.terms)
    return [_Asked(t, inverse_frequency(t.frequency, findings.chunk_count)) for t in terms]


def _held(hit: Hit) -> set[str]:
    return set(map(stem, words(f"{hit.title}\n{hit.heading}\n{hit.text}")))


def _holds(term: AskedTerm, held: set[str]) -> float:
    if term.term in held:
        return 1.0
    return _STAND_IN if held.intersection(term.stand_ins) else 0.0


def _coverage(asked: Sequence[_Asked], held: set[str]) -> float:
    return sum(one.weight * _holds(one.term, held) for one in asked) / _total(asked)


def _evidence(
    asked: Sequence[_Asked], held: set[str], chunk_count: int, *, lacking: bool = False
) -> float:
    """Return how much the words that are held (or lacking) weigh, in the rarest words' weights."""
    shares = [_holds(one.term, held) for one in asked]
    weight = sum(
        one.weight * (1 - share if lacking else share)
        for one, share in zip(asked, shares, strict=True)
    )
    return min(weight / (3 * inverse_frequency(1, max(chunk_count, 2))), 2.0)


def _total(asked: Sequence[_Asked]) -> float:
    return sum(one.weight for one in asked) or 1.0


def _pair_share(question: str, text: str, *, otherwise: float) -> float:
    """Return the share of the question's neighbouring words that are neighbours in the text.

    A question of a single word has no neighbours: that it is there says as much.
    """
    wanted = set(pairwise(asked_terms(question)))
    if not wanted:
        return otherwise
    return len(wanted & set(pairwise(map(stem, words(text))))) / len(wanted)


def _gram_share(question: str, text: str) -> float:
    """Return the share of the 4-letter pieces of the question's words that the text holds."""
    wanted = {
        word[place : place + 4]
        for word in words(question)
        for place in range(max(len(word) - 3, 1))
    }
    folded = fold(text)
    return sum(gram in folded for gram in wanted) / len(wanted) if wanted else 0.0
