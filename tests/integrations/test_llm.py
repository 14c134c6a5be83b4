"""A chat model on a real local server: streams, whatever happens to them, and what is sent."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import ChatServer, chat_server, completion, event, events
from local_web import local_web, reply

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.diagnosis.configuration import setting_rows
from cogep_assist.core.errors import AppError
from cogep_assist.integrations.event_stream import EventStream
from cogep_assist.integrations.llm import (
    ChatLimits,
    ChatMessage,
    ChatModel,
    chat_from_settings,
    chat_service,
    chat_url,
)
from cogep_assist.integrations.privacy_gateway import (
    Admission,
    Hidden,
    ModelService,
    open_channel,
)
from cogep_assist.integrations.transfer_log import Transfer

SAID = "As férias são de trinta dias [1]. “Não” há exceção: a coordenação decide 🙂 [2]."
ASKED = [ChatMessage("system", "Regras."), ChatMessage("user", "Quantos dias de férias?")]


class Records:
    """Remembers transfers; ``broken`` is a log that cannot be written."""

    def __init__(self, *, broken: bool = False) -> None:
        self.written: list[Transfer] = []
        self.broken = broken

    async def record(self, transfer: Transfer) -> None:
        if self.broken:
            raise AppError("model_transfer_not_recorded")
        self.written.append(transfer)


class Clock:
    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with chat_server() as running:
        running.says(SAID)
        yield running


def settings(url: str, **given: Any) -> Settings:
    own = {"llm_url": url, "llm_model": "modelo-local", "llm_provider": "own"}
    return load_settings(**{**own, **given})


def model(server: ChatServer, records: Records | None = None, **limits: Any) -> ChatModel:
    service = chat_service(settings(server.url, llm_api_key="segredo-da-chave"))
    assert service is not None
    given = {"wait_seconds": 5.0, "total_seconds": 10.0, **limits}
    channel = open_channel(
        service,
        records or Records(),
        silence_seconds=given["wait_seconds"],
        total_seconds=given["wait_seconds"],
    )
    return ChatModel(channel, ChatLimits(**given), sleep=Clock())


async def code_of(chat: ChatModel) -> str:
    async with chat:
        with pytest.raises(AppError) as failed:
            await chat.complete(ASKED)
    assert "?" not in failed.value.message
    return failed.value.code


async def test_what_is_asked_and_what_comes_back(server: ChatServer) -> None:
    records = Records()
    async with model(server, records, max_tokens=99) as chat:
        pieces = [piece async for piece in chat.stream(ASKED)]
    assert "".join(piece.text for piece in pieces) == SAID
    assert pieces[-1].finish_reason == "stop"
    assert len(pieces) > 5
    asked = server.asked[0]
    assert asked["messages"] == [{"role": m.role, "content": m.content} for m in ASKED]
    assert (asked["temperature"], asked["stream"], asked["max_tokens"]) == (0, True, 99)
    assert asked["model"] == "modelo-local"
    headers = server.web.hits[0].headers
    assert headers["authorization"] == "Bearer segredo-da-chave"
    (sent,) = records.written
    assert (sent.host, sent.model, sent.items) == ("127.0.0.1", "modelo-local", 2)
    assert sent.payload_bytes == len(server.web.hits[0].body)
    assert "férias" not in repr(sent)
    assert "segredo-da-chave" not in repr(
        chat_service(settings(server.url, llm_api_key="segredo-da-chave"))
    )


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64, 10_000])
def test_events_are_whole_wherever_the_bytes_are_cut(size: int) -> None:
    raw = (
        b'\xef\xbb\xbf: aguarde\r\n\r\nid: 1\r\nevent: x\r\ndata: {"a":\r\ndata: 1}\r\n\r\n'
        + "data:é 🙂\n\n".encode()
        + b"data\rdata: dois\r\r: fim\n\ndata: [DONE]\n\n"
    )
    stream = EventStream()
    found = [x for a in range(0, len(raw), size) for x in stream.feed(raw[a : a + size])]
    found += stream.finish()
    assert found == ['{"a":\n1}', "é 🙂", "\ndois", "[DONE]"]


def test_an_endless_event_is_refused() -> None:
    stream = EventStream()
    for _ in range(99):
        assert list(stream.feed(b"data: " + b"x" * 10_000 + b"\n")) == []
    with pytest.raises(AppError) as failed:
        list(stream.feed(b"data: " + b"x" * 20_000 + b"\n"))
    assert failed.value.code == "llm_response_invalid"


GOOD = [
    pytest.param((b": aguarde\n\n", *events(SAID), b": fim\n\n"), id="comments"),
    pytest.param((b"".join(events(SAID)).replace(b"\n", b"\r\n"),), id="one chunk, CRLF"),
    pytest.param(tuple(bytes([byte]) for byte in b"".join(events(SAID))), id="byte by byte"),
    pytest.param(tuple(events(SAID, done=False)), id="no DONE"),
    pytest.param((b"".join(events(SAID, done=False)).rstrip(b"\n"),), id="no last line end"),
    pytest.param((*events(SAID, finish=None),), id="no finish reason"),
    pytest.param((*events(SAID, done=False), event({"choices": [], "usage": {}})), id="usage"),
    pytest.param((event({"choices": [{"delta": {"reasoning_content": "penso"}}]}), *events(SAID)),
                 id="reasoning apart"),
    pytest.param((b"data: [DONE]\n\n".join([b"".join(events(SAID, done=False)), b"lixo"]),),
                 id="noise after the end"),
]  # fmt: skip


@pytest.mark.parametrize("pieces", GOOD)
async def test_streams_as_they_are_met(server: ChatServer, pieces: tuple[bytes, ...]) -> None:
    server.sends(*pieces)
    async with model(server) as chat:
        assert await chat.complete(ASKED) == SAID


async def test_a_service_that_does_not_stream(server: ChatServer) -> None:
    server.replies(completion(SAID))
    async with model(server) as chat:
        assert await chat.complete(ASKED) == SAID


BAD = [
    (tuple(events("As férias", finish=None, done=False)), "llm_interrupted"),
    ((b'data: {"choices": [{"delta"',), "llm_interrupted"),
    ((event({"error": {"message": "sem memória para: Quantos dias"}}),), "llm_failed"),
    ((*events("As", finish=None, done=False), event({"error": "x"})), "llm_failed"),
    ((b'{"error": {"message": "x"}}',), "llm_failed"),
    ((b"<html>oi</html>",), "llm_response_invalid"),
    ((b"",), "llm_response_invalid"),
    ((b"data: \n\n",), "llm_response_invalid"),
    ((b"data: nada\n\n",), "llm_response_invalid"),
    ((b"data: []\n\n",), "llm_response_invalid"),
    ((b"data: {}\n\n",), "llm_response_invalid"),
    ((b"[1]",), "llm_response_invalid"),
    ((b'{"choices": [{"message": {"content": 1}}]}',), "llm_response_invalid"),
    ((b'{"choices": [' + b"[" * 5000,), "llm_response_invalid"),
]


@pytest.mark.parametrize(("pieces", "code"), BAD)
async def test_what_is_no_answer_is_named(
    server: ChatServer, pieces: tuple[bytes, ...], code: str
) -> None:
    server.sends(*(piece for piece in pieces if piece))
    assert await code_of(model(server)) == code
    assert len(server.asked) == 1, "what has begun is not tried again"


async def test_a_broken_chunk_is_an_interruption(server: ChatServer) -> None:
    server.sends(*events("As férias", finish=None, done=False), end=b"")
    assert await code_of(model(server)) == "llm_interrupted"


@pytest.mark.parametrize("status", [408, 409, 425, 429, 502, 503])
async def test_a_passing_refusal_is_tried_again(server: ChatServer, status: int) -> None:
    server.replies(reply(status), reply(status, b"", "Retry-After: 1"), completion(SAID))
    records = Records()
    async with model(server, records) as chat:
        assert await chat.complete(ASKED) == SAID
    assert len(server.asked) == len(records.written) == 3


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 413, 422])
async def test_a_refusal_is_not_tried_again(server: ChatServer, status: int) -> None:
    server.replies(reply(status, b"", "Location: http://169.254.169.254/"))
    assert await code_of(model(server)) == "llm_refused"
    assert len(server.asked) == 1


async def test_nobody_waits_for_a_service_that_asks_for_much_time(server: ChatServer) -> None:
    server.replies(reply(429, b"", "Retry-After: 3600"))
    assert await code_of(model(server)) == "llm_unavailable"
    assert len(server.asked) == 1


async def test_a_dead_service_is_left_alone_for_a_while() -> None:
    async with local_web() as gone:
        pass
    async with model(ChatServer(gone)) as chat:
        for _ in range(3):
            with pytest.raises(AppError) as failed:
                await chat.complete(ASKED)
            assert failed.value.code == "llm_unavailable"
        began = time.perf_counter()
        with pytest.raises(AppError):
            await chat.complete(ASKED)
        assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize("text", ["", "As férias são"])
async def test_silence_is_bounded(server: ChatServer, text: str) -> None:
    server.hangs(text)
    assert await code_of(model(server, wait_seconds=0.2)) == "llm_timeout"


async def test_keep_alive_comments_are_silence(server: ChatServer) -> None:
    async def chatter(r: asyncio.StreamReader, w: asyncio.StreamWriter, hit: Any) -> None:
        w.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        while not w.is_closing():
            w.write(b": aguarde\n\n")
            await w.drain()
            await asyncio.sleep(0.02)

    server.web.pages["/v1/chat/completions"] = chatter
    assert await code_of(model(server, wait_seconds=0.2)) == "llm_timeout"


async def test_closing_the_stream_hangs_up_on_the_model(server: ChatServer) -> None:
    server.hangs("As férias são de trinta dias.")
    async with model(server) as chat:
        stream = chat.stream(ASKED)
        await anext(stream)
        await stream.aclose()
        async with asyncio.timeout(5):
            await server.hung_up.wait()


async def test_only_so_many_are_asked_at_one_time(server: ChatServer, monkeypatch: Any) -> None:
    monkeypatch.setattr("cogep_assist.integrations.llm.QUEUE_SECONDS", 0.1)
    server.hangs("As férias são")
    async with model(server, concurrency=1) as chat:
        first = chat.stream(ASKED)
        await anext(first)
        with pytest.raises(AppError) as failed:
            await chat.complete(ASKED)
        assert failed.value.code == "llm_busy"
        await first.aclose()
        server.says(SAID)
        assert await chat.complete(ASKED) == SAID


async def test_who_gives_up_leaves_the_place_to_the_next(server: ChatServer) -> None:
    server.hangs("As férias são")
    async with model(server, concurrency=1) as chat:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await chat.complete(ASKED)
        async with asyncio.timeout(5):
            await server.hung_up.wait()
        server.says(SAID)
        assert await chat.complete(ASKED) == SAID


async def test_nothing_leaves_that_is_not_recorded(server: ChatServer) -> None:
    assert await code_of(model(server, Records(broken=True))) == "model_transfer_not_recorded"
    assert server.web.connections == 0


class Shout:
    """A guard whose mask hides a name, and gives it back in streams cut anywhere."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken

    async def hide(self, texts: Any) -> Hidden:
        if self.broken:
            raise AppError("model_transfer_not_recorded")
        return Hidden([text.replace("Conceição", "⟦N1⟧") for text in texts], {"name": 1})

    def revealer(self, *, json_text: bool | None = None) -> "Shout":
        self.held = ""
        return self

    async def admission(self, service: ModelService) -> Admission:
        return Admission(masked=True)

    def mask(self, *_: Any) -> "Shout":
        return self

    def feed(self, text: str) -> str:
        whole = (self.held + text).replace("⟦N1⟧", "Conceição")
        cut = whole.find("⟦")
        self.held = whole[cut:] if cut >= 0 else ""
        return whole[:cut] if cut >= 0 else whole

    def finish(self) -> str:
        return self.held


@pytest.mark.parametrize("piece", [1, 2, 3, 8])
async def test_a_mask_hides_what_leaves_and_restores_what_returns(
    server: ChatServer, piece: int
) -> None:
    server.says(lambda asked: f"Quem decide é {asked['messages'][0]['content'][-4:]}.", piece=piece)
    service = chat_service(settings(server.url))
    assert service is not None
    records = Records()
    channel = open_channel(service, records, guard=Shout())
    async with ChatModel(channel, ChatLimits()) as chat:
        said = await chat.complete([ChatMessage("user", "Quem é Conceição")])
    assert said == "Quem decide é Conceição."
    assert "Conceição" not in server.web.hits[0].body.decode()
    assert records.written[0].replaced == {"name": 1}
    broken = open_channel(service, records, guard=Shout(broken=True))
    async with ChatModel(broken, ChatLimits()) as chat:
        with pytest.raises(AppError):
            await chat.complete(ASKED)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"llm_provider": None}, "llm_provider_not_own"),
        ({"llm_provider": "external"}, "llm_provider_not_own"),
        ({"llm_model": None}, "llm_settings_incomplete"),
        ({"llm_url": "modelo.interno"}, "settings_invalid"),
        ({"llm_url": "ftp://modelo.interno"}, "settings_invalid"),
        ({"llm_url": "http://u:s@modelo.interno"}, "settings_invalid"),
        ({"llm_api_key": "chave\nX-Injetado: 1"}, "settings_invalid"),
        ({"llm_api_key": "çhave"}, "settings_invalid"),
    ],
)
def test_a_service_that_may_not_be_asked_is_named(given: dict[str, Any], code: str) -> None:
    with pytest.raises(AppError) as refused:
        chat_from_settings(settings("http://127.0.0.1:9/v1", **given), Records())
    assert refused.value.code == code
    assert "COGEP_LLM" in refused.value.message
    assert "çhave" not in refused.value.message


def test_without_an_address_there_is_no_model() -> None:
    assert chat_from_settings(load_settings(), Records()) is None


@pytest.mark.parametrize(
    ("given", "complete"),
    [
        ("http://m.interno:11434", "http://m.interno:11434/v1/chat/completions"),
        ("http://m.interno:11434/v1/", "http://m.interno:11434/v1/chat/completions"),
        ("https://m.br/api/v1", "https://m.br/api/v1/chat/completions"),
        ("https://m.br/x/chat/completions?v=1", "https://m.br/x/chat/completions?v=1"),
    ],
)
def test_an_address_is_completed(given: str, complete: str) -> None:
    assert chat_url(given) == complete


def test_the_key_is_told_nowhere() -> None:
    loaded = settings("http://127.0.0.1:9", llm_api_key="segredo-da-chave")
    rows = setting_rows(loaded, Path("/nenhum"))
    assert "segredo-da-chave" not in json.dumps([row.value for row in rows])
