"""Tell whether two questions mean the same, by their words alone. Pure and deterministic."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cogep_assist.answering.question_type import Sought, sought
from cogep_assist.rag_service.followup_topic import Word
from cogep_assist.rag_service.followup_words import ATTRIBUTES, EMPTY
from cogep_assist.retrieval.portuguese import fold, stem, words

# Learnt by hand on the pairs of tests/rag_service/question_pairs.txt.
SAME_INTENT = 0.71
MOST_TERMS = 24
_FRAME_WEIGHT = 0.25
_ATTRIBUTE_WEIGHT = 0.8
_GRAM = 4
_GRAM_SHARE = 0.4
# Asking for different things of one topic: its deadline is not its price.
_OTHER_SOUGHT = 0.7
# Each names a thing that the other does not: the boleto is not the badge.
_OTHER_THING = 0.75
_VERB_WEIGHT = 0.5
_VAGUE = frozenset({Sought.OTHER, Sought.LIST})
_ALIKE = {Sought.DURATION: Sought.TIME, Sought.AMOUNT: Sought.NUMBER}


@dataclass(frozen=True, slots=True)
class Intent:
    """A question in weighed stems and 4-letter pieces, and the kind of thing it seeks."""

    stems: Mapping[str, float]
    grams: Mapping[str, float]
    sought: Sought

    @property
    def terms(self) -> list[str]:
        """The stems by which like questions are found, in a fixed order; empty if it names none."""
        return sorted(term for term, weight in self.stems.items() if weight > _FRAME_WEIGHT)


def read_intent(question: str) -> Intent:
    """Return what a question is compared by."""
    found = list(dict.fromkeys(words(question)))[:MOST_TERMS]
    weights = {word: _weight(word) for word in found}
    stems: dict[str, float] = {}
    grams: Counter[str] = Counter()
    for word, weight in weights.items():
        stems[stem(word)] = max(weight, stems.get(stem(word), 0.0))
        for gram in _grams(word):
            grams[gram] += weight  # type: ignore[assignment]
    return Intent(stems, dict(grams), sought(question))


def similarity(one: Intent, other: Intent) -> float:
    """Return how alike two questions are, 0 to 1.

    The cosine of their stems and of their 4-letter pieces, less where they seek other things.
    """
    alike = (1 - _GRAM_SHARE) * _cosine(one.stems, other.stems)
    alike += _GRAM_SHARE * _cosine(one.grams, other.grams)
    if not _seek_alike(one, other):
        alike *= _OTHER_SOUGHT
    return alike * _OTHER_THING if _name_different_things(one, other) else alike


def _weight(word: str) -> float:
    if word in EMPTY or fold(word) in EMPTY:
        return _FRAME_WEIGHT
    if word in ATTRIBUTES:
        return _ATTRIBUTE_WEIGHT
    return _VERB_WEIGHT if Word(word, 0, len(word), breaks=False).is_verb else 1.0


def _grams(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[place : place + _GRAM] for place in range(max(len(padded) - _GRAM + 1, 1))]


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    shared = math.fsum(weight * other[key] for key, weight in one.items() if key in other)
    if not shared:
        return 0.0
    return shared / math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))


def _seek_alike(one: Intent, other: Intent) -> bool:
    if one.sought in _VAGUE or other.sought in _VAGUE:
        return True
    return _ALIKE.get(one.sought, one.sought) is _ALIKE.get(other.sought, other.sought)


def _name_different_things(one: Intent, other: Intent) -> bool:
    def own(mine: Intent, others: Intent) -> bool:
        return any(
            weight >= 1.0 and term not in others.stems for term, weight in mine.stems.items()
        )

    return own(one, other) and own(other, one)
