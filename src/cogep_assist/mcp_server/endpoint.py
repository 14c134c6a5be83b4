"""POST /mcp: the way in to the MCP server (streamable HTTP, without sessions)."""

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Receive, Scope, Send

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.mcp_server.server import make_server

router = guarded_router(tags=["mcp"])


@asynccontextmanager
async def serving_mcp(app: FastAPI) -> AsyncIterator[None]:
    """Run the server beside the application, for as long as the application runs."""
    manager = StreamableHTTPSessionManager(make_server(), json_response=True, stateless=True)
    async with manager.run():
        app.state.mcp = manager
        yield


@router.post(
    "/mcp",
    include_in_schema=False,
    dependencies=[rule(Login.KEY_OR_SESSION, Act.USE_MCP, rate=Rate.READ)],
)
async def mcp(request: Request) -> Response:
    """Serve one message of the protocol."""
    _refuse_rebound_names(request)
    return _Handled(request.app.state.mcp)


class _Handled(Response):
    """Hand the request to the protocol's own server, which writes the reply itself."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)


def _refuse_rebound_names(request: Request) -> None:
    """Raise AppError("origin_refused") for a page of another site, also under a rebound name.

    Only browsers send an Origin. A page may come from the public address, or from a name that no
    foreign DNS can point here: an address in digits, localhost, a name without a dot.
    """
    origin = request.headers.get("origin")
    if origin is None and request.headers.get("sec-fetch-site") in {None, "none"}:
        return
    public = urlsplit(edge_state(request).settings.public_url or "")
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
