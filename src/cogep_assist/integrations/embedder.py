"""Texts into vectors: by any OpenAI-compatible ``/v1/embeddings``, or by a local ONNX model.

Texts leave through the privacy gateway alone.
"""

import asyncio
import hashlib
import json
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from pydantic import SecretStr

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.integrations.connections import Connections
from cogep_assist.integrations.http import Response
from cogep_assist.integrations.http_url import parse_url
from cogep_assist.integrations.model_reach import may_be_internal
from cogep_assist.integrations.onnx_embedder import OnnxEmbedder
from cogep_assist.integrations.privacy_gateway import (
    Guard,
    ModelService,
    Records,
    admit,
    open_channel,
)

log = get_logger(__name__)

MAX_ATTEMPTS = 4
MAX_DIMENSIONS = 4000  # what pgvector indexes as halfvec
LONGEST_WAIT_SECONDS = 30.0
FIRST_WAIT_SECONDS = 0.5
_PASSING_STATUSES = frozenset({408, 409, 425, 429})

Sleep = Callable[[float], Awaitable[None]]


class TextEmbedder(Protocol):
    """What turns passages and questions into vectors of one space, named by ``model``."""

    model: str

    async def prepare(self) -> None:
        """Load what is to be loaded, so that the first text does not wait for it."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector per passage, in order."""

    async def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question, trying once."""

    async def aclose(self) -> None:
        """Let go of what it holds."""


class Embedder(Connections):
    """Turn texts into vectors; close it, or use it as an async context manager."""

    def __init__(
        self,
        service: ModelService,
        records: Records,
        *,
        guard: Guard | None = None,
        batch: int = 64,
        dimensions: int | None = None,
        query_prefix: str = "",
        passage_prefix: str = "",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._service = service
        self._channel = open_channel(service, records, guard=guard)
        self.model = space_name(service.model, passage_prefix)
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._batch = batch
        self._dimensions = dimensions
        self._sleep = sleep

    async def prepare(self) -> None:
        """Do nothing: a service is prepared already."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector per text, in order, all of one dimension.

        Raises AppError("embed_refused", "embed_unavailable", "embed_response_invalid") and
        those of the guarded client that no later attempt would mend.
        """
        vectors: list[list[float]] = []
        for start in range(0, len(texts), self._batch):
            batch = [self._passage_prefix + text for text in texts[start : start + self._batch]]
            found = _vectors_in(await self._ask(batch, MAX_ATTEMPTS), len(batch))
            self._check_dimensions(found)
            vectors += found
        return vectors

    async def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question. Tries once: who searches does not wait for retries."""
        found = _vectors_in(await self._ask([self._query_prefix + text], 1), 1)
        self._check_dimensions(found)
        return found[0]

    async def aclose(self) -> None:
        """Close every connection."""
        await self._channel.aclose()

    async def _ask(self, batch: Sequence[str], attempts: int) -> bytes:
        for attempt in range(1, attempts + 1):
            wait: float | None = None
            try:
                response = await self._channel.exchange().send(batch, self._asked)
            except AppError as error:
                # What the gateway refuses now it refuses a second later as well.
                if not error.retryable or error.code.startswith("provider_"):
                    raise
                log.warning("embedder_unreachable", code=error.code, attempt=attempt)
            else:
                with response:
                    if response.status == 200:
                        return response.body.read()
                    wait = _wait_or_refuse(response)
                    log.warning("embedder_busy", status=response.status, attempt=attempt)
            if attempt < attempts:
                await self._sleep(_pause(attempt, wait))
        raise AppError("embed_unavailable", attempts=attempts)

    def _asked(self, texts: Sequence[str]) -> dict[str, Any]:
        return {"model": self._service.model, "input": list(texts), "encoding_format": "float"}

    def _check_dimensions(self, vectors: list[list[float]]) -> None:
        for vector in vectors:
            expected = self._dimensions = self._dimensions or len(vector)
            if not 0 < len(vector) <= MAX_DIMENSIONS:
                raise _invalid(f"vetores de {len(vector)} dimensões não são suportados")
            if len(vector) != expected:
                raise _invalid(f"um vetor tem {len(vector)} dimensões onde se esperam {expected}")


def embedder_from_settings(
    settings: Settings, records: Records, guard: Guard | None = None
) -> TextEmbedder | None:
    """Return the embedder that is set, or None where vectors are off.

    Texts leave for a service that the administrator declares to be the organisation's own, or,
    behind a guard, for one of the registry. Raises AppError("embed_provider_not_own",
    "embed_settings_incomplete", "embed_settings_disagree", "settings_invalid", "onnx_...").
    """
    if settings.embed_path is not None:
        if settings.embed_url:
            raise AppError("embed_settings_disagree")
        return OnnxEmbedder(
            settings.embed_path,
            batch=settings.embed_batch,
            query_prefix=settings.embed_query_prefix,
            passage_prefix=settings.embed_passage_prefix,
        )
    if not settings.embed_url:
        return None
    url = service_url(settings.embed_url, "COGEP_EMBED_URL", "embeddings")
    service = ModelService(
        kind=ModelKind.EMBEDDINGS,
        url=url,
        model=settings.embed_model or "",
        provider=ModelProvider.OWN if settings.embed_provider_own else ModelProvider.EXTERNAL,
        api_key=header_key(settings.embed_api_key, "COGEP_EMBED_API_KEY"),
        internal=may_be_internal(settings, "embeddings", url),
    )
    admit(service, guard)
    if not settings.embed_model:
        raise AppError("embed_settings_incomplete", missing="COGEP_EMBED_MODEL")
    return Embedder(
        service,
        records,
        guard=guard,
        batch=settings.embed_batch,
        query_prefix=settings.embed_query_prefix or "",
        passage_prefix=settings.embed_passage_prefix or "",
    )


def space_name(model: str, passage_prefix: str) -> str:
    """Name the space of a model's vectors: another prefix before passages makes another space."""
    if not passage_prefix:
        return model
    return f"{model} ({hashlib.sha256(passage_prefix.encode()).hexdigest()[:8]})"


def service_url(url: str, setting: str, endpoint: str) -> str:
    """Complete a service's address: the endpoint itself, its ``/v1`` or its root.

    Raises AppError("settings_invalid").
    """
    try:
        address = parse_url(url)
    except AppError as error:
        reason = error.text.rstrip(".")
        raise AppError("settings_invalid", setting=setting, reason=reason) from None
    root = str(address).split("?", 1)[0].rstrip("/")
    if root.endswith(f"/{endpoint}"):
        return str(address)
    return f"{root}/{endpoint}" if root.endswith("/v1") else f"{root}/v1/{endpoint}"


def header_key(key: SecretStr | None, setting: str) -> str | None:
    """Return a service's key as it fits into a header. Raises AppError("settings_invalid")."""
    if key is None:
        return None
    plain = key.get_secret_value().strip()
    if not (plain.isascii() and plain.isprintable()):
        reason = "tem caracteres que não cabem em um cabeçalho HTTP"
        raise AppError("settings_invalid", setting=setting, reason=reason)
    return plain


def _wait_or_refuse(response: Response) -> float | None:
    if response.status < 500 and response.status not in _PASSING_STATUSES:
        raise AppError("embed_refused", status=response.status)
    return response.retry_after


def _pause(attempt: int, asked: float | None) -> float:
    if asked is not None:
        return min(asked, LONGEST_WAIT_SECONDS)
    # Full jitter, so that many workers do not come back at the same moment.
    longest = min(FIRST_WAIT_SECONDS * 2.0**attempt, LONGEST_WAIT_SECONDS)
    return FIRST_WAIT_SECONDS / 2 + random.random() * longest  # noqa: S311 - no secret


def _vectors_in(body: bytes, count: int) -> list[list[float]]:
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        raise _invalid("não é um JSON") from None
    rows = reply.get("data") if isinstance(reply, dict) else None
    if not isinstance(rows, list) or len(rows) != count:
        raise _invalid("o número de vetores não é o de textos")
    found: dict[int, list[float]] = {}
    for position, row in enumerate(rows):
        if not isinstance(row, dict):
            raise _invalid("falta um vetor")
        index = row.get("index", position)
        found[index if isinstance(index, int) else -1] = _vector(row.get("embedding"))
    if found.keys() != set(range(count)):
        raise _invalid("a ordem dos vetores não pôde ser lida")
    return [found[index] for index in range(count)]


def _vector(values: Any) -> list[float]:
    if not isinstance(values, list):
        raise _invalid("falta um vetor")
    numbers: list[float] = []
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _invalid("um vetor tem algo que não é número")
        number = float(value) if abs(value) < 1e30 else math.inf
        if not math.isfinite(number):
            raise _invalid("um vetor tem um número que não é finito")
        numbers.append(number)
    if not any(numbers):
        # A zero vector has no direction: every cosine with it is undefined.
        raise _invalid("um vetor é nulo")
    return numbers


def _invalid(reason: str) -> AppError:
    return AppError("embed_response_invalid", reason=reason)
