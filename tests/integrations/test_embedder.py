"""Vectors from a real local server that speaks the embeddings protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from local_web import Hit, LocalWeb, Script, local_web, reply

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.integrations.embedder import Embedder, embedder_from_settings, service_url
from cogep_assist.integrations.privacy_gateway import ModelService
from cogep_assist.integrations.transfer_log import Transfer

TEXTS = ["Férias", "Licença-prêmio", "Ponto eletrônico", "Aposentadoria", "Auxílio-saúde"]
PATH = "/v1/embeddings"


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        running.pages[PATH] = speaking()
        yield running


def speaking(first: list[bytes] | None = None, *, backwards: bool = False) -> Script:
    """Serve the protocol: a text's vector is (length, first letter, 1); ``first`` goes before."""
    before = list(first or [])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
        if before:
            writer.write(before.pop(0))
        else:
            asked = json.loads(hit.body)
            rows = [
                {"object": "embedding", "index": n, "embedding": [len(text), ord(text[0]), 1]}
                for n, text in enumerate(asked["input"])
            ]
            body = {"object": "list", "data": rows[::-1] if backwards else rows}
            writer.write(reply(200, json.dumps(body).encode(), "Content-Type: application/json"))
        await writer.drain()

    return serve


class Clock:
    """A sleep that remembers instead of waiting."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


class Records:
    """The transfers that were written before something left."""

    def __init__(self) -> None:
        self.transfers: list[Transfer] = []

    async def record(self, transfer: Transfer) -> None:
        self.transfers.append(transfer)


def embedder(web: LocalWeb, *, api_key: str | None = None, **given: Any) -> Embedder:
    service = ModelService(
        ModelKind.EMBEDDINGS, web.url(PATH), "modelo", ModelProvider.OWN, api_key=api_key
    )
    return Embedder(service, given.pop("records", Records()), **{"sleep": Clock(), **given})


async def test_each_text_gets_its_vector_in_order(web: LocalWeb) -> None:
    async with embedder(web, batch=2, api_key="segredo") as client:
        vectors = await client.embed(TEXTS)
    assert vectors == [[float(len(text)), float(ord(text[0])), 1.0] for text in TEXTS]
    asked = [json.loads(hit.body) for hit in web.hits]
    assert [part["input"] for part in asked] == [TEXTS[:2], TEXTS[2:4], TEXTS[4:]]
    assert asked[0]["model"] == "modelo"
    assert web.hits[0].headers["authorization"] == "Bearer segredo"
    assert web.hits[0].headers["content-type"] == "application/json"


async def test_what_leaves_is_written_before_without_a_word_of_it(web: LocalWeb) -> None:
    records = Records()
    async with embedder(web, records=records, query_prefix="pergunta: ") as client:
        await client.embed_query("Quem tem direito a férias?")
    assert json.loads(web.hits[0].body)["input"] == ["pergunta: Quem tem direito a férias?"]
    (transfer,) = records.transfers
    assert (transfer.kind, transfer.items, transfer.model) == (ModelKind.EMBEDDINGS, 1, "modelo")
    assert "férias" not in repr(transfer)


async def test_a_question_is_tried_once(web: LocalWeb) -> None:
    web.pages[PATH] = reply(503)
    clock = Clock()
    async with embedder(web, sleep=clock) as client:
        with pytest.raises(AppError) as failed:
            await client.embed_query("Férias?")
    assert (failed.value.code, len(web.hits), clock.waits) == ("embed_unavailable", 1, [])


async def test_another_passage_prefix_makes_another_space(web: LocalWeb) -> None:
    async with embedder(web) as plain, embedder(web, passage_prefix="passage: ") as prefixed:
        assert plain.model == "modelo"
        assert prefixed.model != plain.model
        await prefixed.embed(["Férias"])
    assert json.loads(web.hits[0].body)["input"] == ["passage: Férias"]


async def test_the_servers_order_is_read_from_its_indexes(web: LocalWeb) -> None:
    web.pages[PATH] = speaking(backwards=True)
    async with embedder(web) as client:
        assert [vector[0] for vector in await client.embed(TEXTS)] == [len(x) for x in TEXTS]


async def test_no_text_asks_nothing(web: LocalWeb) -> None:
    async with embedder(web) as client:
        assert await client.embed([]) == []
    assert web.connections == 0


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
async def test_a_passing_failure_is_tried_again(web: LocalWeb, status: int) -> None:
    web.pages[PATH] = speaking([reply(status), b"", reply(status)])
    clock = Clock()
    async with embedder(web, sleep=clock) as client:
        assert len(await client.embed(TEXTS)) == 5
    assert len(web.hits) == 4
    assert len(clock.waits) == 3
    assert all(0 < wait <= 30 for wait in clock.waits)


async def test_the_server_says_when_to_come_back(web: LocalWeb) -> None:
    web.pages[PATH] = speaking(
        [reply(429, b"", "Retry-After: 7"), reply(503, b"", "Retry-After: 86400")]
    )
    clock = Clock()
    async with embedder(web, sleep=clock) as client:
        await client.embed(TEXTS)
    assert clock.waits == [7.0, 30.0]


async def test_after_the_last_attempt_the_cause_is_named(web: LocalWeb) -> None:
    web.pages[PATH] = reply(503)
    clock = Clock()
    async with embedder(web, sleep=clock) as client:
        with pytest.raises(AppError) as failed:
            await client.embed(TEXTS)
    assert (failed.value.code, failed.value.retryable) == ("embed_unavailable", True)
    assert "tentativas: 4" in failed.value.text
    assert (len(web.hits), len(clock.waits)) == (4, 3)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 413, 422])
async def test_a_refusal_is_not_tried_again(web: LocalWeb, status: int) -> None:
    web.pages[PATH] = reply(status, b"", "Location: http://169.254.169.254/")
    async with embedder(web) as client:
        with pytest.raises(AppError) as failed:
            await client.embed(TEXTS)
    assert (failed.value.code, failed.value.retryable) == ("embed_refused", False)
    assert len(web.hits) == 1


def data(*rows: Any) -> bytes:
    return json.dumps({"data": rows}).encode()


BAD = [
    b"",
    b"<html>erro</html>",
    b"\xff\xfe",
    b"[" * 100_000,
    b"[]",
    b"{}",
    b'{"data": null}',
    b'{"data": {"embedding": [1]}}',
    data({"embedding": [1.0]}),
    data({"embedding": [1.0]}, {"embedding": [1.0]}, {"embedding": [1.0]}),
    data([1.0], [2.0]),
    data({"embedding": [1.0], "index": 0}, {"embedding": [1.0], "index": 0}),
    data({"embedding": [1.0], "index": 0}, {"embedding": [1.0], "index": 2}),
    data({"embedding": [1.0], "index": "0"}, {"embedding": [1.0], "index": 1}),
    data({"embedding": [1.0, 2.0]}, {"embedding": [1.0]}),
    data({"embedding": []}, {"embedding": []}),
    data({"embedding": [0, 0.0]}, {"embedding": [1.0, 1.0]}),
    data({"embedding": ["1.0"]}, {"embedding": ["1.0"]}),
    data({"embedding": [True]}, {"embedding": [True]}),
    data({"embedding": [None]}, {"embedding": [1.0]}),
    data({"embedding": "AACAPw=="}, {"embedding": "AACAPw=="}),
    b'{"data": [{"embedding": [NaN]}, {"embedding": [1.0]}]}',
    b'{"data": [{"embedding": [1e400]}, {"embedding": [1.0]}]}',
    b'{"data": [{"embedding": [1' + b"0" * 400 + b']}, {"embedding": [1.0]}]}',
    data({"embedding": [1.0] * 4001}, {"embedding": [1.0] * 4001}),
]


@pytest.mark.parametrize("body", BAD)
async def test_a_reply_that_does_not_serve_is_refused(web: LocalWeb, body: bytes) -> None:
    web.pages[PATH] = reply(200, body)
    async with embedder(web) as client:
        with pytest.raises(AppError) as failed:
            await client.embed(TEXTS[:2])
    assert failed.value.code == "embed_response_invalid"
    assert not failed.value.retryable
    assert "?" not in failed.value.message


async def test_the_dimension_may_not_change_between_batches(web: LocalWeb) -> None:
    web.pages[PATH] = speaking([reply(200, data({"index": 0, "embedding": [1.0]}))])
    async with embedder(web, batch=1) as client:
        with pytest.raises(AppError) as failed:
            await client.embed(TEXTS)
    assert failed.value.details["reason"] == "um vetor tem 3 dimensões onde se esperam 1"


async def test_the_dimension_of_the_base_counts(web: LocalWeb) -> None:
    async with embedder(web, dimensions=384) as client:
        with pytest.raises(AppError) as failed:
            await client.embed(TEXTS)
    assert failed.value.code == "embed_response_invalid"


async def test_a_dead_service_is_unavailable() -> None:
    async with local_web() as gone:
        pass
    async with embedder(gone) as client:
        with pytest.raises(AppError) as failed:
            await client.embed(TEXTS)
    assert failed.value.code == "embed_unavailable"


@pytest.mark.parametrize(
    ("given", "complete"),
    [
        ("http://vetores.interno:8080", "http://vetores.interno:8080/v1/embeddings"),
        ("http://vetores.interno:8080/v1/", "http://vetores.interno:8080/v1/embeddings"),
        ("https://v.br/api/v1", "https://v.br/api/v1/embeddings"),
        ("https://v.br/v1/embeddings", "https://v.br/v1/embeddings"),
        (
            "https://v.br/openai/embeddings?api-version=1",
            "https://v.br/openai/embeddings?api-version=1",
        ),
    ],
)
def test_an_address_is_completed(given: str, complete: str) -> None:
    assert service_url(given, "COGEP_EMBED_URL", "embeddings") == complete


def settings(**given: Any) -> Settings:
    own = {"embed_url": "http://127.0.0.1:9/v1", "embed_model": "m", "embed_provider_own": True}
    return load_settings(**{**own, **given})


def test_vectors_are_off_without_an_address() -> None:
    assert embedder_from_settings(settings(embed_url=None), Records()) is None
    assert embedder_from_settings(settings(embed_url=""), Records()) is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"embed_provider_own": False}, "embed_provider_not_own"),
        ({"embed_model": None}, "embed_settings_incomplete"),
        ({"embed_model": ""}, "embed_settings_incomplete"),
        ({"embed_url": "vetores.interno"}, "settings_invalid"),
        ({"embed_url": "ftp://vetores.interno"}, "settings_invalid"),
        ({"embed_url": "http://u:s@vetores.interno"}, "settings_invalid"),
        ({"embed_api_key": "chave\nX-Injetado: 1"}, "settings_invalid"),
        ({"embed_api_key": "çhave"}, "settings_invalid"),
    ],
)
def test_a_setting_that_does_not_serve_is_named(given: dict[str, Any], code: str) -> None:
    with pytest.raises(AppError) as refused:
        embedder_from_settings(settings(**given), Records())
    assert refused.value.code == code
    assert "COGEP_EMBED" in refused.value.message
    assert "?" not in refused.value.message
    assert "çhave" not in refused.value.message
