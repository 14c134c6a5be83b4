"""The nearest known words to one that nobody knows."""

import random

import pytest

from cogep_assist.retrieval.postings import pack
from cogep_assist.retrieval.vocabulary import (
    index_words,
    nearest,
    packed_vocabulary,
    read_vocabulary,
)

KNOWN = ["aposentador", "conexa", "feri", "licenc", "maternidad", "servidor"]


def test_a_slip_finds_its_word() -> None:
    assert list(nearest("aposentdor", [index_words(KNOWN)])) == ["aposentador"]
    assert list(nearest("licensc", [index_words(KNOWN)])) == ["licenc"]
    assert nearest("servidor", [index_words(KNOWN)]) == {"servidor": 1.0}


def test_similarity_is_jaccard_of_trigrams() -> None:
    # "  a", " ab", "abc", "bc " against "  a", " ab", "abd", "bd ": 2 of 6.
    assert nearest("abc", [index_words(["abd"])]) == {}
    # "  a", " ab", "abc", "bcd", "cd " against "  a", " ab", "abc", "bc ": 3 of 6.
    assert nearest("abcd", [index_words(["abc"])]) == {"abc": pytest.approx(0.5)}


def test_the_nearest_are_those_of_plain_counting() -> None:
    chance = random.Random(5)
    known = ["".join(chance.choices("aeolst", k=chance.randint(3, 7))) for _ in range(400)]
    known = list(dict.fromkeys(known))
    parts = [index_words(known[:150]), index_words(known[150:]), index_words([])]

    def grams(word: str) -> set[str]:
        return {f"  {word} "[at : at + 3] for at in range(len(word) + 1)}

    for asked in chance.sample(known, 40):
        word = asked[1:] + "a"
        alike = {
            other: len(grams(word) & grams(other)) / len(grams(word) | grams(other))
            for other in known
        }
        best = sorted(alike.items(), key=lambda pair: (-pair[1], pair[0]))
        near = {other: share for other, share in best[:3] if share >= 0.4}
        assert nearest(word, parts) == pytest.approx(near), word


def test_three_at_most_and_each_once() -> None:
    many = index_words([f"palavra{ending}" for ending in ("a", "b", "c", "d", "e")])
    found = nearest("palavra", [many, many])
    assert len(found) == 3
    assert list(found.values()) == sorted(found.values(), reverse=True)


@pytest.mark.parametrize("word", ["", "ab", "12345", "x" * 30, "Привет"])
def test_what_is_no_word_has_no_neighbours(word: str) -> None:
    assert nearest(word, [index_words(KNOWN)]) == {}


def test_an_empty_vocabulary() -> None:
    assert nearest("ferias", [read_vocabulary(b""), index_words(["12", "a"])]) == {}


def test_a_large_segment_keeps_only_words_seen_twice() -> None:
    small = pack([["ferias", "unico", "42"], ["ferias"]])
    assert packed_vocabulary(small) == b"ferias\nunico"
    large = pack([["ferias", "unico"]] + [["ferias"]] * 5_000)
    assert packed_vocabulary(large) == b"ferias"


def test_a_word_is_no_slip_for_the_one_that_it_denies() -> None:
    known = [index_words(["empregado", "desempenho", "regular"])]
    assert "empregado" not in nearest("desempregado", known)
    assert "regular" not in nearest("irregular", known)
    assert "empregado" in nearest("enpregado", known)
