"""POST /mcp: the way in to the MCP server (streamable HTTP, without sessions)."""

import asyncio
import contextlib
import importlib
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from starlette.types import Message, Receive, Scope, Send

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.core.site_origins import is_listed
from cogep_assist.edge.bounded_json import read_json
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

router = guarded_router(tags=["mcp"])
_SERVER = "cogep_assist.mcp_server.server"


@asynccontextmanager
async def serving_mcp(app: FastAPI) -> AsyncIterator[None]:
    """Have a server beside the application, from its first message until the application ends."""
    server = app.state.mcp = _Server()
    try:
        yield
    finally:
        await server.close()


class _Server:
    """The protocol's server, started by the first message: most installations hear of none."""

    def __init__(self) -> None:
        self._running: asyncio.Task[None] | None = None
        self._started: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._stop = asyncio.Event()

    async def manager(self) -> "StreamableHTTPSessionManager":
        """Return what handles messages; the first caller starts it."""
        if self._started is None:
            self._started = asyncio.get_running_loop().create_future()
            self._running = asyncio.create_task(self._run(self._started), name="mcp")
        # Whoever goes away while it starts must not take it from the others.
        return await asyncio.shield(self._started)

    async def close(self) -> None:
        """End it, if it was started."""
        self._stop.set()
        if self._running is not None:
            await self._running

    async def _run(self, started: "asyncio.Future[StreamableHTTPSessionManager]") -> None:
        """Start and end it in one task, as its group of tasks asks for."""
        try:
            # 20 MB of types, read in a thread: others are being served.
            server = await asyncio.to_thread(importlib.import_module, _SERVER)
            manager = server.make_manager()
            async with manager.run():
                started.set_result(manager)
                await self._stop.wait()
        except Exception as error:
            if started.done():
                raise
            # The next message tries again.
            self._started = None
            started.set_exception(error)


@router.post(
    "/mcp",
    include_in_schema=False,
    dependencies=[rule(Login.KEY_OR_SESSION, Act.USE_MCP, rate=Rate.READ)],
)
async def mcp(request: Request) -> Response:
    """Serve one message of the protocol."""
    _refuse_rebound_names(request)
    body = await request.body()
    # What is no JSON at all, the protocol's own server refuses in its own words.
    with contextlib.suppress(ValueError, RecursionError):
        read_json(body)
    return _Handled(await request.app.state.mcp.manager(), body)


class _Handled(Response):
    """Hand the request to the protocol's own server, which writes the reply itself."""

    def __init__(self, manager: "StreamableHTTPSessionManager", body: bytes) -> None:
        super().__init__()
        self._manager = manager
        self._message: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def read_again() -> Message:
            message, self._message = self._message, None
            return await receive() if message is None else message

        await self._manager.handle_request(scope, read_again, send)


def _refuse_rebound_names(request: Request) -> None:
    """Raise AppError("origin_refused") for a page of another site, also under a rebound name.

    Only browsers send an Origin. A page may come from the public address, or from a name that no
    foreign DNS can point here: an address in digits, localhost, a name without a dot; or from a
    site that the administrator lists.
    """
    origin = request.headers.get("origin")
    if origin is None and request.headers.get("sec-fetch-site") in {None, "none"}:
        return
    settings = edge_state(request).settings
    if origin is not None and is_listed(origin, settings.api_allow_origins):
        return
    public = urlsplit(settings.public_url or "")
    try:
        page = urlsplit(origin or "")
    except ValueError:
        raise AppError("origin_refused") from None
    if public.netloc and page.netloc.lower() == public.netloc.lower():
        return
    host = request.headers.get("host", "").lower()
    if page.netloc.lower() != host or not _is_unrebindable(page.hostname or ""):
        raise AppError("origin_refused")


def _is_unrebindable(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and "." not in name
    return True
