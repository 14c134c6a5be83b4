"""``cogep ask`` with a language model: sentence by sentence on a terminal, whole elsewhere."""

import asyncio
import io
from collections.abc import Iterator

import pytest
from chat_server import ChatServer, chat_server_beside
from cogep_command import Cogep
from published import publish
from rich.console import Console
from sqlalchemy.engine import URL

from cogep_assist.cli import ask as command
from cogep_assist.core.db import Database

TEXT = (
    "As férias dos servidores são de trinta dias por ano.\n\nO adicional é de um terço do salário."
)
QUESTION = "Quantos dias de férias têm os servidores?"
SAID = "Os servidores têm 30 dias de férias por ano [1]. Invento 90 dias [1]."


@pytest.fixture
def server(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    async def put() -> None:
        database = Database(database_url, pool_size=1)
        await publish(database, TEXT, "Guia de férias")
        await database.close()

    asyncio.run(put())
    with chat_server_beside() as running:
        running.says(SAID)
        monkeypatch.setenv("COGEP_LLM_URL", running.url)
        monkeypatch.setenv("COGEP_LLM_MODEL", "modelo-local")
        monkeypatch.setenv("COGEP_LLM_PROVIDER", "own")
        yield running


def test_a_checked_answer_with_its_sources(cogep: Cogep, server: ChatServer) -> None:
    shown = cogep("ask", QUESTION)
    assert shown.status == 0
    assert "Os servidores têm 30 dias de férias por ano. [1]" in shown.out
    assert "90 dias" not in shown.out
    assert "[1] Guia de férias" in shown.out
    assert cogep("ask", QUESTION, "--json").json["mode"] == "generative"


def test_a_terminal_is_told_as_it_comes_and_once(
    cogep: Cogep, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, no_color=True, width=120)
    monkeypatch.setattr(command, "out", lambda: console)
    assert cogep("ask", QUESTION).status == 0
    assert screen.getvalue().count("30 dias") == 1
    assert "Fontes" in screen.getvalue()
    server.replies(b"")
    assert cogep("ask", QUESTION).status == 0
    assert screen.getvalue().count("são de trinta dias por ano. [1]") == 1
    assert "não está disponível" in screen.getvalue()
