"""The gate names each figure that misses, and refuses a gate that means nothing."""

import json
from pathlib import Path

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.rag_service.evaluation_gate import load_gate, missed

FIGURES = {
    "ndcg@10": 0.88,
    "latency_ms": {"p50": 4.0, "p95": 51.0},
    "answers": {"containment": None},
    "documents": 309,
}


def gate(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "limites.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


def names(tmp_path: Path, content: object) -> list[str]:
    return [miss.name for miss in missed(FIGURES, load_gate(gate(tmp_path, content)))]


def test_passes_on_and_within_the_bounds(tmp_path: Path) -> None:
    content = {"ndcg@10": 0.88, "latency_ms.p50": {"min": 1, "max": 4}, "documents": {"max": 309}}
    assert names(tmp_path, content) == []


def test_names_every_figure_that_misses(tmp_path: Path) -> None:
    content = {"ndcg@10": 0.881, "latency_ms.p95": {"max": 50}, "latency_ms.p50": {"max": 50}}
    assert names(tmp_path, content) == ["ndcg@10", "latency_ms.p95"]


def test_reads_nested_thresholds(tmp_path: Path) -> None:
    assert names(tmp_path, {"latency_ms": {"p95": {"max": 50}, "p50": 5}}) == [
        "latency_ms.p95",
        "latency_ms.p50",
    ]


def test_a_figure_that_was_not_measured_misses(tmp_path: Path) -> None:
    assert names(tmp_path, {"answers.containment": {"max": 1}}) == ["answers.containment"]


def test_refuses_a_figure_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="ndgc@10"):
        names(tmp_path, {"ndgc@10": 0.5})


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"ndcg@10": float("nan")},
        {"a": {"min": 2, "max": 1}},
        {"ndcg@10": "0.8"},
        {"ndcg@10": True},
        {"ndcg@10": {"min": "a"}},
        {"a": {}},
    ],
)
def test_refuses_what_is_no_threshold(tmp_path: Path, content: object) -> None:
    with pytest.raises(AppError) as caught:
        load_gate(gate(tmp_path, content))
    assert caught.value.code == "gate_invalid"
    assert "{{" not in caught.value.remedy


def test_refuses_what_is_not_json(tmp_path: Path) -> None:
    path = tmp_path / "limites.json"
    path.write_text("ndcg = 1", "utf-8")
    with pytest.raises(AppError, match="gate_invalid"):
        load_gate(path)
    with pytest.raises(AppError, match="path_not_found"):
        load_gate(tmp_path / "nada.json")
