"""The best passages found segment by segment are those that adding up every passage finds."""

import random

import numpy as np
import pytest

from cogep_assist.retrieval.best_words import best_passages
from cogep_assist.retrieval.lexical import TermPostings, score_passages
from cogep_assist.retrieval.owner_set import OwnerSet
from cogep_assist.retrieval.postings import pack
from cogep_assist.retrieval.weigh import Weighed

WORDS = ["comum", "frequente", "raro", "único", "outro"]
CHANCES = [0.9, 0.5, 0.03, 0.0005, 0.3]


@pytest.mark.parametrize("sizes", [[1], [30] * 40, [3000, 40, 7, 1200], [5000]])
@pytest.mark.parametrize("terms", [WORDS[:1], WORDS[2:4], WORDS[:4], ["ausente"]])
def test_finds_what_looking_at_every_passage_finds(sizes: list[int], terms: list[str]) -> None:
    chance = random.Random(len(sizes))
    weighed, total = Weighed({}, {term: 1.0 + len(term) / 9 for term in terms}, []), 0
    base = 0
    for size in sizes:
        packed = pack([_passage(chance) for _ in range(size)])
        total += packed.token_total
        for place, term in enumerate(packed.terms):
            if term in terms:
                part = slice(packed.bounds[place], packed.bounds[place + 1])
                one = TermPostings(base, packed.offsets[part], packed.codes[part])
                weighed.postings.setdefault(term, []).append(one)
        base += size
    scores = score_passages(weighed.postings, weighed.weights, chunk_count=base, token_total=total)
    numbers = np.flatnonzero(scores)
    # The best first, of equal ones the newest: equal but for the order in which terms are added.
    order = np.lexsort((-numbers, -np.round(scores[numbers], 4)))
    for count in (1, 40, 10_000):
        found = best_passages(weighed, base, total, count)
        assert found.scores.tolist() == pytest.approx(
            scores[numbers[order[:count]]].tolist(), rel=1e-4
        )
        assert len(set(found.numbers.tolist())) == len(found.numbers) == min(count, len(numbers))
        assert scores[found.numbers].tolist() == pytest.approx(found.scores.tolist(), rel=1e-4)
    # Of those that are wanted, the same ones in the same order.
    wanted = np.array([n % 3 == 0 for n in range(base)], dtype=bool)
    some = best_passages(weighed, base, total, 40, lambda given: wanted[given])
    every = best_passages(weighed, base, total, base)
    assert some.numbers.tolist() == every.numbers[wanted[every.numbers]][:40].tolist()
    if len(terms) == 1:
        assert (
            best_passages(weighed, base, total, 40).numbers.tolist() == numbers[order[:40]].tolist()
        )


def test_a_set_of_owners_holds_its_own_and_what_is_not_known() -> None:
    numbers = np.random.default_rng(3).integers(1, 2**64, 5_000, dtype=np.uint64)
    own = OwnerSet.of(numbers[:700].tobytes())
    asked = np.concatenate([numbers, np.zeros(2, dtype=np.uint64)])
    assert own.may_hold(asked).tolist() == [*[True] * 700, *[False] * 4_300, True, True]
    assert OwnerSet.of(b"").may_hold(asked).tolist() == [*[False] * 5_000, True, True]


def _passage(chance: random.Random) -> list[str]:
    words = [word for word, often in zip(WORDS, CHANCES, strict=True) if chance.random() < often]
    return words * chance.randint(1, 3) + ["resto"] * chance.randint(1, 30)
