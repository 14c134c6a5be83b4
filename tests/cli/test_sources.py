"""`cogep sources` on a real database, with nobody else at work."""

import json
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from cogep_assist.cli.app import run
from cogep_assist.core.db import conninfo

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(database_url: URL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    made = (tmp_path / "abertas" / "manuais").resolve()
    made.mkdir(parents=True)
    for number in range(6):
        (made / f"norma-{number}.md").write_text(f"A norma {number} fala de férias.", "utf-8")
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    monkeypatch.setenv("COGEP_DATA_DIR", str(tmp_path / "dados"))
    monkeypatch.setenv("COGEP_FOLDER_ROOTS", f"{tmp_path / 'outras'},{made.parent}")
    return made


def add(folder: Path, capsys: Captured, *options: str) -> str:
    assert run(["sources", "add", str(folder), "--json", *options]) == 0
    made = json.loads(capsys.readouterr().out)
    return str(made["id"])


def shown(source: str, capsys: Captured) -> dict[str, object]:
    capsys.readouterr()
    assert run(["sources", "show", source, "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_from_the_first_visit_to_the_last_word(folder: Path, capsys: Captured) -> None:
    source = add(folder, capsys, "--schedule", "a cada 6 horas", "--misses", "1")
    assert run(["sources", "run", source[:13]]) == 0
    assert "Visita feita" in capsys.readouterr().out
    assert run(["sources", "run", source]) == 0
    assert shown(source, capsys)["documents"] == 6
    for number in range(2):
        (folder / f"norma-{number}.md").unlink()
    assert run(["sources", "run", source, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "Contariam como ausentes: 2" in said
    assert "norma-1.md" in said
    assert run(["sources", "run", source]) == 0
    assert shown(source, capsys)["held_retirements"] == 2
    assert run(["sources", "show", source]) == 0
    said = capsys.readouterr().out
    assert f"cogep sources confirm {source}" in said
    assert "ausente há 1 visita" in said
    assert run(["sources", "confirm", source]) == 0
    assert shown(source, capsys)["retired"] == 2
    assert run(["sources", "remove", source]) == 0
    capsys.readouterr()
    assert run(["documents", "list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["items"]) == 4


def test_the_list_reads_well(folder: Path, capsys: Captured) -> None:
    assert run(["sources", "list"]) == 0
    assert "cogep sources add" in capsys.readouterr().out
    source = add(folder, capsys, "--schedule", "toda segunda e quinta às 8h30")
    assert run(["sources", "pause", source]) == 0
    capsys.readouterr()
    assert run(["sources", "list"]) == 0
    said = capsys.readouterr().out
    assert "toda segunda e quinta às 08:30" in said
    assert "em pausa" in said
    assert run(["sources", "resume", source]) == 0
    assert shown(source, capsys)["paused_at"] is None


def test_a_dry_run_follows_nothing(folder: Path, capsys: Captured) -> None:
    assert run(["sources", "add", str(folder), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "Entrariam na base: 6" in said
    assert run(["sources", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": []}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "/etc"], "source_folder_not_allowed"),
        (["add", "https://a.example/", "--schedule", "logo"], "schedule_not_understood"),
        (["show", "abc"], "source_not_found"),
        (["run", "xyz"], "id_invalid"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments: list[str], code: str, capsys: Captured) -> None:
    assert run(["sources", *arguments]) == 1
    assert f"[{code}]" in capsys.readouterr().err
