"""The one client for every outgoing request; the rules are in docs/adr/0003."""

import asyncio
import ssl
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import cast

import httpx2

from cogep_assist import __version__
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.tracing import NO_SPAN, Span, traced
from cogep_assist.integrations.connections import Connections
from cogep_assist.integrations.http_body import ACCEPTED_ENCODINGS, BodyLimits, read_body
from cogep_assist.integrations.http_connect import Connector, Resolver, connect_to_address
from cogep_assist.integrations.http_failures import failure_for_status, failures_named
from cogep_assist.integrations.http_policy import (
    HttpPolicy,
    policy_for_pinned,
    policy_from_settings,
)
from cogep_assist.integrations.http_response import Response, headers_as_text, plain_validator
from cogep_assist.integrations.http_stream import StreamedReply
from cogep_assist.integrations.http_transport import GuardedTransport, transport_for_pinned
from cogep_assist.integrations.http_url import WebAddress, canonical_url, join_url, parse_url

__all__ = [
    "GuardedClient",
    "GuardedTransport",
    "HttpPolicy",
    "Response",
    "StreamedReply",
    "canonical_url",
    "parse_url",
    "policy_for_pinned",
    "policy_from_settings",
    "transport_for_pinned",
]

log = get_logger(__name__)

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

# What our own code never sets by hand, and what may follow a redirect to another origin.
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "cookie"})
_HARMLESS = frozenset(
    {"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"}
)
_DEFAULT_HEADERS = {
    "user-agent": f"COGEP-Assist/{__version__}",
    "accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8",
    "accept-language": "pt-BR,pt;q=0.9,en;q=0.5",
    "accept-encoding": ACCEPTED_ENCODINGS,
}


class GuardedClient(Connections):
    """Send requests under one policy; close it, or use it as an async context manager."""

    def __init__(
        self,
        policy: HttpPolicy,
        *,
        resolver: Resolver | None = None,
        connector: Connector = connect_to_address,
        ssl_context: ssl.SSLContext | None = None,
        traced: bool = True,
    ) -> None:
        self.policy = policy
        self._traced = traced
        self._transport = GuardedTransport(
            policy, resolver=resolver, connector=connector, ssl_context=ssl_context
        )

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """Read a URL through its redirects, judging each hop anew.

        Answers only 200 and, where a validator was sent, 304 (``not_modified``, empty
        body); any other outcome is an AppError of the ``fetch`` catalogue.
        """
        asked = _request_headers(headers)
        if validator := plain_validator(etag):
            asked["if-none-match"] = validator
        if validator := plain_validator(last_modified):
            asked["if-modified-since"] = validator
        address = parse_url(url)
        async with _deadline(self.policy.total_timeout, address.host):
            return await self._follow(address, asked, max_bytes)

    async def request(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """Send one request and answer whatever status comes; redirects are not followed."""
        if method not in METHODS:
            raise ValueError(f"method {method!r} is not supported")
        address = parse_url(url)
        async with _deadline(self.policy.total_timeout, address.host):
            reply = await self._send(method, address, _request_headers(headers), content)
            try:
                return await self._read(reply, address, max_bytes)
            finally:
                await reply.aclose()

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[StreamedReply]:
        """Send one request and give its reply while it comes; the caller bounds the whole time.

        Whatever status comes is given, redirects are not followed, compression is refused.
        """
        if method not in METHODS:
            raise ValueError(f"method {method!r} is not supported")
        address = parse_url(url)
        asked = {**_request_headers(headers), "accept-encoding": "identity"}
        async with _deadline(self.policy.total_timeout, address.host):
            reply = await self._send(method, address, asked, content)
        try:
            yield StreamedReply(reply, address.host)
        finally:
            await reply.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def _follow(
        self, address: WebAddress, headers: dict[str, str], max_bytes: int | None
    ) -> Response:
        visited: list[str] = []
        while True:
            reply = await self._send("GET", address, headers)
            try:
                if reply.status_code not in REDIRECT_STATUSES:
                    return await self._accept(reply, address, headers, visited, max_bytes)
                target = _redirect_target(reply, address)
            finally:
                await reply.aclose()
            visited.append(str(address))
            if len(visited) > self.policy.max_redirects:
                raise AppError("too_many_redirects", limit=self.policy.max_redirects)
            headers = _headers_for_hop(headers, address, target)
            address = target

    async def _send(
        self, method: str, address: WebAddress, headers: dict[str, str], content: bytes = b""
    ) -> httpx2.Response:
        request = httpx2.Request(method, str(address), headers=headers, content=content)
        with failures_named(address.host), self._span(method) as span:
            reply = await self._transport.handle_async_request(request)
            span.note("http.response.status_code", reply.status_code)
        if reply.http_version not in {"HTTP/1.0", "HTTP/1.1"}:
            await reply.aclose()
            reason = "a versão do protocolo não existe"
            raise AppError("response_malformed", host=address.host, reason=reason)
        raw = reply.headers.raw
        size = sum(len(name) + len(value) + 4 for name, value in raw)
        if size > self.policy.max_header_bytes or len(raw) > self.policy.max_headers:
            await reply.aclose()
            raise AppError("response_headers_too_large", host=address.host)
        return reply

    @contextmanager
    def _span(self, method: str) -> Iterator[Span]:
        """Trace one call, without saying where it goes: people's addresses may name them."""
        if not self._traced:
            yield NO_SPAN
            return
        with traced(method, "client") as span:
            span.note("http.request.method", method)
            span.note("cogep.egress", "open" if self.policy.pinned is None else "pinned")
            yield span

    async def _accept(
        self,
        reply: httpx2.Response,
        address: WebAddress,
        headers: dict[str, str],
        visited: list[str],
        max_bytes: int | None,
    ) -> Response:
        validated = not headers.keys().isdisjoint({"if-none-match", "if-modified-since"})
        if reply.status_code == 304 and validated:
            return _unchanged(reply, address, visited)
        if reply.status_code != 200:
            text = headers_as_text(reply.headers.raw)
            raise failure_for_status(reply.status_code, text, address.host)
        response = await self._read(reply, address, max_bytes)
        response.redirects = tuple(visited)
        log.debug("fetched", host=address.host, bytes=response.size, redirects=len(visited))
        return response

    async def _read(
        self, reply: httpx2.Response, address: WebAddress, max_bytes: int | None
    ) -> Response:
        headers = headers_as_text(reply.headers.raw)
        limits = self._limits(max_bytes)
        declared = headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:18]) > limits.wire:
            raise AppError("response_too_large", host=address.host, limit_bytes=limits.wire)
        iterator = aiter(cast("httpx2.AsyncByteStream", reply.stream))
        assert isinstance(iterator, AsyncGenerator)
        with failures_named(address.host, body=True):
            async with aclosing(iterator) as chunks:
                body = await read_body(
                    chunks,
                    encoding=headers.get("content-encoding", ""),
                    limits=limits,
                    host=address.host,
                )
        return Response(
            status=reply.status_code,
            headers=headers,
            body=body.file,
            size=body.size,
            sha256=body.sha256,
            final_url=str(address),
        )

    def _limits(self, max_bytes: int | None) -> BodyLimits:
        wire, decoded = self.policy.max_bytes, self.policy.max_decoded_bytes
        if max_bytes is None:
            return BodyLimits(wire=wire, decoded=decoded)
        return BodyLimits(wire=min(wire, max_bytes), decoded=min(decoded, max_bytes))


@asynccontextmanager
async def _deadline(seconds: float, host: str) -> AsyncIterator[None]:
    """Bound everything inside by one wall clock, whatever trickles in meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise AppError("fetch_timeout", host=host, phase="concluir o envio") from None


def _request_headers(given: Mapping[str, str] | None) -> dict[str, str]:
    named = {name.lower(): value for name, value in (given or {}).items()}
    if refused := _OURS & named.keys():
        raise ValueError(f"headers {sorted(refused)} are set by the client itself")
    return {**_DEFAULT_HEADERS, **named}


def _redirect_target(reply: httpx2.Response, address: WebAddress) -> WebAddress:
    locations = [value for name, value in reply.headers.raw if name.lower() == b"location"]
    text = headers_as_text([(b"location", value) for value in locations[:1]]).get("location", "")
    # Two different answers to "where to" are as good as none.
    if not text.strip() or len(set(locations)) > 1:
        raise AppError("redirect_invalid", host=address.host)
    return join_url(address, text)


def _headers_for_hop(
    headers: dict[str, str], source: WebAddress, target: WebAddress
) -> dict[str, str]:
    if source.origin == target.origin:
        return headers
    kept = {
        name: value
        for name, value in headers.items()
        if name in _HARMLESS or name in _DEFAULT_HEADERS
    }
    if kept != headers and source.scheme == "https" and target.scheme == "http":
        raise AppError("redirect_downgrade_refused", host=source.host)
    return kept


def _unchanged(reply: httpx2.Response, address: WebAddress, visited: list[str]) -> Response:
    return Response(
        status=304,
        headers=headers_as_text(reply.headers.raw),
        body=tempfile.SpooledTemporaryFile(),
        size=0,
        sha256="",
        final_url=str(address),
        redirects=tuple(visited),
        not_modified=True,
    )
