"""The only way to a model that runs outside this process: chat, embeddings, reranking.

It admits each request to a service or refuses it, hides personal data in it, writes the transfer
before anything leaves, and fails closed at each of these steps. The rules are in docs/adr.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.integrations.connections import Connections
from cogep_assist.integrations.http import (
    GuardedClient,
    Response,
    StreamedReply,
    policy_for_pinned,
)
from cogep_assist.integrations.http_url import parse_url
from cogep_assist.integrations.transfer_log import Transfer

_REFUSALS = {
    ModelKind.CHAT: "llm_provider_not_own",
    ModelKind.EMBEDDINGS: "embed_provider_not_own",
    ModelKind.RERANK: "rerank_provider_not_own",
}
Build = Callable[[Sequence[str]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ModelService:
    """A model's service as the administrator set it; ``url`` is the endpoint itself."""

    kind: ModelKind
    url: str
    model: str
    provider: ModelProvider | None
    api_key: str | None = field(default=None, repr=False)
    country: str | None = None
    mechanism: str | None = None
    # Whether it may lie in the organisation's own network: ``integrations.model_reach``.
    internal: bool = True


@dataclass(frozen=True, slots=True)
class Admission:
    """What a service may be sent at this moment, and under what."""

    masked: bool = False
    sensitive_allowed: bool = True
    country: str | None = None
    mechanism: str | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """Texts fit to leave, and how many values of each type were replaced in them."""

    texts: Sequence[str]
    replaced: dict[str, int] = field(default_factory=dict)


class Revealer(Protocol):
    """Put back, in a stream, what a mask replaced; a marker may be cut anywhere."""

    def feed(self, text: str) -> str:
        """Return what can be told already; the beginning of a marker is held back."""

    def finish(self) -> str:
        """Return what was held back."""


class Mask(Protocol):
    """Hide personal data in what leaves, and put it back in what returns.

    ``hide`` raises an AppError where it cannot tell what is personal: nothing leaves then.
    """

    async def hide(self, texts: Sequence[str]) -> Hidden:
        """Return the texts, in order, with personal data replaced by markers."""

    def revealer(self, *, json_text: bool | None = None) -> Revealer:
        """Return a fresh revealer of the markers that this mask has given out.

        ``json_text`` says that what comes is JSON, such as the arguments of a tool's call.
        """


class Guard(Protocol):
    """Who says what a service may be sent, and hides from it what it may not."""

    async def admission(self, service: ModelService) -> Admission:
        """Admit a service at this moment, or raise why not."""

    def mask(
        self, service: ModelService, admission: Admission, conversation_id: UUID | None
    ) -> Mask:
        """Return what hides personal data in one request of a conversation."""


class Records(Protocol):
    """Where transfers are written before they are made."""

    async def record(self, transfer: Transfer) -> None:
        """Write one transfer, or raise: then nothing leaves."""


class ModelChannel(Connections):
    """Connections to one admitted service; close it, or use it as an async context manager."""

    def __init__(
        self, service: ModelService, client: GuardedClient, records: Records, guard: Guard | None
    ) -> None:
        self.service = service
        self._client = client
        self._records = records
        self._guard = guard

    def exchange(self, conversation_id: UUID | None = None) -> "Exchange":
        """Begin one request; what is hidden in it belongs to its conversation."""
        return Exchange(self.service, self._client, self._records, self._guard, conversation_id)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()


class Exchange:
    """One request and its reply, tried again or not, and what was hidden between them."""

    def __init__(
        self,
        service: ModelService,
        client: GuardedClient,
        records: Records,
        guard: Guard | None,
        conversation_id: UUID | None,
    ) -> None:
        self._service = service
        self._client = client
        self._records = records
        self._guard = guard
        self._conversation_id = conversation_id
        self._mask: Mask | None = None

    @asynccontextmanager
    async def stream(self, texts: Sequence[str], build: Build) -> AsyncIterator[StreamedReply]:
        """Send ``build(texts)`` as JSON and give the reply while it comes."""
        content = await self._prepared(texts, build)
        async with self._client.stream(
            "POST",
            self._service.url,
            content=content,
            headers=self._headers("text/event-stream, application/json"),
        ) as reply:
            yield reply

    async def send(self, texts: Sequence[str], build: Build) -> Response:
        """Send ``build(texts)`` as JSON and read the whole reply, whatever its status."""
        content = await self._prepared(texts, build)
        return await self._client.request(
            "POST", self._service.url, content=content, headers=self._headers("application/json")
        )

    def revealer(self, *, json_text: bool | None = None) -> Revealer:
        """Return what puts back into a reply the values that were hidden in the request."""
        return self._mask.revealer(json_text=json_text) if self._mask else _Nothing()

    async def _prepared(self, texts: Sequence[str], build: Build) -> bytes:
        """Admit, hide, write down; whatever fails here, nothing leaves."""
        admission = await self._admission()
        hidden = await self._hidden(texts, admission)
        content = json.dumps(build(hidden.texts), ensure_ascii=False).encode("utf-8", "replace")
        await self._records.record(self._transfer(content, hidden, admission))
        return content

    async def _admission(self) -> Admission:
        if self._guard is not None:
            return await self._guard.admission(self._service)
        admit(self._service, None)
        return Admission(country=self._service.country, mechanism=self._service.mechanism)

    async def _hidden(self, texts: Sequence[str], admission: Admission) -> Hidden:
        if not admission.masked:
            return Hidden(texts)
        assert self._guard is not None
        self._mask = self._guard.mask(self._service, admission, self._conversation_id)
        return await self._mask.hide(texts)

    def _transfer(self, content: bytes, hidden: Hidden, admission: Admission) -> Transfer:
        service = self._service
        assert service.provider is not None
        return Transfer(
            kind=service.kind,
            provider=service.provider,
            host=parse_url(service.url).host,
            model=service.model,
            country=admission.country or service.country,
            mechanism=admission.mechanism or service.mechanism,
            payload_sha256=hashlib.sha256(content).digest(),
            payload_bytes=len(content),
            items=len(hidden.texts),
            replaced=dict(hidden.replaced),
        )

    def _headers(self, accept: str) -> dict[str, str]:
        headers = {"content-type": "application/json", "accept": accept}
        if self._service.api_key:
            headers["authorization"] = f"Bearer {self._service.api_key}"
        return headers


def open_channel(
    service: ModelService,
    records: Records,
    *,
    guard: Guard | None = None,
    connect_seconds: float = 5.0,
    silence_seconds: float = 60.0,
    total_seconds: float = 300.0,
) -> ModelChannel:
    """Admit a service and open the way to it; no other place of the product opens one.

    ``total_seconds`` bounds ``send``, and ``stream`` up to its headers. Raises the refusals of
    ``admit``.
    """
    admit(service, guard)
    policy = policy_for_pinned(
        service.url,
        connect_timeout=connect_seconds,
        read_timeout=silence_seconds,
        total_timeout=total_seconds,
        internal=service.internal,
    )
    return ModelChannel(service, GuardedClient(policy), records, guard)


def admit(service: ModelService, guard: Guard | None) -> None:
    """Refuse a service that nobody answers for.

    The organisation's own is admitted as the administrator declared it. An external one is asked
    only behind a guard, which admits each request by the registry of providers and hides personal
    data in it (LGPD, arts. 33 and 46). Raises AppError("llm_provider_not_own"|
    "embed_provider_not_own"|"rerank_provider_not_own").
    """
    if service.provider is ModelProvider.OWN:
        return
    if service.provider is None or guard is None:
        raise AppError(_REFUSALS[service.kind], host=parse_url(service.url).host)


class _Nothing:
    """Where nothing was hidden, nothing is to be put back."""

    def feed(self, text: str) -> str:
        return text

    def finish(self) -> str:
        return ""
