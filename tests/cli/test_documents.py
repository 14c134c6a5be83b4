"""``cogep documents`` and ``cogep collections``."""

import asyncio

import pytest
from cogep_command import Cogep
from published import publish
from sqlalchemy.engine import URL

from cogep_assist.core.db import Database

LEAVE = "As férias dos servidores são de trinta dias por ano."


@pytest.fixture
def document(cogep: Cogep, database_url: URL) -> str:
    async def work() -> str:
        database = Database(database_url, pool_size=1)
        made = await publish(database, LEAVE, "Guia de férias", collection="rh")
        await database.close()
        return str(made)

    return asyncio.run(work())


def test_lists_documents(cogep: Cogep, document: str) -> None:
    shown = cogep("documents", "list")
    assert document in shown.out
    assert "Guia de férias" in shown.out
    (listed,) = cogep("documents", "list", "-c", "rh", "--json").json["items"]
    assert (listed["id"], listed["version"], listed["chunks"]) == (document, 1, 1)


def test_an_empty_base_says_what_to_do(cogep: Cogep) -> None:
    assert "cogep ingest" in cogep("documents", "list").out
    assert "cogep ingest" in cogep("collections", "list").out


def test_shows_a_document_and_what_it_says(cogep: Cogep, document: str) -> None:
    shown = cogep("documents", "show", document[:20])
    assert "Guia de férias" in shown.out
    assert "1 (atual)" in shown.out
    assert cogep("documents", "show", document, "--text").out == LEAVE + "\n"
    told = cogep("documents", "show", document, "--version", "1", "--json").json
    assert told["text"] == LEAVE
    failed = cogep("documents", "show", document, "--version", "2")
    assert (failed.status, "[version_not_found]" in failed.err) == (1, True)


def test_takes_a_document_out_of_the_answers_and_back(cogep: Cogep, document: str) -> None:
    assert "saiu das respostas" in cogep("documents", "hide", document[:20]).out
    assert "já estava fora" in cogep("documents", "hide", document).out
    assert cogep("search", "férias", "--json").json["results"] == []
    (out,) = cogep("documents", "list", "--hidden", "--json").json["items"]
    assert (out["id"], out["hidden"]) == (document, True)
    assert "Confira o que pediu" in cogep("documents", "list", "--used").out
    assert cogep("documents", "unhide", document, "--json").json["hidden"] is False
    assert cogep("search", "férias", "--json").json["results"]


def test_removes_a_document_for_good(cogep: Cogep, document: str) -> None:
    refused = cogep("documents", "delete", document)
    assert (refused.status, "[confirmation_needed]" in refused.err) == (1, True)
    assert cogep("documents", "list", "--json").json["items"]
    assert "foi removido" in cogep("documents", "delete", document, "--yes").out
    assert cogep("documents", "list", "--json").json["items"] == []
    assert cogep("search", "férias", "--json").json["results"] == []
    again = cogep("documents", "delete", document, "--yes")
    assert (again.status, "[document_removed]" in again.err) == (1, True)


@pytest.mark.parametrize("answer", ["n", "", "talvez"])
def test_only_a_yes_removes(
    cogep: Cogep, document: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    kept = cogep("documents", "delete", document)
    assert (kept.status, "Nada foi removido." in kept.out) == (1, True)
    monkeypatch.setattr("builtins.input", lambda _: "Sim")
    assert cogep("documents", "delete", document).status == 0


@pytest.mark.parametrize("text", ["xyz", "00000000-0000-7000-8000-000000000000"])
@pytest.mark.parametrize("act", ["show", "delete"])
def test_a_document_that_is_none_is_refused(cogep: Cogep, act: str, text: str) -> None:
    assert cogep("documents", act, text).status == 1


def test_sets_who_reads_a_collection(cogep: Cogep, document: str) -> None:
    assert "só a equipe" in cogep("collections", "list").out
    assert cogep("collections", "set", "rh", "--visibility", "public").status == 0
    (listed,) = cogep("collections", "list", "--json").json["items"]
    assert (listed["name"], listed["visibility"], listed["documents"]) == ("rh", "public", 1)
    assert cogep("collections", "set", "nova", "-v", "internal", "--json").json["created"] is True


def test_a_bad_collection_is_refused(cogep: Cogep) -> None:
    failed = cogep("collections", "set", "Não Pode", "-v", "public")
    assert (failed.status, "[collection_name_invalid]" in failed.err) == (1, True)
    assert cogep("collections", "set", "rh", "-v", "secreta").status == 2
