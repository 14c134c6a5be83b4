"""The second look: 4-grams and word pairs, against plain counting."""

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.retrieval.folded_page import fold_page, page_words
from cogep_assist.retrieval.portuguese import fold
from cogep_assist.retrieval.rescore import fuse, gram_scores, pair_scores, rescore

TEXTS = [
    "A licença-maternidade é paga pelo órgão.",
    "Licença para tratar de assuntos particulares; maternidade é outra coisa.",
    "Férias do servidor público federal.",
]


def plain_grams(text: str) -> Counter[str]:
    line = " " + " ".join(re.findall(r"[a-z0-9]+", fold(text))) + " "
    return Counter(line[at : at + 4] for at in range(len(line) - 3))


@given(st.lists(st.text(alphabet="abcçãé 1.-\n", max_size=40), min_size=1, max_size=5))
def test_a_page_holds_each_text_folded_and_alone(texts: list[str]) -> None:
    page = fold_page(texts)
    data = page.data.tobytes()[: int(page.bounds[-1]) + 1].decode("ascii")
    parts = data.split("\0")[1:-1]
    assert [part.split() for part in parts] == [
        re.findall(r"[a-z0-9]+", fold(text)) for text in texts
    ]
    assert page.count == len(texts)
    assert len(page.owners()) == int(page.bounds[-1])


def test_grams_are_counted_in_every_text() -> None:
    asked = plain_grams("licença maternidade")
    page = fold_page(TEXTS)
    windows = page.windows()
    for number, text in enumerate(TEXTS):
        own = windows[page.owners() == number]
        found = Counter(window.tobytes().decode("ascii") for window in own)
        held = plain_grams(text)
        assert all(found[gram] == held[gram] for gram in asked)


def test_grams_reach_misspelt_words() -> None:
    scores = gram_scores(fold_page(["licemça maternidad"]), fold_page(TEXTS))
    assert np.argmax(scores) == 0
    assert scores[2] == scores.min()


def test_pairs_skip_stopwords_and_unite_forms() -> None:
    scores = pair_scores(fold_page(["servidores públicos"]), fold_page(TEXTS))
    assert scores[2] > 0
    assert scores[:2].tolist() == [0.0, 0.0]
    scores = pair_scores(fold_page(["paga ao órgão"]), fold_page(TEXTS))
    assert scores[0] > 0


def test_pairs_do_not_reach_over_the_end_of_a_text() -> None:
    page = fold_page(["férias do servidor", "público federal"])
    assert pair_scores(fold_page(["servidor público"]), page).tolist() == [0.0, 0.0]


def test_words_of_a_page_are_those_of_its_texts() -> None:
    found = page_words(fold_page(TEXTS)).spelled()
    assert list(pairwise(found))[:2] == [("licenca", "maternidade"), ("maternidade", "paga")]


def test_legs_are_brought_to_one_scale() -> None:
    fused = fuse((np.array([10.0, 5.0], np.float32), 1.0), (np.array([0.0, 0.2], np.float32), 1.0))
    assert fused.tolist() == pytest.approx([0.5, 0.75])
    assert fuse((np.zeros(2, np.float32), 1.0)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("question", ["", "?", "a\0b", "🙂", "x" * 9_000, "é" * 3_000])
def test_odd_questions_leave_the_words_in_charge(question: str) -> None:
    words = np.array([3.0, 2.0, 1.0], np.float32)
    fused = rescore(question, TEXTS, words)
    assert np.isfinite(fused).all()
    assert np.argmax(fused) == 0


def test_odd_texts_are_taken() -> None:
    texts = ["", "\0\0", "🙂", "Привет мир", "a" * 5_000, "e\u0301 licenc\u0327a"]
    fused = rescore("licença", texts, np.ones(len(texts), np.float32))
    assert np.argmax(fused) == 5
    assert len(rescore("licença", [], np.zeros(0, np.float32))) == 0
