"""The figures against values worked out by hand."""

import math

import pytest

from cogep_assist.rag_service.evaluation_metrics import (
    contains_answer,
    mean,
    ndcg,
    percentile,
    recall,
    reciprocal_rank,
)

GRADES = {"a": 2.0, "b": 1.0, "c": 0.0}


def test_ndcg_of_graded_documents() -> None:
    ideal = 2 + 1 / math.log2(3)
    assert ndcg(["a", "b"], GRADES, 10) == 1.0
    assert ndcg(["b", "x", "a"], GRADES, 10) == pytest.approx((1 + 2 / 2) / ideal)
    assert ndcg(["b", "x", "a"], GRADES, 2) == pytest.approx(1 / ideal)
    assert ndcg(["x", "c"], GRADES, 10) == 0.0
    assert ndcg([], {}, 10) == 0.0


def test_the_ideal_is_cut_at_k_too() -> None:
    assert ndcg(["a", "b"], dict.fromkeys("abcdef", 1.0), 2) == 1.0


def test_reciprocal_rank() -> None:
    assert reciprocal_rank(["c", "b", "a"], GRADES, 10) == 0.5
    assert reciprocal_rank(["c", "x", "a"], GRADES, 2) == 0.0


def test_recall() -> None:
    assert recall(["a", "x", "b"], GRADES, 2) == 0.5
    assert recall(["a", "x", "b"], GRADES, 3) == 1.0
    assert recall(["a"], {}, 3) == 0.0


def test_mean_and_percentiles() -> None:
    assert mean([]) is None
    assert mean([0.0, 1.0]) == 0.5
    assert percentile([], 0.5) is None
    assert percentile([7], 0.95) == 7
    assert percentile([4, 1, 3, 2], 0.5) == 2.5
    assert percentile(range(101), 0.95) == 95


@pytest.mark.parametrize(
    ("text", "answers", "held"),
    [
        ("São 30 (trinta) dias de FÉRIAS.", ["ferias"], True),
        ("São 30 dias.", ["x", "30  dias"], True),
        ("São 300 dias.", ["30"], False),
        ("São 30 dias.", [], False),
        ("São 30 dias.", ["...", ""], False),
        ("Custa R$ 1.500,00", ["r$ 1.500,00"], True),
    ],
)
def test_contains_answer(text: str, answers: list[str], held: bool) -> None:
    assert contains_answer(text, answers) is held
