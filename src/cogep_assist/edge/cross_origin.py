"""Let pages of listed sites call the API from a browser (CORS), by a key and never by a cookie.

Without ``Access-Control-Allow-Credentials`` browsers send no cookie along and hide a reply that
was made with one: a listed site does what its key may, and nothing in the name of whoever looks.
"""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cogep_assist.core.site_origins import is_listed

METHODS = b"GET, POST, PUT, PATCH, DELETE"
# What our own contract and the clients of OpenAI's and MCP's send.
_ASKED_HEADERS = b"access-control-request-headers"
_DEFAULT_HEADERS = b"Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-ID"
_SHOWN_HEADERS = (
    b"X-Request-ID, Location, ETag, Retry-After, Link, Content-Disposition, Mcp-Session-Id"
)
# The longest that browsers keep what they were told (Chromium: two hours).
_KEEP_SECONDS = b"7200"


class CrossOrigin:
    """Answer preflights of listed origins and mark the replies that they may read.

    An origin that is not listed is served as ever: its browser keeps the reply from the page.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not self._origins:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin: bytes | None = headers.get(b"origin")
        listed = origin is not None and is_listed(origin.decode("latin-1"), self._origins)
        marks = [(b"Vary", b"Origin")]
        if origin is not None and listed:
            marks += [
                (b"Access-Control-Allow-Origin", origin),
                (b"Access-Control-Expose-Headers", _SHOWN_HEADERS),
            ]
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                await _answer_preflight(send, marks, headers.get(_ASKED_HEADERS))
                return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *marks]
            await send(message)

        await self._app(scope, receive, send_marked)


async def _answer_preflight(
    send: Send, marks: list[tuple[bytes, bytes]], asked: bytes | None
) -> None:
    """Say what may be sent: any header, which gives a page no more than its key does."""
    headers = [
        *marks,
        (b"Vary", b"Access-Control-Request-Headers"),
        (b"Access-Control-Allow-Methods", METHODS),
        (b"Access-Control-Allow-Headers", asked or _DEFAULT_HEADERS),
        (b"Access-Control-Max-Age", _KEEP_SECONDS),
        (b"Cache-Control", b"no-store"),
        (b"Content-Length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
