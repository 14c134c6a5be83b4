"""The rule that each route declares: who may come in, to do what, and how often.

``rule(...)`` goes into a route's ``dependencies``; routers made by ``guarded_router()``
apply it before the body is read, so that a stranger cannot make us read or parse one.
"""

import enum
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request, Response, params
from fastapi.routing import APIRoute

from cogep_assist.core.access import authenticate_session
from cogep_assist.core.access_delegation import act_for
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import ACTING
from cogep_assist.core.network_address import network_of
from cogep_assist.core.principal import ANONYMOUS, Act, Principal
from cogep_assist.core.site_visits import authenticate_visit
from cogep_assist.edge.bounded_json import bounded
from cogep_assist.edge.cookies import COOKIE, read_cookie
from cogep_assist.edge.cross_site import SAFE_METHODS, refuse_other_sites, require_csrf_token
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.state import EdgeState, edge_state

# The person, by e-mail (percent-encoded beyond ASCII) or id, for whom a key acts.
ON_BEHALF_OF = "On-Behalf-Of"


class Login(enum.StrEnum):
    """How somebody must have come in."""

    OPEN = "open"
    SESSION = "session"
    KEY_OR_SESSION = "key_or_session"
    # By the token of a visit from a site that embeds the question box.
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Rule:
    """A route's declared rule; calling it admits a request or refuses it."""

    login: Login
    act: Act | None
    rate: Rate
    idempotent: bool = False
    rechecked: bool = False
    token_in_query: bool = False

    async def __call__(self, request: Request) -> Principal:
        """Return who makes the request. Raises the AppError of what it lacks."""
        state = request.scope.setdefault("state", {})
        admitted = state.get("principal")
        if isinstance(admitted, Principal):
            return admitted
        principal = state["principal"] = await self._admit(request)
        ACTING.set(principal.label)
        return principal

    async def _admit(self, request: Request) -> Principal:
        if self.login is Login.VISIT:
            return await self._admit_visit(request)
        edge = edge_state(request)
        if self.login is Login.OPEN:
            await edge.limits.check(self.rate, _address(request))
            if request.method not in SAFE_METHODS:
                refuse_other_sites(request)
            return ANONYMOUS
        principal = await _authenticate(
            request, edge, keys=self.login is Login.KEY_OR_SESSION, rechecked=self.rechecked
        )
        # Known, though not yet admitted: a page that says no still shows the way elsewhere.
        request.state.known = principal
        await edge.limits.check(self.rate, principal.came_in_as)
        assert self.act is not None
        principal.require(self.act)
        if principal.session_id is not None and request.method not in SAFE_METHODS:
            refuse_other_sites(request)
            await require_csrf_token(
                request, request.state.csrf_token, in_query=self.token_in_query
            )
        return principal

    async def _admit_visit(self, request: Request) -> Principal:
        """Admit a visitor: counted by their address, then among all visitors of their site."""
        edge = edge_state(request)
        await edge.limits.check(self.rate, _address(request))
        refuse_other_sites(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "visit":
            raise AppError("not_authenticated")
        async with edge.database.begin() as session:
            found = await authenticate_visit(session, token.strip())
        if found is None:
            raise AppError("site_visit_ended")
        principal, site = found
        await edge.limits.check_site(site.id, site.asks_per_minute)
        assert self.act is not None
        principal.require(self.act)
        return principal


def rule(
    login: Login,
    act: Act | None = None,
    *,
    rate: Rate = Rate.READ,
    idempotent: bool = False,
    rechecked: bool = False,
    token_in_query: bool = False,
) -> params.Depends:
    """Declare a route's rule. ``idempotent``: the route takes an Idempotency-Key.

    ``rechecked``: the statement that writes what the route does looks once more whether the key is
    good. Only then may a key be let in by a look-up of a moment ago. ``token_in_query``: a form
    with files carries its token in its address.
    """
    if (act is None) != (login is Login.OPEN):
        raise ValueError("an open route has no act, every other route has one")
    declared: params.Depends = Depends(
        Rule(login, act, rate, idempotent, rechecked, token_in_query)
    )
    return declared


def rule_of(dependencies: Sequence[params.Depends]) -> Rule | None:
    """Return the rule that is declared among a route's dependencies."""
    for dependency in dependencies:
        if isinstance(dependency.dependency, Rule):
            return dependency.dependency
    return None


class GuardedRoute(APIRoute):
    """A route whose rule is applied before its body is read."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Wrap the handler in the rule."""
        handler = super().get_route_handler()
        declared = rule_of(self.dependencies)
        if declared is None:
            raise ValueError(f"route {self.path} declares no rule")

        async def guarded(request: Request) -> Response:
            await declared(request)
            return await handler(bounded(request))

        return guarded


def guarded_router(**options: Any) -> APIRouter:
    """Return a router that refuses, at import, a route without a rule."""
    return APIRouter(route_class=GuardedRoute, **options)


async def _principal(request: Request) -> Principal:
    principal = request.state.principal
    assert isinstance(principal, Principal)
    return principal


PrincipalDep = Annotated[Principal, Depends(_principal)]


async def _authenticate(
    request: Request, edge: EdgeState, *, keys: bool, rechecked: bool
) -> Principal:
    header = request.headers.get("authorization")
    if header is not None and keys:
        scheme, _, credential = header.partition(" ")
        if scheme.lower() != "bearer":
            raise AppError("not_authenticated")
        named = request.headers.get(ON_BEHALF_OF)
        # What is written in a person's name is not checked again by the writing statement.
        rechecked = rechecked and named is None
        principal = await edge.keys.find(credential.strip(), rechecked=rechecked)
        if principal is None:
            raise AppError("key_invalid")
        return principal if named is None else await _person(edge, principal, named)
    if ON_BEHALF_OF in request.headers:
        raise AppError("on_behalf_not_allowed")
    token = read_cookie(request, COOKIE)
    if token is None:
        raise AppError("not_authenticated")
    async with edge.database.begin() as session:
        found = await authenticate_session(session, token)
    if found is None:
        raise AppError("session_invalid")
    principal, request.state.csrf_token = found
    return principal


async def _person(edge: EdgeState, key: Principal, named: str) -> Principal:
    async with edge.database.begin() as session:
        return await act_for(session, key, unquote(named))


def _address(request: Request) -> str:
    return network_of(request.client.host) if request.client else "-"
