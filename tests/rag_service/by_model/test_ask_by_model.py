"""POST /ask with a language model: a real local server speaks, the API checks what it says."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from api import Api, running_api
from asked_model import GOOD, QUESTION, read_events, stored
from chat_server import ChatServer
from local_web import reply as whole
from published import publish

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    Answer,
    Conversation,
    ModelTransfer,
    Role,
)


async def test_what_the_passages_hold_is_told_with_its_source(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    server.says(
        f"{GOOD} O adicional de férias é de um terço da remuneração. [1] Elas podem ser vendidas "
        "ao banco [1]. O adicional é de 50% [2]. O registro de ponto é eletrônico [1]."
    )
    ana = await api.client(Role.AGENT)
    body = (await ana.post("/ask", json={"question": QUESTION})).json()
    assert body["mode"] == "generative", body
    assert body["notice"] is None
    assert [sentence["text"] for sentence in body["sentences"]] == [
        "Os servidores têm 30 dias de férias por ano.",
        "O adicional de férias é de um terço da remuneração.",
        "O registro de ponto é eletrônico.",
    ]
    assert [sentence["citations"] for sentence in body["sentences"]] == [[1], [2], [3]]
    assert body["citations"][2]["document_id"] == str(base[1]), "a wrong citation is mended"
    for citation in body["citations"]:
        path = f"/documents/{citation['document_id']}/versions/{citation['version']}/text"
        text = (await ana.get(path)).text
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    (answer,) = await stored(api, Answer)
    assert (answer.model, answer.mode.value) == ("modelo-local", "generative")
    assert answer.prompt_version
    (sent,) = await stored(api, ModelTransfer)
    assert (sent.host, sent.kind.value, sent.items) == ("127.0.0.1", "chat", 2)
    assert sent.request_id
    assert QUESTION in server.prompts[0]
    assert "As férias dos servidores são de trinta dias" in server.prompts[0]


async def test_a_part_that_a_model_leaves_open_is_named(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    server.says(GOOD)
    ana = await api.client(Role.AGENT)
    asked = "Quantos dias de férias têm os servidores e quem assina?"
    body = (await ana.post("/ask", json={"question": asked})).json()
    assert body["mode"] == "generative", body
    assert body["lacking"]["unanswered"] == ["quem assina"]
    assert body["notice"]["code"] == "answer_partial"
    assert "“quem assina”" in body["notice"]["message"]


async def test_streams_checked_sentences_as_they_come(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    server.says(
        f"{GOOD} Invento que são 90 dias [1].\n- Elas podem ser divididas em até 3 etapas [1]."
    )
    ana = await api.client(Role.AGENT)
    reply = await ana.post("/ask", json={"question": QUESTION, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    told = read_events(reply.text)
    names = [name for name, _ in told]
    assert names == ["sources", "sources", "delta", "sources", "delta", "done"]
    whole = told[-1][1]
    assert "".join(data["text"] for name, data in told if name == "delta") == whole["answer"]
    assert "90 dias" not in reply.text
    assert told[0][1]["citations"] == []
    assert told[0][1]["closest"][0]["document_id"] == str(base[0])
    assert told[3][1]["citations"] == whole["citations"]
    again = (await ana.get("/openapi.json")).json()
    assert "notice" in again["components"]["schemas"]["AskReply"]["properties"]


FAILING = [
    ("refuses", "llm_refused"),
    ("dies", "llm_unavailable"),
    ("errs", "llm_failed"),
    ("babbles", "llm_response_invalid"),
    ("stops", "llm_interrupted"),
]


@pytest.mark.parametrize(("how", "code"), FAILING)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_model_that_fails_gives_way_to_the_documents(
    api: Api, server: ChatServer, base: list[UUID], how: str, code: str, stream: bool
) -> None:
    {
        "refuses": lambda: server.replies(b"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n"),
        "dies": lambda: server.replies(b""),
        "errs": lambda: server.sends(b'data: {"error": "x"}\n\n'),
        "babbles": lambda: server.sends(b"<html>"),
        "stops": lambda: server.sends(b"data: {"),
    }[how]()
    ana = await api.client(Role.AGENT)
    reply = await ana.post("/ask", json={"question": QUESTION, "stream": stream})
    assert reply.status_code == 200
    body = read_events(reply.text)[-1][1] if stream else reply.json()
    assert body["mode"] == "extractive"
    assert "trinta dias" in body["answer"]
    assert body["notice"]["code"] == code
    assert "extraída dos documentos" in body["notice"]["message"]
    (answer,) = await stored(api, Answer)
    assert answer.notice_code == code


async def test_replies_meant_to_harm_give_way_to_the_documents_and_nothing_is_followed(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    events = ("Content-Type: text/event-stream",)
    bomb = gzip.compress(b"data: " + bytes(20_000_000), 1)
    harmful: dict[str, Callable[[], None]] = {
        "a bomb": lambda: server.replies(whole(200, bomb, *events, "Content-Encoding: gzip")),
        "an endless line": lambda: server.sends(b"data: " + b"x" * 10_000_000),
        "a page": lambda: server.replies(whole(200, b"<html>oi</html>", "Content-Type: text/html")),
        "no text": lambda: server.replies(whole(200, b"\x80\xff\x00" * 99, *events)),
        "a way inside": lambda: server.replies(
            whole(302, b"", "Location: http://169.254.169.254/latest/meta-data")
        ),
        "other json": lambda: server.sends(b'data: {"choices": [{"delta": ["x"]}]}\n\n'),
        "an error": lambda: server.replies(whole(500, b"Traceback (most recent call last)")),
    }
    ana = await api.client(Role.AGENT)
    for name, play in harmful.items():
        play()
        asked = await ana.post("/ask", json={"question": QUESTION, "stream": True})
        body = read_events(asked.text)[-1][1]
        assert (body["mode"], body["abstained"]) == ("extractive", False), (name, body)
        assert body["notice"]["code"].startswith("llm_"), (name, body["notice"])
        assert "trinta dias" in body["answer"], name
        assert "Traceback" not in asked.text, name


async def test_what_was_told_before_an_interruption_stands(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    server.sends(
        b'data: {"choices":[{"delta":{"content":"As f\xc3\xa9rias dos servidores s\xc3\xa3o de '
        b'trinta dias por ano [1]. Elas podem"}}]}\n\n'
    )
    ana = await api.client(Role.AGENT)
    body = (await ana.post("/ask", json={"question": QUESTION})).json()
    assert body["answer"] == "As férias dos servidores são de trinta dias por ano."
    assert (body["mode"], body["notice"]["code"]) == ("generative", "llm_interrupted")


async def test_an_answer_that_is_cut_loses_its_last_sentence(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    server.says(f"{GOOD} O adicional de férias corresponde a um terço", finish="length")
    ana = await api.client(Role.AGENT)
    body = (await ana.post("/ask", json={"question": QUESTION})).json()
    assert [s["text"] for s in body["sentences"]] == [
        "Os servidores têm 30 dias de férias por ano."
    ]
    assert body["notice"]["code"] == "llm_answer_cut"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("NÃO ENCONTREI", None),
        ("Não encontrei.", None),
        ("", None),
        ("As férias são de 90 dias [1].", "llm_nothing_supported"),
        ("<think>As férias são de trinta dias [1].</think>NÃO ENCONTREI", None),
    ],
)
async def test_where_nothing_stands_it_abstains(
    api: Api, server: ChatServer, base: list[UUID], said: str, code: str | None
) -> None:
    server.says(said)
    ana = await api.client(Role.AGENT)
    reply = await ana.post("/ask", json={"question": QUESTION, "stream": True})
    body = read_events(reply.text)[-1][1]
    assert body["abstained"] is True
    assert body["sentences"] == body["citations"] == []
    assert body["closest"][0]["document_id"] == str(base[0])
    assert (body["notice"] or {}).get("code") == code
    deltas = [data["text"] for name, data in read_events(reply.text) if name == "delta"]
    assert "".join(deltas) == body["answer"]


async def test_where_nothing_is_found_the_model_is_not_asked(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    ana = await api.client(Role.AGENT)
    body = (await ana.post("/ask", json={"question": "xilofone quântico zumbi?"})).json()
    assert body["abstained"] is True
    assert not server.asked
    assert await stored(api, ModelTransfer) == []


async def test_a_provider_that_is_not_own_is_refused_with_its_reason(
    server: ChatServer, settings: Settings, database: Database, base: list[UUID]
) -> None:
    given = {"llm_url": server.url, "llm_model": "m"}
    async with running_api(settings.model_copy(update=given), database) as api:
        ana = await api.client(Role.AGENT)
        body = (await ana.post("/ask", json={"question": QUESTION})).json()
    assert (body["mode"], body["notice"]["code"]) == ("extractive", "llm_provider_not_own")
    assert "própria organização" in body["notice"]["message"]
    assert server.web.connections == 0


async def test_an_external_model_answers_behind_the_registry_without_seeing_whom(
    server: ChatServer, settings: Settings, database: Database
) -> None:
    text = "Dúvidas sobre férias são com Tânia Guimarães Corrêa, CPF 529.982.247-25."
    await publish(database, text, "Contatos")

    def says(asked: dict[str, Any]) -> str:
        prompt = asked["messages"][-1]["content"]
        start = prompt.index("Dúvidas sobre")
        return prompt[start : prompt.index("\n", start)].rstrip(".") + " [1]."

    server.says(says, piece=5)
    given = {"llm_url": server.url, "llm_model": "m", "llm_provider": "external"}
    async with running_api(settings.model_copy(update=given), database) as api:
        ana = await api.client(Role.AGENT)
        question = {"question": "Dúvidas sobre férias são com quem?"}
        refused = (await ana.post("/ask", json=question)).json()
        assert (refused["mode"], refused["notice"]["code"]) == (
            "extractive",
            "provider_not_registered",
        )
        assert server.web.connections == 0
        provider = {"host": "127.0.0.1", "legal_entity": "Modelos", "country": "BR"}
        provider |= {"mechanism": "domestic", "valid_until": "2099-12-31", "contract": "1"}
        dpo = await api.client(Role.DPO)
        assert (await dpo.post("/lgpd/providers", json=provider)).status_code == 201
        body = (await ana.post("/ask", json=question)).json()
        (sent,) = (await dpo.get("/lgpd/transfers")).json()["items"]
    assert (body["mode"], body["answer"]) == ("generative", text)
    seen = server.web.hits[0].body.decode()
    assert not [value for value in ("Tânia", "Corrêa", "529.982", "24725") if value in seen]
    assert (sent["country"], sent["mechanism"]) == ("BR", "domestic")
    assert sent["replaced"]["cpf"] == 1


async def test_a_key_gets_one_answer_however_often_it_is_asked(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    ana = await api.client(Role.AGENT)
    headers = {"Idempotency-Key": "pergunta-1"}
    asking = [ana.post("/ask", json={"question": QUESTION}, headers=headers) for _ in range(3)]
    first = await asyncio.gather(*asking)
    again = await ana.post("/ask", json={"question": QUESTION}, headers=headers)
    assert len({reply.text for reply in (*first, again)}) == 1
    assert len(await stored(api, Answer)) == len(await stored(api, Conversation)) == 1
    asked = len(server.asked)
    await ana.post("/ask", json={"question": QUESTION}, headers=headers)
    assert len(server.asked) == asked
    other = await ana.post("/ask", json={"question": "Outra?"}, headers=headers)
    assert other.json()["error"]["code"] == "idempotency_key_reused"
