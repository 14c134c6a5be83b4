"""Our transport under httpx2: guarded sockets, HTTP/1.1 only, nothing from the environment."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import aclosing, contextmanager
from functools import cache
from types import TracebackType
from typing import Self

import httpcore2
import httpx2

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_connect import (
    Connector,
    GuardedBackend,
    Resolver,
    SystemResolver,
    connect_to_address,
)
from cogep_assist.integrations.http_policy import HttpPolicy, policy_for_pinned
from cogep_assist.integrations.http_url import parse_url

MAX_CONNECTIONS = 200
MAX_IDLE_CONNECTIONS = 20
IDLE_SECONDS = 5.0


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Carry requests under one policy; it follows no redirect and keeps no cookie.

    Every failure of policy, name look-up or connection is an AppError; what happens on an
    open connection is an httpx2 exception, as third-party clients expect.
    """

    def __init__(
        self,
        policy: HttpPolicy,
        *,
        resolver: Resolver | None = None,
        connector: Connector = connect_to_address,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.policy = policy
        self._own_resolver = SystemResolver() if resolver is None else None
        names = resolver or self._own_resolver
        assert names is not None
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context or _system_trust(),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            http1=True,
            http2=False,
            network_backend=GuardedBackend(policy, names, connector),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Judge the URL, send one request, return its response with the body still to read."""
        self.policy.check_url(parse_url(str(request.url)))
        if not isinstance(request.stream, AsyncIterable):
            raise TypeError("the request's body must be readable asynchronously")
        carried = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions={**request.extensions, "timeout": self._timeouts(request)},
        )
        with _httpx2_exceptions():
            response = await self._pool.handle_async_request(carried)
        return httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_CappedStream(response, self.policy.max_bytes, request.url.host),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
        if self._own_resolver is not None:
            self._own_resolver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    def _timeouts(self, request: httpx2.Request) -> dict[str, float]:
        asked = request.extensions.get("timeout") or {}
        most = {
            "connect": self.policy.connect_timeout,
            "read": self.policy.read_timeout,
            "write": self.policy.read_timeout,
            "pool": self.policy.total_timeout,
        }
        return {
            phase: limit if asked.get(phase) is None else min(asked[phase], limit)
            for phase, limit in most.items()
        }


def transport_for_pinned(
    origin: str,
    *,
    read_timeout: float = 60.0,
    resolver: Resolver | None = None,
    connector: Connector = connect_to_address,
    ssl_context: ssl.SSLContext | None = None,
) -> GuardedTransport:
    """Return the transport of one endpoint that the administrator set, for SDKs of others.

    It carries requests to that exact scheme, host and port and refuses any other with
    AppError("origin_not_pinned").  Raises AppError("url_...") for a bad origin.
    """
    policy = policy_for_pinned(origin, read_timeout=read_timeout)
    return GuardedTransport(policy, resolver=resolver, connector=connector, ssl_context=ssl_context)


@cache
def _system_trust() -> ssl.SSLContext:
    # Read once per process, since it costs some 50 ms.  SSL_CERT_FILE is honoured: an
    # organisation's own authority is named there.
    return httpx2.create_ssl_context()


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, response: httpcore2.Response, max_bytes: int, host: str) -> None:
        self._response = response
        self._max_bytes = max_bytes
        self._host = host

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        received = 0
        with _httpx2_exceptions():
            async with aclosing(self._response.aiter_stream()) as chunks:
                async for chunk in chunks:
                    received += len(chunk)
                    if received > self._max_bytes:
                        raise AppError(
                            "response_too_large", host=self._host, limit_bytes=self._max_bytes
                        )
                    yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


@contextmanager
def _httpx2_exceptions() -> Iterator[None]:
    # httpx2 names its exceptions as httpcore2 does.
    try:
        yield
    except (
        httpcore2.TimeoutException,
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.ProxyError,
        httpcore2.UnsupportedProtocol,
    ) as error:
        twin = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise twin(str(error)) from error
