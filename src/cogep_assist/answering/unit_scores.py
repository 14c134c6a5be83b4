"""How well each unit of the found passages supports an answer to the question. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cogep_assist.answering.question_type import Sought, sought, supplies
from cogep_assist.answering.unit_evidence import (
    named_share,
    named_terms,
    new_facts,
    said_around,
    share,
    subject_weights,
)
from cogep_assist.retrieval.folded_page import fold_page
from cogep_assist.retrieval.portuguese import other_number, stem, words
from cogep_assist.retrieval.rescore import gram_scores

# Log odds that a unit holds the answer, per feature; bench/answers.py learns and prints them, but
# for "defines": the sets it learns from ask too few definitions.
WEIGHTS = {
    "coverage": 2.01,
    "grams": 3.27,
    "passage": 3.61,
    "best_passage": 0.46,
    "context": 1.76,
    "before": -0.88,
    "sought": 1.18,
    "short": 0.67,
    "long": 0.1,
    "question": -3.42,
    "defines": 3.0,
    "subject": 0.71,
    "subject_before": 1.35,
    "subject_so_far": 1.4,
    "subject_next": 0.25,
    "named": -0.51,
    "named_passage": 1.69,
    "second_passage": 0.26,
    "new_time": 1.6,
    "new_number": 1.28,
    "new_names": 0.53,
}
# What people wrap a question in says nothing about its subject.
_WRAPPING_TEXT = """
faco fazer faz fazem posso podem pode devo deve devem preciso precisa quero queria gostaria saber
existe existem tenho consigo possivel favor acontece ocorre
significa significado sigla definicao conceito dizer quer chama cento
"""
_WRAPPING = frozenset(_WRAPPING_TEXT.split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit with what surrounds it; ``passage_score`` compares its passage with the best one.

    ``whole`` is the text of its passage, where it begins at ``start``. ``prose`` goes on from what
    stands before it; a row or an item does not. ``lead`` is the length of its title or header.
    """

    text: str
    context: str
    before: str
    passage: int
    passage_score: float
    whole: str
    start: int
    prose: bool = True
    lead: int = 0


def support(
    question: str, candidates: Sequence[Candidate], rarity: Mapping[str, float] | None = None
) -> NDArray[np.float64]:
    """Return how well each candidate answers, in log odds; only their differences mean anything.

    ``rarity`` is the idf of the question's terms in the base.
    """
    rows = features(question, candidates, rarity)
    scores: NDArray[np.float64] = rows @ np.array([*WEIGHTS.values()])
    return scores


def features(
    question: str, candidates: Sequence[Candidate], rarity: Mapping[str, float] | None = None
) -> NDArray[np.float64]:
    """Return a row per candidate, a column per weight, about 0 to 1."""
    asked = asked_terms(question)
    held = [_stems(c.text) for c in candidates]
    weights = _weights(asked, held)
    coverage = [share(one, weights) for one in held]
    before = [_stems(c.before) for c in candidates]
    contexts = {c.context: _stems(c.context) for c in candidates}
    around = [
        share(contexts[c.context] | said | own, weights)
        for c, said, own in zip(candidates, before, held, strict=True)
    ]
    page = fold_page([c.text for c in candidates])
    asked_page = fold_page([question[:2_000]])
    wanted = sought(question)
    supplied = [supplies(c.text, wanted, question) for c in candidates]
    sizes = np.array([len(c.text) for c in candidates], dtype=float)
    return np.column_stack(
        [
            coverage,
            _scaled(gram_scores(asked_page, page)),
            [c.passage_score for c in candidates],
            [float(c.passage == 0) for c in candidates],
            np.array(around) - np.array(coverage),
            [share(said, weights) for said in before],
            supplied,
            sizes < 40,
            np.clip(sizes / 400, 0, 2),
            [float(c.text.rstrip().endswith("?")) for c in candidates],
            [float(wanted is Sought.DEFINITION and supply == 1.0) for supply in supplied],
            _evidence(question, candidates, held, before, rarity),
            new_facts([c.text for c in candidates], question, wanted),
        ]
    )


def _evidence(
    question: str,
    candidates: Sequence[Candidate],
    held: Sequence[frozenset[str]],
    before: Sequence[frozenset[str]],
    rarity: Mapping[str, float] | None,
) -> NDArray[np.float64]:
    """Return what each candidate and its passage say of what the question is about."""
    first = {c.passage: c for c in reversed(candidates)}
    contexts = {place: _stems(c.context) for place, c in first.items()}
    passages = {place: contexts[place] | _stems(c.whole) for place, c in first.items()}
    weights = subject_weights(asked_terms(question), rarity, [*passages.values()])
    named = named_terms(question)
    around = _around(candidates, held)
    return np.array(
        [
            [
                share(own, weights),
                share(own | said, weights),
                share(so_far | contexts[c.passage], weights),
                share(following, weights),
                named_share(named, own),
                named_share(named, passages[c.passage]),
                float(c.passage == 1),
            ]
            for c, own, said, (so_far, following) in zip(
                candidates, held, before, around, strict=True
            )
        ]
    )


def _around(
    candidates: Sequence[Candidate], held: Sequence[frozenset[str]]
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return for each candidate the terms of its passage up to its end, and of what follows."""
    none = frozenset[str]()
    found = [(own, none) for own in held]
    prose = [n for n, candidate in enumerate(candidates) if candidate.prose]
    order = sorted(prose, key=lambda n: (candidates[n].passage, candidates[n].start))
    for _, group in groupby(order, key=lambda n: candidates[n].passage):
        places = list(group)
        for place, told in zip(places, said_around([held[n] for n in places]), strict=True):
            found[place] = told
    return found


def asked_terms(question: str) -> Counter[str]:
    """Return the terms that a question is about, without what it is wrapped in."""
    asked = words(question)
    about = [word for word in asked if word not in _WRAPPING]
    return Counter(stem(word) for word in about or asked)


def _stems(text: str) -> frozenset[str]:
    said = words(text)
    others = (other_number(word) for word in said)
    return frozenset([*map(stem, said), *(other for other in others if other)])


def _weights(asked: Counter[str], held: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return idf of the question's terms among the candidates."""
    count = len(held)
    return {
        term: math.log1p((count - n + 0.5) / (n + 0.5))
        for term, n in ((term, sum(term in one for one in held)) for term in asked)
    }


def _scaled(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    greatest = scores.max(initial=0.0)
    return scores / greatest if greatest > 0 else scores
