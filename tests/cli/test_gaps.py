"""`cogep gaps` and `cogep conversations` on a real database."""

import asyncio
import json
from pathlib import Path

import pytest
from published import publish
from sqlalchemy.engine import URL

from cogep_assist.cli.app import run
from cogep_assist.core.db import Database, conninfo

Captured = pytest.CaptureFixture[str]
QUESTION = "Quem pode usar o estacionamento subterrâneo?"


@pytest.fixture(autouse=True)
def installation(database_url: URL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def one_document() -> None:
        database = Database(database_url)
        await publish(database, "A biblioteca abre às oito horas.", "Biblioteca")
        await database.close()

    asyncio.run(one_document())
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    monkeypatch.setenv("COGEP_DATA_DIR", str(tmp_path / "dados"))


def told(capsys: Captured, *arguments: str) -> dict:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_from_the_question_to_the_last_word_on_it(capsys: Captured) -> None:
    assert run(["gaps", "list"]) == 0
    assert "Nenhuma lacuna aberta" in capsys.readouterr().out
    for _ in range(2):
        assert run(["ask", QUESTION]) == 0
    (gap,) = told(capsys, "gaps", "list")["items"]
    assert (gap["asks"], gap["askers"], gap["collections"]) == (2, 1, ["geral"])
    assert run(["gaps", "list"]) == 0
    assert "subterrâneo" in " ".join(capsys.readouterr().out.split())
    assert run(["gaps", "show", gap["id"][:13]]) == 0
    said = capsys.readouterr().out
    assert "2x Quem pode usar" in said
    assert "sem resposta" in said
    assert told(capsys, "gaps", "dismiss", gap["id"])["status"] == "dismissed"
    assert run(["gaps", "dismiss", gap["id"]]) == 1
    assert "já não está aberta" in capsys.readouterr().err
    assert run(["gaps", "reopen", gap["id"]]) == 0
    assert told(capsys, "gaps", "show", gap["id"])["status"] == "open"
    assert run(["gaps", "show", "ffffffff"]) == 1
    conversations = told(capsys, "conversations", "list")["items"]
    assert [one["title"] for one in conversations] == [QUESTION, QUESTION]
    assert run(["conversations", "show", conversations[0]["id"]]) == 0
    assert "Não encontrei" in capsys.readouterr().out
    assert run(["conversations", "delete", conversations[0]["id"]]) == 0
    assert run(["conversations", "delete"]) == 2
    assert run(["conversations", "delete", "--all"]) == 0
    assert told(capsys, "gaps", "list")["items"] == []
    assert told(capsys, "conversations", "list")["items"] == []
