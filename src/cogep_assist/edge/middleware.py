"""Around every request: an id, safe headers, a bounded body, one log line, no stack trace."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import REQUEST_ID, log_often
from cogep_assist.core.metrics import METHODS, observe_request
from cogep_assist.core.tracing import NO_SPAN, Span, is_safe_id, is_traced, traced
from cogep_assist.edge.errors import CarriedError, error_response, unexpected
from cogep_assist.edge.plain_http import asked_method

MIB = 1024 * 1024
SMALL_BODY_BYTES = MIB
ASSETS = "/estatico/"
QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self'; font-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

_FIXED_HEADERS = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_FIXED_NAMES = frozenset(name.lower() for name, _ in _FIXED_HEADERS)
_HTTPS_HEADER = (b"Strict-Transport-Security", b"max-age=31536000")
MANY_DIGITS = 8
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# W3C Trace Context, 3.2: version, trace, span, flags. A trace of zeros is none.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-.{2,}")


class RequestContext:
    """Give each request its id, its headers and its log line; turn a crash into one reply."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_headers(message["headers"], request_id, scope)
            await send(message)

        async def serve() -> None:
            try:
                await self._app(scope, receive, send_with_headers)
            except Exception as error:
                reply = unexpected(error)
                if status:
                    raise
                response = error_response(Request(scope), reply)
                await response(scope, receive, send_with_headers)

        token = REQUEST_ID.set(request_id)
        try:
            if not is_traced():
                await serve()
                return
            with _span(scope, request_id) as span:
                try:
                    await serve()
                finally:
                    _end_span(span, scope, status)
        finally:
            _log_request(scope, status, began)
            REQUEST_ID.reset(token)


class BodyLimit:
    """Refuse a body that is too large: by what it declares, and again as it arrives.

    A packed one is refused too: what it holds is bounded by nothing that it declares.

    ``limits`` maps paths to bytes, exact ones or ``*/last-segment``; every other path gets
    ``SMALL_BODY_BYTES``.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        declared = _declared_length(scope)
        packed = _packing(scope)
        received = 0

        async def bounded_receive() -> Message:
            nonlocal received
            if declared is not None and declared > limit:
                raise _too_large(limit)
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if packed and received:
                    raise CarriedError(AppError("content_encoding_not_accepted", encoding=packed))
                if received > limit:
                    raise _too_large(limit)
            return message

        await self._app(scope, bounded_receive, send)

    def _limit_of(self, path: str) -> int:
        exact = self._limits.get(path)
        return exact or self._limits.get(f"*/{path.rpartition('/')[2]}", SMALL_BODY_BYTES)


def _note_access(scope: Scope) -> None:
    # The application has its notes from its start to its end.
    notes = getattr(scope["app"].state, "access_notes", None) if "app" in scope else None
    if notes is not None and not scope["path"].startswith(ASSETS):
        notes.note(scope)


def _too_large(limit: int) -> CarriedError:
    return CarriedError(AppError("body_too_large", limit_mib=max(1, limit // MIB)))


def _declared_length(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return None


def _packing(scope: Scope) -> str:
    """Return how a body is packed (``gzip``), or nothing."""
    for name, value in scope["headers"]:
        if name == b"content-encoding":
            told: str = value.decode("ascii", "replace").strip().lower()
            return "" if told == "identity" else told[:50]
    return ""


def _request_id(scope: Scope) -> str:
    """Return the client's id for the request, else that of the trace it belongs to, else ours."""
    trace = None
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given: str = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(given) and not _may_be_a_number(given):
                return given
        elif name == b"traceparent":
            trace = _TRACEPARENT.fullmatch(value.decode("latin-1"))
    return trace[1] if trace else str(uuid7())


def _may_be_a_number(given: str) -> bool:
    """Tell whether a client's id could be somebody's CPF or telephone: logs would keep it."""
    return not is_safe_id(given) and sum(map(str.isdigit, given)) >= MANY_DIGITS


def _with_headers(headers: Any, request_id: str, scope: Scope) -> list[tuple[bytes, bytes]]:
    given = _FIXED_NAMES.intersection([name.lower() for name, _ in headers])
    if given and any(b"frame-ancestors" in value for _, value in headers):
        # The reply says itself who may frame it, and this older header can name no other site.
        given |= {b"x-frame-options"}
    added = [h for h in _FIXED_HEADERS if h[0].lower() not in given] if given else _FIXED_HEADERS
    all_headers = [*headers, *added, (b"X-Request-ID", request_id.encode())]
    if scope.get("scheme") == "https":
        all_headers.append(_HTTPS_HEADER)
    return all_headers


@contextmanager
def _span(scope: Scope, request_id: str) -> Iterator[Span]:
    if scope["path"] in QUIET_PATHS:
        yield NO_SPAN
        return
    parent = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"traceparent"), None)
    with traced(_method(scope), "server", parent) as span:
        span.note("http.request.method", _method(scope))
        if is_safe_id(request_id):
            span.note("cogep.request_id", request_id)
        yield span


def _end_span(span: Span, scope: Scope, status: int) -> None:
    route = getattr(scope.get("route"), "path", "-")
    span.rename(f"{_method(scope)} {route}")
    span.note("http.route", route)
    span.note("http.response.status_code", status or 499)
    if status >= 500:
        span.fail(str(status))


def _method(scope: Scope) -> str:
    """Return the method, or a name for one that a client made up."""
    method = asked_method(scope)
    return method if method in METHODS else "OTHER"


def _log_request(scope: Scope, status: int, began: float) -> None:
    seconds = time.perf_counter() - began
    # The route's pattern, never the path or the query: those carry what people write.
    route = getattr(scope.get("route"), "path", "-")
    observe_request(asked_method(scope), route, status, seconds)
    if scope["path"] in QUIET_PATHS and status < 400:
        return
    _note_access(scope)
    log_often(
        __name__,
        "request",
        method=asked_method(scope),
        route=route,
        status=status,
        duration_ms=round(seconds * 1000, 1),
    )
