"""What clients of OpenAI's send that has no meaning here, too much of it, and how they leave."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from api import Api, running_api
from asked_model import GOOD, QUESTION, publish_base, stored, with_model
from chat_server import ChatServer, chat_server
from published import publish
from served import served

from cogep_assist.core.access import create_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Answer, Role

ASKED = [{"role": "user", "content": QUESTION}]
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
TOOL = {"type": "function", "function": {"name": "abrir", "parameters": {"type": "object"}}}
FORM = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Olá"}, IMAGE]}]},
        "unsupported_value",
        "messages[0].content[1].type",
    ),
    ({"messages": [{"role": "user", "content": []}]}, "invalid_value", "messages"),
    ({"messages": [{"role": "user", "content": "  \n"}]}, "invalid_value", "messages"),
    ({"messages": [{"role": "assistant", "content": "oi"}]}, "invalid_value", "messages"),
    ({"messages": [{"role": "rei", "content": "oi"}]}, "invalid_value", "messages[0].role"),
    ({"messages": "oi"}, "invalid_value", "messages"),
    ({"tools": [TOOL], "tool_choice": "required"}, "unsupported_parameter", "tool_choice"),
    (
        {"tool_choice": {"type": "function", "function": {"name": "abrir"}}},
        "unsupported_parameter",
        "tool_choice",
    ),
    ({"response_format": FORM}, "unsupported_value", "response_format"),
    ({"extra_body": {"modalities": ["text", "audio"]}}, "unsupported_value", "modalities"),
    ({"extra_body": {"audio": {"voice": "x"}}}, "unsupported_parameter", "audio"),
    ({"n": -1}, "invalid_value", "n"),
    ({"max_completion_tokens": -3}, "invalid_value", "max_completion_tokens"),
    ({"max_tokens": "muitos"}, "invalid_value", "max_tokens"),
    ({"model": ""}, "invalid_value", "model"),
    ({"messages": [*ASKED, {"role": "user", "content": "é" * 600_000}]}, "body_too_large", None),
]


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with chat_server() as running:
        running.says(GOOD)
        yield running


@pytest.fixture
async def api(server: ChatServer, settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(with_model(settings, server), database) as opened:
        await publish_base(database)
        yield opened


async def key_of(api: Api, role: Role) -> str:
    async with api.database.begin() as session:
        return await create_key(session, f"chave de {role.value}", role)


async def test_what_cannot_be_had_is_refused_in_openais_form(api: Api, server: ChatServer) -> None:
    key = await key_of(api, Role.AGENT)
    async with (
        served(api) as address,
        openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as client,
    ):
        for options, code, param in REFUSED:
            asked = {"model": "cogep", "messages": ASKED, **options}
            with pytest.raises(openai.BadRequestError) as caught:
                await client.chat.completions.create(**asked)
            told = caught.value
            named = (code, param, "invalid_request_error")
            assert (told.code, told.param, told.type) == named, (str(options)[:200], told.body)
            # In Portuguese, and of use: "O valor de “n” não serve: use de 1 a 16."
            message = told.body["message"]  # type: ignore[index]
            assert re.search(r"\b(?:não|passa)\b", message), message
            assert message.endswith("."), message
        assert await stored(api, Answer) == []
        assert not server.asked, "the model is not asked for what is refused"


async def test_keys_of_other_reach_get_other_answers(api: Api, server: ChatServer) -> None:
    # Whoever asks, the model would tell.
    server.says("A senha do cofre fica com Conceição [1].")
    await publish(api.database, "A senha do cofre fica com Conceição.", "Cofre", collection="rh")
    await publish(
        api.database, "O cofre abre às nove horas.", "Horário", collection="aberta", public=True
    )
    asked = [{"role": "user", "content": "Com quem fica a senha do cofre?"}]
    told = {}
    async with served(api) as address:
        for role in (Role.AGENT, Role.REQUESTER):
            key = await key_of(api, role)
            async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=key) as client:
                whole = await client.chat.completions.create(model="cogep", messages=asked)
                stream = await client.chat.completions.create(
                    model="cogep", messages=asked, stream=True
                )
                pieces = [c.choices[0].delta.content or "" async for c in stream if c.choices]
                told[role] = (whole.choices[0].message.content or "") + "".join(pieces)
    assert told[Role.AGENT].count("Conceição") == 2
    assert "Conceição" not in told[Role.REQUESTER]
    assert "Cofre" not in told[Role.REQUESTER]


@pytest.mark.parametrize("stream", [True, False])
async def test_who_hangs_up_holds_nothing(api: Api, server: ChatServer, stream: bool) -> None:
    server.hangs("As férias dos servidores são de trinta dias por ano [1]. Elas ")
    key = await key_of(api, Role.AGENT)
    body = json.dumps({"model": "cogep", "messages": ASKED, "stream": stream}).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: cogep.test\r\n"
        "Content-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    async with served(api) as address, asyncio.timeout(30):
        for turn in range(1, 4):
            server.hung_up.clear()
            reader, writer = await asyncio.open_connection("127.0.0.1", int(address[-5:]))
            writer.write(head + body)
            if stream:
                await reader.readuntil(b"trinta dias")
            while len(server.asked) < turn:
                await asyncio.sleep(0.01)
            writer.close()
            await server.hung_up.wait()
        server.says(GOOD)
        async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=key) as client:
            reply = await client.chat.completions.create(model="cogep", messages=ASKED)
            assert "[1]" in (reply.choices[0].message.content or "")
    assert len(await stored(api, Answer)) == 1, "what nobody waited for is not kept"
    assert api.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
