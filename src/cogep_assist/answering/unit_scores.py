"""How well each unit of the found passages supports an answer to the question. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cogep_assist.answering.question_type import Sought, sought, supplies
from cogep_assist.retrieval.folded_page import fold_page
from cogep_assist.retrieval.portuguese import stem, words
from cogep_assist.retrieval.rescore import gram_scores, pair_scores

# Log odds that a unit holds the answer, per feature; bench/answers.py learns and prints them, but
# for "defines": the sets it learns from ask too few definitions.
WEIGHTS = {
    "words": 1.34,
    "coverage": 2.2,
    "grams": 3.08,
    "pairs": 0.21,
    "passage": 3.48,
    "best_passage": 0.9,
    "context": 2.42,
    "before": 0.11,
    "sought": 1.3,
    "short": 0.33,
    "long": 0.38,
    "question": -0.27,
    "defines": 3.0,
}
# What people wrap a question in says nothing about its subject.
_WRAPPING_TEXT = """
faco fazer faz fazem posso podem pode devo deve devem preciso precisa quero queria gostaria saber
existe existem tenho consigo possivel favor acontece ocorre
significa significado sigla definicao conceito dizer quer chama
"""
_WRAPPING = frozenset(_WRAPPING_TEXT.split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit with what surrounds it; ``passage_score`` compares its passage with the best one."""

    text: str
    context: str
    before: str
    passage: int
    passage_score: float


def support(question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    """Return how well each candidate answers, in log odds; only their differences mean anything."""
    scores: NDArray[np.float64] = features(question, candidates) @ np.array([*WEIGHTS.values()])
    return scores


def features(question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    """Return a row per candidate, a column per weight, about 0 to 1."""
    asked = asked_terms(question)
    held = [Counter(stem(word) for word in words(c.text)) for c in candidates]
    weights = _weights(asked, held)
    word_scores = _bm25(held, weights)
    coverage = [_coverage(one, weights) for one in held]
    around = [
        _coverage(_stems(c.context) | _stems(c.before) | set(h), weights)
        for c, h in zip(candidates, held, strict=True)
    ]
    before = [_coverage(_stems(c.before), weights) for c in candidates]
    page = fold_page([c.text for c in candidates])
    asked_page = fold_page([question[:2_000]])
    wanted = sought(question)
    supplied = [supplies(c.text, wanted, question) for c in candidates]
    sizes = np.array([len(c.text) for c in candidates], dtype=float)
    return np.column_stack(
        [
            _scaled(np.array(word_scores)),
            coverage,
            _scaled(gram_scores(asked_page, page)),
            _scaled(pair_scores(asked_page, page)),
            [c.passage_score for c in candidates],
            [float(c.passage == 0) for c in candidates],
            np.array(around) - np.array(coverage),
            before,
            supplied,
            sizes < 40,
            np.clip(sizes / 400, 0, 2),
            [float(c.text.rstrip().endswith("?")) for c in candidates],
            [float(wanted is Sought.DEFINITION and supply == 1.0) for supply in supplied],
        ]
    )


def asked_terms(question: str) -> Counter[str]:
    """Return the terms that a question is about, without what it is wrapped in."""
    asked = words(question)
    about = [word for word in asked if word not in _WRAPPING]
    return Counter(stem(word) for word in about or asked)


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}


def _weights(asked: Counter[str], held: Sequence[Counter[str]]) -> dict[str, float]:
    """Return idf of the question's terms among the candidates."""
    count = len(held)
    return {
        term: math.log1p((count - n + 0.5) / (n + 0.5))
        for term, n in ((term, sum(term in one for one in held)) for term in asked)
    }


def _coverage(held: Counter[str] | set[str], weights: dict[str, float]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _bm25(held: Sequence[Counter[str]], weights: dict[str, float]) -> list[float]:
    mean = max(sum(one.total() for one in held) / max(len(held), 1), 1.0)
    return [
        sum(
            weight * 2.2 * one[term] / (one[term] + 1.2 * (0.25 + 0.75 * one.total() / mean))
            for term, weight in weights.items()
            if term in one
        )
        for one in held
    ]


def _scaled(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    greatest = scores.max(initial=0.0)
    return scores / greatest if greatest > 0 else scores
