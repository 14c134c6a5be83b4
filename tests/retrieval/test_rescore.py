"""The second look: 4-grams and word pairs, against plain counting."""

import random
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.retrieval.folded_page import fold_page, page_words
from cogep_assist.retrieval.portuguese import STOPWORDS, fold, stem
from cogep_assist.retrieval.postings import Floats
from cogep_assist.retrieval.rescore import Place, fuse, gram_scores, legs, weighted

TEXTS = [
    "A licença-maternidade é paga pelo órgão.",
    "Licença para tratar de assuntos particulares; maternidade é outra coisa.",
    "Férias do servidor público federal.",
]


def rescored(question: str, texts: list[str], words: Floats, **options: Any) -> Floats:
    """Rank texts as the search does."""
    return fuse(*weighted(question, legs(question, texts, words, **options)))


def pair_scores(question: str, texts: list[str]) -> Floats:
    return legs(question, texts, np.zeros(len(texts), dtype=np.float32))["pairs"]


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


def test_a_long_question_finds_all_its_grams() -> None:
    """So many 4-grams that several share a slot of the table that they are looked up in."""
    chance = random.Random(3)
    made = ["".join(chance.choices("abcdefgilmnoprstuv", k=7)) for _ in range(300)]
    texts = [" ".join(chance.sample(made, 40)) for _ in range(12)]
    question = " ".join(made)[:2000]
    asked, held = plain_grams(question), [plain_grams(text) for text in texts]
    # The byte at either end of a text is no letter's neighbour: windows begin at its space.
    sizes = np.array([len(fold_page([text]).data) - 9 for text in texts])
    expected = np.zeros(len(texts))
    for gram, repeats in asked.items():
        counts = np.array([grams[gram] for grams in held])
        holders = (counts > 0).sum()
        idf = np.log1p((len(texts) - holders + 0.5) / (holders + 0.5))
        norm = 1.2 * (0.25 + 0.75 * sizes / sizes.mean())
        expected += idf * repeats * counts * 2.2 / (counts + norm)
    assert gram_scores(fold_page([question]), fold_page(texts)) == pytest.approx(expected, rel=1e-4)


def test_stopwords_are_left_out_and_what_begins_like_them_is_kept() -> None:
    longer = [f"{word}x" for word in sorted(STOPWORDS)]
    page = fold_page([" ".join(sorted(STOPWORDS)), " ".join(longer)])
    found = page_words(page).spelled()
    assert [word for word in found if word in longer] == longer
    assert {word for word in found if word in STOPWORDS} == {w for w in STOPWORDS if len(w) > 8}


def test_grams_reach_misspelt_words() -> None:
    scores = gram_scores(fold_page(["licemça maternidad"]), fold_page(TEXTS))
    assert np.argmax(scores) == 0
    assert scores[2] == scores.min()


def test_pairs_skip_stopwords_and_unite_forms() -> None:
    scores = pair_scores("servidores públicos", TEXTS)
    assert scores[2] > 0
    assert scores[:2].tolist() == [0.0, 0.0]
    scores = pair_scores("paga ao órgão", TEXTS)
    assert scores[0] > 0


def test_pairs_do_not_reach_over_the_end_of_a_text() -> None:
    texts = ["férias do servidor", "público federal"]
    assert pair_scores("servidor público", texts).tolist() == [0.0, 0.0]


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
    fused = rescored(question, TEXTS, words)
    assert np.isfinite(fused).all()
    assert np.argmax(fused) == 0


def test_odd_texts_are_taken() -> None:
    texts = ["", "\0\0", "🙂", "Привет мир", "a" * 5_000, "e\u0301 licenc\u0327a"]
    fused = rescored("licença", texts, np.ones(len(texts), np.float32))
    assert np.argmax(fused) == 5


def test_the_halves_of_a_document_speak_for_each_other() -> None:
    texts = [
        "A progressão funcional exige avaliação.",
        "O pedido segue para a Reitoria.",
        "A progressão do incêndio foi rápida.",
        "O interstício é de dois anos para o docente.",
    ]
    places = [Place("a", 0, 39), Place("b", 400, 431), Place("c", 400, 436), Place("a", 41, 85)]
    even = np.ones(len(texts), np.float32)
    question = "interstício da progressão funcional do docente"
    fused = rescored(question, texts, even, places=places)
    apart = [Place(n, 400, 500) for n in range(len(texts))]
    assert fused[3] > fused[2] > fused[1]
    assert fused[3] - fused[2] > np.subtract(*rescored(question, texts, even, places=apart)[[3, 2]])


def test_the_order_of_the_candidates_says_nothing() -> None:
    places = [Place("a", 50, 90), Place("b", 0, 60), Place("a", 0, 48)]
    scores = np.array([3.0, 2.0, 1.0], np.float32)
    turned = np.array([2, 0, 1])
    one = rescored("licença maternidade", TEXTS, scores, places=places)
    other = rescored(
        "licença maternidade",
        [TEXTS[n] for n in turned],
        scores[turned],
        places=[places[n] for n in turned],
    )
    assert other.tolist() == pytest.approx(one[turned].tolist())


def test_words_close_together_weigh_more_than_words_apart() -> None:
    filler = " ".join(f"palavra{n}" for n in range(30))
    texts = [f"Reajuste {filler} do aluguel social.", f"Reajuste do aluguel social. {filler}"]
    terms = {stem("reajuste"): 1.0, stem("aluguel"): 1.0}
    fused = rescored("reajuste e aluguel", texts, np.ones(2, np.float32), terms=terms)
    assert fused[1] > fused[0]


def test_a_word_that_stands_in_for_a_misspelt_one_counts_in_windows() -> None:
    texts = ["Férias do servidor.", "Férias do estagiário."]
    even = np.ones(2, np.float32)
    told = rescored(
        "xyzw ferias", texts, even, terms={stem("ferias"): 1.0, stem("estagiario"): 1.0}
    )
    assert told[1] > told[0]
    untold = rescored("xyzw ferias", texts, even)
    assert abs(untold[1] - untold[0]) < told[1] - told[0]


def test_a_named_topic_is_sought_where_texts_begin_and_a_question_anywhere() -> None:
    late = f"{'Outra matéria vem antes disto. ' * 9}Férias do servidor."
    texts = ["Férias do servidor. " + "Outra matéria vem depois. " * 9, late, "Nada disso."]
    scores = legs("Férias do servidor", texts, np.ones(3, dtype=np.float32))["early"]
    assert scores[0] > 1.5 * scores[1] > 0
    assert scores[2] == 0
    for question in ("Quais são as férias do servidor", "As férias do servidor são pagas?"):
        assert "early" not in legs(question, texts, np.ones(3, dtype=np.float32))
    assert legs("matéria", ["nada", "disso"], np.ones(2, dtype=np.float32))["early"].sum() == 0
