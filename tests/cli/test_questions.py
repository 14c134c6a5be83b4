"""``cogep questions``: a set from a file, measured, shown, repeated, and gone."""

import json
from pathlib import Path

from cogep_command import Cogep

QUESTIONS = [
    {"id": "a", "text": "De quantos dias são as férias?", "answers": ["trinta dias"]},
    {"id": "b", "text": "Qual a raiz do hipopótamo lunar?", "impossible": True},
]


def _file(folder: Path, rows: list[dict[str, object]]) -> str:
    path = folder / "perguntas.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return str(path)


def test_a_set_is_kept_measured_twice_and_removed(cogep: Cogep, tmp_path: Path) -> None:
    document = tmp_path / "ferias.txt"
    document.write_text("As férias dos servidores são de trinta dias por ano.", "utf-8")
    assert cogep("ingest", str(document), "--wait", "--json").status == 0
    made = cogep("questions", "add", "Março", _file(tmp_path, QUESTIONS), "--every", "24", "--json")
    assert (made.json["questions"], made.json["every_hours"]) == (2, 24)
    measured = cogep("questions", "run", "Março", "--json").json
    assert measured["figures"]["answers"]["containment"] == 1.0
    again = cogep("questions", "run", made.json["id"][:13])
    assert again.status == 0, again.err
    assert "igual" in again.out
    assert len(cogep("questions", "runs", "Março", "--json").json["items"]) == 2
    assert "Março" in cogep("questions", "list").out
    assert "hipopótamo" in cogep("questions", "show", "Março").out
    assert cogep("questions", "schedule", "Março", "--json").json["every_hours"] is None
    assert cogep("questions", "remove", "Março").status == 0
    assert cogep("questions", "list", "--json").json["items"] == []
    assert "[question_set_not_found]" in cogep("questions", "show", "Março").err


def test_a_broken_line_is_named(cogep: Cogep, tmp_path: Path) -> None:
    path = _file(tmp_path, [*QUESTIONS, {"text": 7}])
    failed = cogep("questions", "add", "Abril", path)
    assert failed.status == 1
    assert "perguntas.jsonl, linha 3" in failed.err
    assert "[path_not_found]" in cogep("questions", "add", "Abril", "nada.jsonl").err
