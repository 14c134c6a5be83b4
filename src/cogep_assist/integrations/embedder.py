"""Client of any OpenAI-compatible ``/v1/embeddings``, through the pinned allowance alone."""

import asyncio
import json
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.integrations.http import GuardedClient, Response, policy_for_pinned
from cogep_assist.integrations.http_url import parse_url

log = get_logger(__name__)

MAX_ATTEMPTS = 4
MAX_DIMENSIONS = 4000  # what pgvector indexes as halfvec
LONGEST_WAIT_SECONDS = 30.0
FIRST_WAIT_SECONDS = 0.5
_PASSING_STATUSES = frozenset({408, 409, 425, 429})

Sleep = Callable[[float], Awaitable[None]]


class Embedder:
    """Turn texts into vectors; close it, or use it as an async context manager."""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        api_key: str | None = None,
        batch: int = 64,
        dimensions: int | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._url = embeddings_url(url)
        self.model = model
        self._headers = {"content-type": "application/json", "accept": "application/json"}
        if api_key:
            self._headers["authorization"] = f"Bearer {api_key}"
        self._batch = batch
        self._dimensions = dimensions
        self._sleep = sleep
        self._client = GuardedClient(policy_for_pinned(self._url))

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector per text, in order, all of one dimension.

        Raises AppError("embed_refused", "embed_unavailable", "embed_response_invalid") and
        those of the guarded client that no later attempt would mend.
        """
        vectors: list[list[float]] = []
        for start in range(0, len(texts), self._batch):
            batch = texts[start : start + self._batch]
            found = _vectors_in(await self._ask(batch), len(batch))
            self._check_dimensions(found)
            vectors += found
        return vectors

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _ask(self, batch: Sequence[str]) -> bytes:
        asked = {"model": self.model, "input": list(batch), "encoding_format": "float"}
        content = json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")
        for attempt in range(1, MAX_ATTEMPTS + 1):
            wait: float | None = None
            try:
                response = await self._client.request(
                    "POST", self._url, content=content, headers=self._headers
                )
            except AppError as error:
                if not error.retryable:
                    raise
                log.warning("embedder_unreachable", code=error.code, attempt=attempt)
            else:
                with response:
                    if response.status == 200:
                        return response.body.read()
                    wait = _wait_or_refuse(response)
                    log.warning("embedder_busy", status=response.status, attempt=attempt)
            if attempt < MAX_ATTEMPTS:
                await self._sleep(_pause(attempt, wait))
        raise AppError("embed_unavailable", attempts=MAX_ATTEMPTS)

    def _check_dimensions(self, vectors: list[list[float]]) -> None:
        for vector in vectors:
            expected = self._dimensions = self._dimensions or len(vector)
            if not 0 < len(vector) <= MAX_DIMENSIONS:
                raise _invalid(f"vetores de {len(vector)} dimensões não são suportados")
            if len(vector) != expected:
                raise _invalid(f"um vetor tem {len(vector)} dimensões onde se esperam {expected}")


def embedder_from_settings(settings: Settings) -> Embedder | None:
    """Return the embedder that is set, or None where vectors are off.

    Texts leave only for a service that the administrator declares to be the organisation's
    own.  Raises AppError("embed_provider_not_own", "embed_settings_incomplete",
    "settings_invalid").
    """
    if not settings.embed_url:
        return None
    try:
        host = parse_url(settings.embed_url).host
    except AppError as error:
        reason = error.text.rstrip(".")
        raise AppError("settings_invalid", setting="COGEP_EMBED_URL", reason=reason) from None
    if not settings.embed_provider_own:
        raise AppError("embed_provider_not_own", host=host)
    if not settings.embed_model:
        raise AppError("embed_settings_incomplete", missing="COGEP_EMBED_MODEL")
    return Embedder(
        settings.embed_url,
        settings.embed_model,
        api_key=_api_key(settings),
        batch=settings.embed_batch,
    )


def embeddings_url(url: str) -> str:
    """Complete a service's address: the endpoint itself, its ``/v1`` or its root."""
    address = parse_url(url)
    root = str(address).split("?", 1)[0].rstrip("/")
    if root.endswith("/embeddings"):
        return str(address)
    return f"{root}/embeddings" if root.endswith("/v1") else f"{root}/v1/embeddings"


def _api_key(settings: Settings) -> str | None:
    if settings.embed_api_key is None:
        return None
    key = settings.embed_api_key.get_secret_value().strip()
    if not (key.isascii() and key.isprintable()):
        reason = "tem caracteres que não cabem em um cabeçalho HTTP"
        raise AppError("settings_invalid", setting="COGEP_EMBED_API_KEY", reason=reason)
    return key


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
