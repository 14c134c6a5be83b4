"""Second opinion on the best passages, by a cross-encoder: a ``/v1/rerank`` service or ONNX.

The protocol is the one that Cohere, Jina, vLLM, TEI and llama.cpp share: a query and documents
go, ``results`` of ``index`` and ``relevance_score`` come back.
"""

import asyncio
import json
import math
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.integrations.embedder import header_key, service_url
from cogep_assist.integrations.model_reach import may_be_internal
from cogep_assist.integrations.onnx_model import OnnxModel
from cogep_assist.integrations.privacy_gateway import Guard, ModelService, Records, open_channel

_ONNX_BATCH = 4


class Reranker(Protocol):
    """What judges how well each text answers a question."""

    async def prepare(self) -> None:
        """Load what is to be loaded, so that the first question does not wait for it."""

    async def scores(self, query: str, texts: Sequence[str], seconds: float) -> list[float]:
        """Return a score for each of the first texts, as many as time allows."""

    async def aclose(self) -> None:
        """Let go of what it holds."""


class HttpReranker:
    """Client of a ``/v1/rerank`` service, through the privacy gateway alone."""

    def __init__(self, service: ModelService, records: Records, guard: Guard | None = None) -> None:
        self._model = service.model
        self._channel = open_channel(service, records, guard=guard, total_seconds=60.0)

    async def prepare(self) -> None:
        """Do nothing: a service is prepared already."""

    async def scores(self, query: str, texts: Sequence[str], seconds: float) -> list[float]:
        """Return the score of every text.

        Raises AppError("rerank_timeout", "rerank_refused", "rerank_response_invalid") and those
        of the guarded client.
        """
        try:
            async with asyncio.timeout(seconds):
                response = await self._channel.exchange().send([query, *texts], self._asked)
        except TimeoutError:
            raise AppError("rerank_timeout", seconds=seconds) from None
        with response:
            if response.status != 200:
                raise AppError("rerank_refused", status=response.status)
            return _scores_in(response.body.read(), len(texts))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._channel.aclose()

    def _asked(self, texts: Sequence[str]) -> dict[str, Any]:
        query, *documents = texts
        asked: dict[str, Any] = {"query": query, "documents": documents, "top_n": len(documents)}
        return {**asked, "model": self._model} if self._model else asked


class OnnxReranker:
    """A cross-encoder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._model = OnnxModel(folder)

    async def prepare(self) -> None:
        """Load the model."""
        await self._model.beside(self._model.load)

    async def scores(self, query: str, texts: Sequence[str], seconds: float) -> list[float]:
        """Return the scores of as many texts, from the first on, as fit into the time.

        Raises AppError("onnx_model_unfit") where the model is no cross-encoder, and
        AppError("rerank_timeout") where not even the first of them fit.
        """
        began = time.monotonic()
        found: list[float] = []
        try:
            async with asyncio.timeout(seconds):
                for start in range(0, len(texts), _ONNX_BATCH):
                    # The next batch takes about as long as those before it did.
                    spent = time.monotonic() - began
                    if start and spent + spent / (start / _ONNX_BATCH) > seconds:
                        break
                    pairs = [(query, text) for text in texts[start : start + _ONNX_BATCH]]
                    found += await self._model.beside(partial(self._judge, pairs))
        except TimeoutError:
            if not found:
                raise AppError("rerank_timeout", seconds=seconds) from None
        return found

    async def aclose(self) -> None:
        """Let go of the model."""
        self._model.close()

    def _judge(self, pairs: list[tuple[str, str]]) -> list[float]:
        logits, _ = self._model.run(pairs)
        # Some exports have left out the axis of a single class.
        logits = logits[:, None] if logits.ndim == 1 else logits
        if logits.ndim != 2 or logits.shape[1] not in {1, 2}:
            shape = f"a saída tem a forma {list(logits.shape)}"
            raise self._model.folder.unfit(f"{shape}, que não é a de um reordenador")
        if not np.isfinite(logits).all():
            raise self._model.folder.unfit("uma nota não é um número finito")
        # Of two classes the second says "relevant".
        scores: list[float] = (
            logits[:, -1] - (logits[:, 0] if logits.shape[1] == 2 else 0)
        ).tolist()
        return scores


def reranker_from_settings(
    settings: Settings, records: Records, guard: Guard | None = None
) -> Reranker | None:
    """Return the reranker that is set, or None (the default).

    Raises AppError("rerank_provider_not_own", "rerank_settings_disagree", "settings_invalid",
    "onnx_...").
    """
    if settings.rerank_path is not None:
        if settings.rerank_url:
            raise AppError("rerank_settings_disagree")
        return OnnxReranker(settings.rerank_path)
    if not settings.rerank_url:
        return None
    url = service_url(settings.rerank_url, "COGEP_RERANK_URL", "rerank")
    service = ModelService(
        kind=ModelKind.RERANK,
        url=url,
        model=settings.rerank_model or "",
        provider=ModelProvider.OWN if settings.rerank_provider_own else ModelProvider.EXTERNAL,
        api_key=header_key(settings.rerank_api_key, "COGEP_RERANK_API_KEY"),
        internal=may_be_internal(settings, "rerank", url),
    )
    return HttpReranker(service, records, guard)


def _scores_in(body: bytes, count: int) -> list[float]:
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        raise _invalid("não é um JSON") from None
    # TEI answers the list itself and calls the score "score".
    rows = reply.get("results") if isinstance(reply, dict) else reply
    if not isinstance(rows, list):
        raise _invalid("falta a lista de resultados")
    found: dict[int, float] = {}
    for row in rows:
        index = row.get("index") if isinstance(row, dict) else None
        score = row.get("relevance_score", row.get("score")) if isinstance(row, dict) else None
        if (
            isinstance(index, bool)
            or not isinstance(index, int)
            or isinstance(score, bool)
            or not isinstance(score, int | float)
            or not math.isfinite(score)
        ):
            raise _invalid("um resultado não tem número ou pontuação")
        found[index] = float(score)
    if found.keys() != set(range(count)):
        raise _invalid("os resultados não são os dos textos enviados")
    return [found[index] for index in range(count)]


def _invalid(reason: str) -> AppError:
    return AppError("rerank_response_invalid", reason=reason)
