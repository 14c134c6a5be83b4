"""The sets of questions that the judgement of answers is learnt from, read by the bench."""

import json
import random
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(autouse=True)
def bench_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    for name in ("asked_sets", "passages", "questions"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_a_set_is_read_in_either_layout_and_made_small(tmp_path: Path) -> None:
    from asked_sets import read_set, small_base

    asked = [{"id": f"q{n}", "question": f"Questão {n}?", "answers": [{"text": "a"}]} for n in "12"]
    impossible = {"id": "q3", "question": "Há?", "answers": [], "is_impossible": True}
    paragraphs = [
        {"context": "Um.", "qas": [asked[0], impossible]},
        {"context": "Dois.", "qas": [asked[1]]},
    ]
    squad = tmp_path / "conjunto.json"
    squad.write_text(json.dumps({"data": [{"title": "A", "paragraphs": paragraphs}]}))
    whole = read_set(squad)
    assert whole.passages == [("A-0", "Um."), ("A-1", "Dois.")]
    assert whole.grades == {"q1": {"A-0": 1}, "q2": {"A-1": 1}}
    folder = tmp_path / "beir"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text('{"id": "A-0", "text": "Um."}\n')
    (folder / "queries.jsonl").write_text('{"id": "q1", "text": "Questão 1?"}\n')
    (folder / "qrels.tsv").write_text("q\td\tg\nq1\tA-0\t1\n")
    small = small_base(whole, 1, random.Random(1))
    assert len(small.passages) == len(small.questions) == 1
    assert small.grades == {small.questions[0][0]: {small.passages[0][0]: 1}}
    assert read_set(folder).questions == [("q1", "Questão 1?")]
