"""Rerankers: a real local server that speaks the protocol, and a real ONNX cross-encoder."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from local_web import Hit, LocalWeb, local_web, reply
from onnx_models import save_embedder, save_reranker

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind
from cogep_assist.integrations.reranker import OnnxReranker, Reranker, reranker_from_settings
from cogep_assist.integrations.transfer_log import Transfer

PATH = "/v1/rerank"
TEXTS = ["O crachá fica na recepção.", "As férias são de trinta dias.", "Ponto às 8h."]


class Records:
    def __init__(self) -> None:
        self.transfers: list[Transfer] = []

    async def record(self, transfer: Transfer) -> None:
        self.transfers.append(transfer)


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        running.pages[PATH] = _speaking
        yield running


async def _speaking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
    """Serve the protocol: a text is as relevant as it is long; the best comes first."""
    documents = json.loads(hit.body)["documents"]
    rows = [{"index": n, "relevance_score": len(text)} for n, text in enumerate(documents)]
    rows.sort(key=lambda row: -row["relevance_score"])
    writer.write(reply(200, json.dumps({"results": rows}).encode()))
    await writer.drain()


def settings(web: LocalWeb | None = None, **given: Any) -> Settings:
    own = {"rerank_url": web.url() if web else None, "rerank_provider_own": True}
    return load_settings(**{**own, **given})


def reranker(settings: Settings, records: Records | None = None) -> Reranker:
    made = reranker_from_settings(settings, records or Records())
    assert made is not None
    return made


async def test_scores_come_back_in_the_texts_order_and_leave_a_trace(web: LocalWeb) -> None:
    records = Records()
    client = reranker(settings(web, rerank_model="bge", rerank_api_key="segredo"), records)
    assert await client.scores("Férias?", TEXTS, 5.0) == [float(len(text)) for text in TEXTS]
    await client.aclose()
    asked = json.loads(web.hits[0].body)
    assert asked == {"model": "bge", "query": "Férias?", "documents": TEXTS, "top_n": 3}
    assert web.hits[0].headers["authorization"] == "Bearer segredo"
    (transfer,) = records.transfers
    assert (transfer.kind, transfer.items) == (ModelKind.RERANK, 4)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b'{"results": [{"index": 0, "relevance_score": 1}]}',
        b'{"results": [{"index": 0}, {"index": 1}, {"index": 2}]}',
        b'{"results": [{"index": true, "relevance_score": 1}]}',
        b'{"results": [{"index": 0, "relevance_score": NaN}, {"index": 1, "relevance_score": 1}]}',
        b'[{"index": 0, "score": 1}, {"index": 1, "score": 1}, {"index": 7, "score": 1}]',
    ],
)
async def test_a_reply_that_does_not_serve_is_refused(web: LocalWeb, body: bytes) -> None:
    web.pages[PATH] = reply(200, body)
    client = reranker(settings(web))
    with pytest.raises(AppError) as failed:
        await client.scores("Férias?", TEXTS, 5.0)
    await client.aclose()
    assert failed.value.code == "rerank_response_invalid"


async def test_a_refusal_and_a_silence_are_told_apart(web: LocalWeb) -> None:
    async def silent(reader: asyncio.StreamReader, _writer: Any, _hit: Hit) -> None:
        await reader.read()

    for page, code in ((reply(401), "rerank_refused"), (silent, "rerank_timeout")):
        web.pages[PATH] = page
        client = reranker(settings(web))
        with pytest.raises(AppError) as failed:
            await client.scores("Férias?", TEXTS, 0.2)
        await client.aclose()
        assert failed.value.code == code


async def test_it_is_off_by_default_and_only_for_ones_own(web: LocalWeb, tmp_path: Path) -> None:
    assert reranker_from_settings(load_settings(), Records()) is None
    for given, code in (
        ({"rerank_provider_own": False}, "rerank_provider_not_own"),
        ({"rerank_url": "ftp://x"}, "settings_invalid"),
        ({"rerank_path": tmp_path}, "rerank_settings_disagree"),
    ):
        with pytest.raises(AppError) as refused:
            reranker_from_settings(settings(web, **given), Records())
        assert refused.value.code == code


async def test_a_local_model_judges_pairs_until_its_time_is_over(tmp_path: Path) -> None:
    folder = save_reranker(tmp_path / "modelo", {"férias": 5.0, "ponto": 2.0})
    local = reranker(settings(rerank_path=folder))
    await local.prepare()
    assert await local.scores("quando?", TEXTS, 30.0) == [0.0, 5.0, 2.0]
    # With no time at all nobody is judged, and the search goes on without.
    with pytest.raises(AppError) as late:
        await local.scores("quando?", TEXTS * 10, 1e-9)
    assert late.value.code == "rerank_timeout"
    await local.aclose()


async def test_a_model_of_sentences_is_no_reranker(tmp_path: Path) -> None:
    local = OnnxReranker(save_embedder(tmp_path / "modelo", {"férias": (1.0, 0.0)}))
    with pytest.raises(AppError) as refused:
        await local.scores("férias", TEXTS, 5.0)
    await local.aclose()
    assert refused.value.code == "onnx_model_unfit"
