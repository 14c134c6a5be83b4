"""Runs beside each other: paired, repeatable, and never more certain than the questions allow."""

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.rag_service.evaluation_compare import compare_runs
from cogep_assist.rag_service.evaluation_curves import abstention_curve, rank_curve


def run(values: list[float], name: str = "ndcg@10") -> dict[str, object]:
    return {"questions": {f"p{n}": {name: value} for n, value in enumerate(values)}}


def test_a_rise_on_nearly_every_question_is_certain() -> None:
    (found,) = compare_runs(run([0.5] * 40), run([0.6] * 36 + [0.5] * 4))
    assert (found.name, found.questions, found.before) == ("ndcg@10", 40, 0.5)
    assert found.change == pytest.approx(0.09)
    assert found.low <= found.change <= found.high
    assert found.certain


def test_a_handful_of_questions_is_never_certain() -> None:
    (found,) = compare_runs(run([1.0]), run([0.0]))
    assert (found.low, found.high, found.certain) == (-1.0, -1.0, False)
    assert compare_runs(run([1.0] * 6), run([0.0] * 6))[0].certain


def test_one_question_up_and_one_down_is_chance() -> None:
    (found,) = compare_runs(run([0.0, 1.0, 0.5]), run([1.0, 0.0, 0.5]))
    assert found.change == 0
    assert not found.certain
    assert compare_runs(run([0.0, 1.0, 0.5]), run([1.0, 0.0, 0.5])) == [found]


def test_questions_and_figures_of_one_run_alone_are_left_out() -> None:
    before = {"questions": {"a": {"ndcg@10": 1.0}, "b": {"ndcg@10": 0.0}}}
    now = {"questions": {"b": {"ndcg@10": 1.0, "containment": 1.0, "confidence": 0.9}, "c": {}}}
    (found,) = compare_runs(before, now)
    assert (found.questions, found.before, found.now) == (1, 0.0, 1.0)


@pytest.mark.parametrize(
    "broken", [{}, [], {"questions": []}, {"questions": {"a": 1}}, {"questions": {"a": {"b": "c"}}}]
)
def test_what_is_no_run_is_refused(broken: object) -> None:
    with pytest.raises(AppError) as refused:
        compare_runs(broken, run([1.0]))  # type: ignore[arg-type]
    assert refused.value.code == "evaluation_run_invalid"


def test_runs_of_other_questions_are_refused() -> None:
    with pytest.raises(AppError) as refused:
        compare_runs({"questions": {"x": {"ndcg@10": 1.0}}}, run([1.0]))
    assert refused.value.code == "evaluation_runs_differ"


def test_the_rank_curve_counts_the_first_right_document() -> None:
    points = rank_curve(run([1.0, 0.5, 0.0, 0.1], "mrr@10"))
    assert points[0] == (1.0, 0.25)
    assert points[1] == (2.0, 0.5)
    assert points[-1] == (10.0, 0.75)
    assert rank_curve(run([1.0], "containment")) == []


def test_the_abstention_curve_runs_from_none_to_all() -> None:
    questions = {
        "a": {"confidence": 0.9},
        "b": {"confidence": 0.4},
        "c": {"confidence": 0.2, "impossible": 1.0},
        "d": {"confidence": 0.6, "impossible": 1.0},
    }
    points = abstention_curve({"questions": questions})
    assert points[0] == (0.0, 0.0)
    assert points[-1] == (1.0, 1.0)
    assert (0.0, 0.5) in points
    assert abstention_curve({"questions": {"a": {"confidence": 0.9}}}) == []
