"""What HTTP clients take for granted of any address, whichever route serves it.

HEAD is answered wherever GET is (RFC 9110, 9.1): monitors, balancers and ``curl -I`` ask so. One
slash too many at an address's end is the same address: it is how many clients are configured.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.types import Message, Receive, Scope, Send

HEAD = "HEAD"
_ASKED = "cogep_method"


def as_routed(scope: Scope) -> Scope:
    """Return a request's scope as the routes know its address."""
    changed: dict[str, Any] = {}
    path = scope["path"]
    if path.endswith("/") and len(path) > 1:
        changed["path"] = path.rstrip("/") or "/"
    if scope["method"] == HEAD:
        changed |= {"method": "GET", _ASKED: HEAD}
    return {**scope, **changed} if changed else scope


def asked_method(scope: MutableMapping[str, Any]) -> str:
    """Return the method that the client sent."""
    return str(scope.get(_ASKED, scope["method"]))


def without_body(send: Send) -> tuple[Receive, Send]:
    """Return how to serve a HEAD by the route of GET: its headers, none of its body.

    A body without an end is not begun: once its headers are out, the client has gone.
    """
    ended = asyncio.Event()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await ended.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send_headers(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
        elif not ended.is_set():
            ended.set()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return receive, send_headers
