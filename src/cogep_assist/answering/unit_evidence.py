"""What a unit, and its passage so far, say of the question, weighed by the whole base. Pure.

Among the few passages that were found the question's subject is common and a chance word rare; in
the base it is the other way round.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from cogep_assist.answering.frame_words import frame_factor
from cogep_assist.answering.question_type import Sought
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.lexical import inverse_frequency
from cogep_assist.retrieval.portuguese import fold, stem, words

# What a question names: a word written large inside it, or a number.
_NAMED = re.compile(r"(?<!^)\b[A-ZÀ-Þ][\w’'-]+|\d+(?:[.,]\d+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=\s)[A-ZÀ-Þ][\w’'-]+")
_FACTS = (
    ((Sought.TIME,), _NUMBER),
    ((Sought.NUMBER, Sought.AMOUNT, Sought.DURATION), _NUMBER),
    ((Sought.PERSON,), _NAME),
)
_MOST_NEW = 3


def term_rarity(findings: Findings) -> dict[str, float]:
    """Return idf of each term of a question in the collections; 0 where nothing holds it."""
    return {
        asked.term: inverse_frequency(asked.frequency, findings.chunk_count) * bool(asked.frequency)
        for asked in findings.terms
    }


def subject_weights(
    asked: Iterable[str], rarity: Mapping[str, float] | None, passages: Sequence[frozenset[str]]
) -> dict[str, float]:
    """Return what each term of a question weighs; words that only frame it weigh little.

    Without ``rarity`` the passages stand for the base.
    """
    known = rarity or {}
    return {
        term: frame_factor(term) * (known[term] if term in known else _idf(term, passages))
        for term in asked
    }


def share(held: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return the share of the weights whose terms are held."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def named_terms(question: str) -> frozenset[str]:
    """Return the terms of the names and numbers in a question."""
    return frozenset(stem(word) for name in _NAMED.findall(question) for word in words(name))


def named_share(named: frozenset[str], held: frozenset[str]) -> float:
    """Return the share of the names that are held, 1 where nothing is named."""
    return len(named & held) / len(named) if named else 1.0


def said_around(
    units: Sequence[frozenset[str]],
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return for each unit of a passage the terms up to its end, and those of the next unit."""
    so_far = accumulate(units, lambda said, unit: said | unit)
    return list(zip(so_far, [*units[1:], frozenset[str]()], strict=True))


def new_facts(texts: Sequence[str], question: str, wanted: Sought) -> NDArray[np.float64]:
    """Return how much of what is asked for each text tells and the question does not, 0 to 1.

    Numbers where a time is asked for; numbers where an amount, a duration or a number is; names
    where a person is. A column for each of these, with zeros where something else is asked for.
    """
    given = fold(question)
    found = np.zeros((len(texts), len(_FACTS)))
    for column, (kinds, pattern) in enumerate(_FACTS):
        if wanted in kinds:
            new = [sum(fold(f) not in given for f in pattern.findall(text)) for text in texts]
            found[:, column] = np.minimum(new, _MOST_NEW) / _MOST_NEW
    return found


def _idf(term: str, passages: Sequence[frozenset[str]]) -> float:
    return inverse_frequency(sum(term in held for held in passages), len(passages))
