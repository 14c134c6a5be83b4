"""Routes that are called too often to pay for the framework's way to them.

A direct route is declared as every other: its rule, its contract and its errors are the same. Only
a request for its exact address is taken to its handler at once, past the framework's own layers,
without trying the other routes and without solving dependencies.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Principal
from cogep_assist.edge.errors import CarriedError, error_response
from cogep_assist.edge.plain_http import HEAD, as_routed, without_body
from cogep_assist.edge.rules import Rule, rule_of

PARAMETERS = ["request", "principal", "idempotency_key"]
_MARK = "cogep_direct"
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])


class _Endpoint(Protocol):
    def __call__(
        self, request: Request, principal: Principal, idempotency_key: str | None
    ) -> Awaitable[Response]: ...


@dataclass(frozen=True, slots=True)
class DirectRoute:
    """A route and all that serving it takes."""

    route: Any
    rule: Rule
    endpoint: _Endpoint


def direct(endpoint: Handler) -> Handler:
    """Mark an endpoint that takes the request, the principal and the idempotency key, no more.

    Raises TypeError for an endpoint that takes anything else.
    """
    if list(inspect.signature(endpoint).parameters) != PARAMETERS:
        raise TypeError(f"a direct endpoint takes {', '.join(PARAMETERS)}")
    setattr(endpoint, _MARK, True)
    return endpoint


def direct_routes(app: FastAPI) -> dict[tuple[str, str], DirectRoute]:
    """Return the application's direct routes by method and address."""
    found = {}
    for context in iter_route_contexts(app.routes):
        if not hasattr(context.endpoint, _MARK):
            continue
        declared = rule_of(context.dependencies)
        assert declared is not None
        assert context.path is not None
        assert "{" not in context.path
        for method in context.methods or ():
            found[method, context.path] = DirectRoute(
                context.original_route,
                declared,
                context.endpoint,  # type: ignore[arg-type]
            )
    return found


class DirectApp(FastAPI):
    """An application whose direct routes, once they are opened, are served before all else."""

    _served: Mapping[tuple[str, str], ASGIApp] = {}

    def open_direct_routes(self, around: Callable[[ASGIApp], ASGIApp]) -> None:
        """Serve the routes that are there now; ``around`` puts about each what is about the rest:

        the request's id, the limit of its body.
        """
        self._served = {
            address: around(_Served(found)) for address, found in direct_routes(self).items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            if scope["method"] == HEAD:
                receive, send = without_body(send)
            scope = as_routed(scope)
            served = self._served.get((scope["method"], scope["path"]))
            if served is not None:
                scope["app"] = self
                await served(scope, receive, send)
                return
        await super().__call__(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Served:
    found: DirectRoute

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self.found.route
        response = await _answer(self.found, Request(scope, receive, send))
        await response(scope, receive, send)


async def _answer(found: DirectRoute, request: Request) -> Response:
    try:
        principal = await found.rule(request)
        key = request.headers.get("idempotency-key")
        return await found.endpoint(request, principal, key)
    except AppError as error:
        return error_response(request, error)
    except CarriedError as error:
        return error_response(request, error.carried)
