"""What the doctor says of the language model, on real local servers."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from chat_server import ChatServer, chat_server
from local_web import local_web, reply

from cogep_assist.core.config import load_settings
from cogep_assist.core.diagnosis.finding import Finding, State
from cogep_assist.integrations.local_models import LocalServer, check_llm


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with chat_server() as running:
        yield running


async def examined(server: ChatServer, **given: Any) -> Finding:
    own = {"llm_url": server.url, "llm_model": "modelo-local", "llm_provider": "own"}
    (finding,) = await check_llm(load_settings(**{**own, **given}))
    assert "?" not in finding.text + finding.remedy
    return finding


async def test_the_model_that_is_set_is_tried(server: ChatServer) -> None:
    assert (await examined(server)).code == "doctor_llm_ok"
    other = await examined(server, llm_model="outro")
    assert (other.code, other.state) == ("doctor_llm_no_such_model", State.ERROR)
    assert "modelo-local" in other.text
    server.web.pages["/v1/models"] = reply(401)
    assert (await examined(server, llm_api_key="errada")).code == "doctor_llm_key_refused"
    assert server.web.hits[-1].headers["authorization"] == "Bearer errada"
    server.web.pages["/v1/models"] = reply(404)
    assert (await examined(server)).code == "doctor_llm_ok"
    assert not server.asked


async def test_what_may_not_be_asked_is_not_reached(server: ChatServer) -> None:
    assert (await examined(server, llm_provider=None)).code == "doctor_llm_not_declared"
    far = await examined(server, llm_provider=None, llm_url="https://api.exemplo.com")
    assert far.code == "llm_provider_not_own"
    assert "api.exemplo.com" in far.text
    assert (await examined(server, llm_model=None)).code == "llm_settings_incomplete"
    assert server.web.connections == 0


async def test_a_dead_model_is_named() -> None:
    async with local_web() as gone:
        pass
    assert (await examined(ChatServer(gone))).code == "doctor_llm_down"


async def test_servers_on_this_machine_are_suggested(server: ChatServer) -> None:
    async with local_web() as other, local_web() as gone:
        other.pages["/v1/models"] = reply(200, b"<html>outra coisa</html>")
        many = {"data": [{"id": f"m{n}"} for n in range(9)]}
        ports = (server.web.port, other.port)
        servers = (
            LocalServer("Ollama", ports[0]),
            LocalServer("vLLM", ports[1]),
            LocalServer("LM Studio", gone.port),
        )
        (found,) = await check_llm(load_settings(), servers)
        assert (found.code, found.state) == ("doctor_llm_local_found", State.OK)
        for told in ("Ollama", f"127.0.0.1:{ports[0]}", "modelo-local", "COGEP_LLM_PROVIDER=own"):
            assert told in found.text
        server.web.pages["/v1/models"] = reply(200, json.dumps(many).encode())
        (found,) = await check_llm(load_settings(), servers)
        assert "e mais 4" in found.text
        (none,) = await check_llm(load_settings(), servers[1:])
        assert none.code == "doctor_llm_off"
