"""What is taken, by what it is worth and what it takes of the room."""

import numpy as np
import pytest

from cogep_assist.answering.choice import MOST_CHARACTERS, PRICE, Piece, choose
from cogep_assist.answering.unit_scores import Candidate

QUESTION = "Qual o prazo?"


def taken(texts: list[str], scores: list[float], price: float = PRICE) -> list[int]:
    """Return the places of what is taken, of sentences that follow each other in a passage."""
    pieces = [Piece(0, (place,), whole_list=False) for place in range(len(texts))]
    whole = " ".join(texts)
    candidates = [Candidate(text, "", "", 0, 1.0, whole, whole.index(text)) for text in texts]
    chosen = choose(QUESTION, pieces, candidates, np.array(scores), price)
    return [pieces.index(one.piece) for one in chosen]


def long(word: str, length: int) -> str:
    return f"O {' '.join(f'{word}{n}' for n in range(length // (len(word) + 3)))}."


def test_of_two_that_are_worth_the_same_the_short_one_goes_first() -> None:
    texts = [long("prazo", 380), "São dez dias.", "Conta-se da ciência."]
    assert taken(texts, [5.0, 4.8, 4.5]) == [1, 2]
    assert taken(texts, [5.0, 4.8, 4.5], price=0.0) == [0, 1]
    assert taken(texts, [9.0, 4.8, 4.5])[0] == 0


@pytest.mark.parametrize(
    ("scores", "before", "wanted"),
    [
        # Nearly the best, it comes whatever it leans on ...
        ([9.0, 1.0, 8.0], long("prova", 390), [0, 2]),
        # ... and further down only beside that.
        ([9.0, 1.0, 6.5], long("prova", 390), [0]),
        ([9.0, 1.0, 6.5], "A prova vem em abril.", [0, 2, 1]),
        # What the best one leans on comes before anything else.
        ([6.0, 8.0, 9.0], "A prova vem em abril.", [2, 1, 0]),
    ],
)
def test_what_leans_on_another_sentence(
    scores: list[float], before: str, wanted: list[int]
) -> None:
    texts = ["O auxílio sai em dez dias.", before, "Sem ela, perde-se tudo."]
    assert taken(texts, scores) == wanted


def test_what_is_far_below_the_best_joins_nothing() -> None:
    assert taken(["São dez dias.", "Chove em abril."], [9.0, 4.9]) == [0]
    assert taken(["São dez dias.", "Chove em abril."], [9.0, 5.1]) == [0, 1]


def test_no_cell_is_cut_off_a_row() -> None:
    """A row that has no room beside others is left out; the best one comes whole, however long."""
    rows = [
        f"Cargo: {name} | Destino: {' '.join(f'capital{n}' for n in range(22))} | Prazo: 5 dias"
        for name in ("Diretor", "Chefe", "Técnico")
    ]
    long_one = f"{rows[0]} | Notas: {' '.join(f'ressalva{n}' for n in range(30))}"
    assert len(rows[0]) * 2 > MOST_CHARACTERS - 30 > len(rows[0])
    assert len(long_one) > MOST_CHARACTERS
    for texts in (rows, [long_one, rows[1]]):
        pieces = [Piece(0, (place,), whole_list=False) for place in range(len(texts))]
        whole = "\n".join(texts)
        candidates = [
            Candidate(text, "", "", 0, 1.0, whole, whole.index(text), prose=False) for text in texts
        ]
        scores = np.linspace(9.0, 8.0, len(texts))
        chosen = choose(QUESTION, pieces, candidates, scores, 0.0)
        assert chosen[0].piece is pieces[0]
        assert all(one.cut is None for one in chosen)
