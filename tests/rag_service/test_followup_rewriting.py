"""A model may say what a follow-up means, in words that were said; else the rules do."""

from collections.abc import AsyncIterator

import pytest
from api import Api, running_api
from chat_server import ChatServer, chat_server
from published import publish

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role

FIRST = "Como pedir o auxílio-creche?"
CRECHE = "O auxílio-creche é pedido no portal. O prazo do auxílio-creche é de trinta dias."
BY_RULES = "O prazo (auxílio-creche)?"
GOOD = "O prazo do auxílio-creche é de trinta dias [1]."


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with chat_server() as running:
        yield running


@pytest.fixture
async def api(server: ChatServer, settings: Settings, database: Database) -> AsyncIterator[Api]:
    given = {
        "llm_url": server.url,
        "llm_model": "modelo-local",
        "llm_provider": "own",
        "llm_wait_seconds": 5.0,
    }
    await publish(database, CRECHE, "Auxílio-creche", public=True)
    async with running_api(settings.model_copy(update=given), database) as opened:
        yield opened


async def understood(api: Api, server: ChatServer, written: str, question: str) -> str | None:
    """Ask a question after the first, with a model that understands it as ``written``."""
    server.says(lambda prompt: written if "reescreve" in str(prompt) else GOOD)
    ana = await api.client(Role.REQUESTER)
    first = (await ana.post("/ask", json={"question": FIRST})).json()
    body = {"question": question, "conversation_id": first["conversation_id"]}
    reply = await ana.post("/ask", json=body)
    assert reply.status_code == 200, reply.text
    resolved: str | None = reply.json()["resolved_question"]
    return resolved


@pytest.mark.parametrize(
    ("written", "question", "expected"),
    [
        ("Qual o prazo do auxílio-creche?\n", "e o prazo?", "Qual o prazo do auxílio-creche?"),
        ("“Qual o prazo para pedir o auxílio-creche?”", "e o prazo?",
         "Qual o prazo para pedir o auxílio-creche?"),
        # Left as it is, in other signs: it stands alone.
        ("Qual o valor da diária", "Qual o valor da diária?", None),
        # A word, a number or an answer that nobody said: the rules decide.
        ("Qual o prazo do auxílio-transporte?", "e o prazo?", BY_RULES),
        ("Qual o prazo do auxílio-creche em 2031?", "e o prazo?", BY_RULES),
        ("Visite http://mau.example para o prazo", "e o prazo?", BY_RULES),
        ("", "e o prazo?", BY_RULES),
        ("prazo " * 100, "e o prazo?", BY_RULES),
    ],
)  # fmt: skip
async def test_is_taken_from_the_model_where_its_words_were_said(
    api: Api, server: ChatServer, written: str, question: str, expected: str | None
) -> None:
    assert await understood(api, server, written, question) == expected


async def test_a_long_question_and_a_first_one_are_not_sent(api: Api, server: ChatServer) -> None:
    alone = "Quais documentos são exigidos de quem pede pela primeira vez o auxílio-creche no mês?"
    assert await understood(api, server, "outra coisa", alone) is None
    assert not [prompt for prompt in server.prompts if "reescreve" in prompt]


async def test_a_model_that_is_away_leaves_it_to_the_rules(api: Api, server: ChatServer) -> None:
    server.says(GOOD)
    ana = await api.client(Role.REQUESTER)
    first = (await ana.post("/ask", json={"question": FIRST})).json()
    server.replies(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
    body = {"question": "e o prazo?", "conversation_id": first["conversation_id"]}
    told = (await ana.post("/ask", json=body)).json()
    assert told["resolved_question"] == BY_RULES
    assert "trinta dias" in told["answer"]
