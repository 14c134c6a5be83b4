"""Client of any OpenAI-compatible ``/v1/chat/completions``, streamed, behind the gateway."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.integrations.chat_reply import ChatPiece, read_pieces
from cogep_assist.integrations.chat_reveal import RevealedPieces
from cogep_assist.integrations.connections import Connections
from cogep_assist.integrations.http import StreamedReply
from cogep_assist.integrations.http_url import parse_url
from cogep_assist.integrations.model_reach import may_be_internal
from cogep_assist.integrations.privacy_gateway import (
    Exchange,
    Guard,
    ModelChannel,
    ModelService,
    Records,
    open_channel,
)

log = get_logger(__name__)

MAX_ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 2.0
FIRST_WAIT_SECONDS = 0.2
QUEUE_SECONDS = 5.0
CONNECT_SECONDS = 3.0
# A model that failed twice in a row is left alone for a while: nobody waits for it in vain.
FAILURES_BEFORE_REST = 2
REST_SECONDS = 15.0
_PASSING_STATUSES = frozenset({408, 409, 425, 429, 502, 503})
_BEFORE_A_REPLY = frozenset({"connect_failed", "dns_failed", "tls_failed"})
_TIMES = frozenset({"fetch_timeout"})
_OF_THE_GUARD = frozenset(
    {
        "provider_not_registered",
        "provider_registered_as_own",
        "provider_expired",
        "privacy_detector_down",
        "personal_data_left",
        "sensitive_data_refused",
    }
)

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """Seconds without a word, seconds in all, tokens, and conversations at one time."""

    wait_seconds: float = 30.0
    total_seconds: float = 120.0
    max_tokens: int = 800
    concurrency: int = 4


class ChatModel(Connections):
    """Ask one model; close it, or use it as an async context manager."""

    def __init__(
        self, channel: ModelChannel, limits: ChatLimits, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.name = channel.service.model
        self._channel = channel
        self._limits = limits
        self._sleep = sleep
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._failures = 0
        self._rests_until = 0.0

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int | None = None,
        conversation_id: UUID | None = None,
    ) -> AsyncGenerator[ChatPiece]:
        """Give what the model writes, piece by piece; closing the generator hangs up on it.

        Values that were hidden from it keep their markers through one conversation. Raises the
        refusals of the gateway and AppError("llm_busy", "llm_unavailable", "llm_timeout",
        "llm_refused", "llm_response_invalid", "llm_interrupted", "model_transfer_not_recorded").
        """
        if time.monotonic() < self._rests_until:
            raise AppError("llm_unavailable")
        async with self._slot():
            try:
                async with aclosing(self._pieces(messages, max_tokens, conversation_id)) as pieces:
                    async for piece in pieces:
                        yield piece
            except AppError as error:
                self._note_failure(error)
                raise
            self._failures = 0

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int | None = None,
        conversation_id: UUID | None = None,
    ) -> str:
        """Return all that the model writes. Raises what ``stream`` raises."""
        written = self.stream(messages, max_tokens=max_tokens, conversation_id=conversation_id)
        # Closed at once when the caller gives up, so that its place is free for the next.
        async with aclosing(written) as pieces:
            return "".join([piece.text async for piece in pieces])

    async def aclose(self) -> None:
        """Close every connection."""
        await self._channel.aclose()

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            raise AppError("llm_busy") from None
        try:
            yield
        finally:
            self._slots.release()

    async def _pieces(
        self, messages: Sequence[ChatMessage], max_tokens: int | None, conversation_id: UUID | None
    ) -> AsyncGenerator[ChatPiece]:
        began = time.monotonic()
        exchange = self._channel.exchange(conversation_id)
        async with self._reply(exchange, messages, max_tokens, began) as reply:
            revealed = RevealedPieces(exchange)
            async with aclosing(_timed(read_pieces(reply), self._limits, began)) as pieces:
                async for piece in pieces:
                    yield revealed.feed(piece)
            if rest := revealed.finish():
                yield rest

    @asynccontextmanager
    async def _reply(
        self,
        exchange: Exchange,
        messages: Sequence[ChatMessage],
        max_tokens: int | None,
        began: float,
    ) -> AsyncIterator[StreamedReply]:
        """Open a reply; only what failed before a reply began is tried again."""
        texts = [message.content for message in messages]

        def build(hidden: Sequence[str]) -> dict[str, Any]:
            return self._request(messages, hidden, max_tokens)

        for attempt in range(1, MAX_ATTEMPTS + 1):
            wait: float | None = None
            try:
                async with _named(exchange.stream(texts, build)) as reply:
                    if reply.status == 200:
                        yield reply
                        return
                    wait = _wait_or_refuse(reply)
                    log.warning("llm_busy", status=reply.status, attempt=attempt)
            except _NotReachedError as failure:
                log.warning("llm_unreachable", code=failure.code, attempt=attempt)
            pause = _pause(attempt, wait)
            left = self._limits.wait_seconds - (time.monotonic() - began)
            if attempt == MAX_ATTEMPTS or pause > min(LONGEST_WAIT_SECONDS, left):
                break
            await self._sleep(pause)
        raise AppError("llm_unavailable")

    def _request(
        self, messages: Sequence[ChatMessage], texts: Sequence[str], max_tokens: int | None
    ) -> dict[str, Any]:
        return {
            "model": self.name,
            "messages": [
                {"role": message.role, "content": text}
                for message, text in zip(messages, texts, strict=True)
            ],
            "temperature": 0,
            "max_tokens": max_tokens or self._limits.max_tokens,
            "stream": True,
        }

    def _note_failure(self, error: AppError) -> None:
        if error.code not in {"llm_unavailable", "llm_timeout"}:
            return
        self._failures += 1
        if self._failures >= FAILURES_BEFORE_REST:
            self._rests_until = time.monotonic() + REST_SECONDS


def chat_from_settings(
    settings: Settings, records: Records, guard: Guard | None = None
) -> ChatModel | None:
    """Return the model that is set, or None where answers are extracted (the default).

    An external one needs a guard.
    Raises AppError("llm_provider_not_own", "llm_settings_incomplete", "settings_invalid") before
    anything is sent.
    """
    service = chat_service(settings)
    if service is None:
        return None
    limits = ChatLimits(
        wait_seconds=settings.llm_wait_seconds,
        total_seconds=settings.llm_total_seconds,
        max_tokens=settings.llm_max_tokens,
        concurrency=settings.llm_concurrency,
    )
    channel = open_channel(
        service,
        records,
        guard=guard,
        connect_seconds=CONNECT_SECONDS,
        silence_seconds=limits.wait_seconds,
        total_seconds=limits.wait_seconds,
    )
    return ChatModel(channel, limits)


def chat_service(settings: Settings) -> ModelService | None:
    """Read the service from the settings. Raises as ``chat_from_settings``, but for admission."""
    if not settings.llm_url:
        return None
    try:
        url = chat_url(settings.llm_url)
    except AppError as error:
        reason = error.text.rstrip(".")
        raise AppError("settings_invalid", setting="COGEP_LLM_URL", reason=reason) from None
    if not settings.llm_model:
        raise AppError("llm_settings_incomplete", missing="COGEP_LLM_MODEL")
    return ModelService(
        kind=ModelKind.CHAT,
        url=url,
        model=settings.llm_model,
        provider=ModelProvider(settings.llm_provider) if settings.llm_provider else None,
        api_key=_api_key(settings),
        country=settings.llm_country,
        mechanism=settings.llm_mechanism,
        internal=may_be_internal(settings, "chat", url),
    )


def chat_url(url: str) -> str:
    """Complete a service's address: the endpoint itself, its ``/v1`` or its root."""
    address = parse_url(url)
    root = str(address).split("?", 1)[0].rstrip("/")
    if root.endswith("/chat/completions"):
        return str(address)
    return f"{root}/chat/completions" if root.endswith("/v1") else f"{root}/v1/chat/completions"


def _api_key(settings: Settings) -> str | None:
    if settings.llm_api_key is None:
        return None
    key = settings.llm_api_key.get_secret_value().strip()
    if not (key.isascii() and key.isprintable()):
        reason = "tem caracteres que não cabem em um cabeçalho HTTP"
        raise AppError("settings_invalid", setting="COGEP_LLM_API_KEY", reason=reason)
    return key or None


class _NotReachedError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@asynccontextmanager
async def _named(opening: Any) -> AsyncIterator[StreamedReply]:
    """Name by the model's own codes what happens on the way there and back."""
    replied = False
    try:
        async with opening as reply:
            replied = True
            yield reply
    except AppError as error:
        if error.code.startswith(("llm_", "model_")) or error.code in _OF_THE_GUARD:
            raise
        if not replied and error.code in _BEFORE_A_REPLY:
            raise _NotReachedError(error.code) from None
        if error.code in _TIMES:
            raise AppError("llm_timeout") from None
        if replied and error.retryable:
            raise AppError("llm_interrupted") from None
        raise AppError("llm_response_invalid", reason=error.text.rstrip(".")) from None


async def _timed(
    pieces: AsyncIterator[ChatPiece], limits: ChatLimits, began: float
) -> AsyncGenerator[ChatPiece]:
    """Bound the silence between two pieces and the whole; keep-alive comments are silence."""
    iterator = aiter(pieces)
    ends = began + limits.total_seconds
    while True:
        left = min(limits.wait_seconds, ends - time.monotonic())
        try:
            async with asyncio.timeout(max(left, 0)):
                piece = await anext(iterator)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise AppError("llm_timeout") from None
        yield piece


def _wait_or_refuse(reply: StreamedReply) -> float | None:
    if reply.status not in _PASSING_STATUSES:
        if reply.status >= 500:
            raise AppError("llm_unavailable")
        raise AppError("llm_refused", status=reply.status)
    return reply.retry_after


def _pause(attempt: int, asked: float | None) -> float:
    if asked is not None:
        return asked
    return FIRST_WAIT_SECONDS * 2.0 ** (attempt - 1) * (0.5 + random.random())  # noqa: S311
