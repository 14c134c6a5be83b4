"""The way in by an identity provider, and back."""

import hmac
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.access_oidc import account_for, begin_attempt, take_attempt
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import User
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.cookies import (
    ATTEMPT_COOKIE,
    clear_guarded_cookie,
    read_cookie,
    set_guarded_cookie,
)
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.sign_in import sign_in_as
from cogep_assist.edge.state import edge_state
from cogep_assist.web.identity_provider import identity_provider
from cogep_assist.web.routes.entry import entry_page, lead_in

if TYPE_CHECKING:
    from cogep_assist.integrations.oidc import OidcProvider

router = guarded_router(include_in_schema=False)

RETURN_PATH = "/entrar/retorno"
ATTEMPT_SECONDS = 600
Answer = Annotated[str, Query(max_length=4000)]


@router.get("/entrar/provedor", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def go(request: Request) -> Response:
    """Send the browser to the provider, bound to this sign-in by a cookie."""
    edge = edge_state(request)
    try:
        provider = _required(request)
        async with edge.database.begin() as session:
            attempt = await begin_attempt(
                session, provider.issuer, link_base(edge.settings) + RETURN_PATH
            )
        address = await provider.authorization_url(
            state=attempt.state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            redirect_uri=attempt.redirect_uri,
        )
    except AppError as problem:
        return entry_page(request, problem=problem)
    reply = RedirectResponse(address, status_code=303)
    set_guarded_cookie(request, reply, ATTEMPT_COOKIE, attempt.state, max_age=ATTEMPT_SECONDS)
    return reply


@router.get(RETURN_PATH, dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def come_back(
    request: Request,
    state: Answer = "",
    code: Answer = "",
    iss: Answer | None = None,
    error: Answer = "",
) -> Response:
    """Take the provider's answer, check it, and sign its person in."""
    try:
        if error or not code:
            raise AppError("oidc_refused", reason="access_denied")
        user = await _vouched_for(request, state, code, iss)
        reply = lead_in(request, await sign_in_as(request, user, "oidc"))
    except AppError as problem:
        reply = entry_page(request, problem=problem)
    clear_guarded_cookie(request, reply, ATTEMPT_COOKIE)
    return reply


async def _vouched_for(request: Request, state: str, code: str, iss: str | None) -> User:
    edge, provider = edge_state(request), _required(request)
    # The browser that began is the one that comes back: nobody is signed in as another.
    kept = read_cookie(request, ATTEMPT_COOKIE) or ""
    if not hmac.compare_digest(kept.encode("utf-8", "replace"), state.encode("utf-8", "replace")):
        raise AppError("oidc_attempt_over")
    async with edge.database.begin() as session:
        attempt = await take_attempt(session, state, provider.issuer)
    said = await provider.claims(
        code=code,
        answered_by=iss,
        nonce=attempt.nonce,
        verifier=attempt.verifier,
        redirect_uri=attempt.redirect_uri,
    )
    async with edge.database.begin() as session:
        return await account_for(
            session,
            said.issuer,
            said.subject,
            email=said.email,
            email_verified=said.email_verified,
            name=said.name,
            auto_create=edge.settings.oidc_auto_create,
        )


def _required(request: Request) -> "OidcProvider":
    provider = identity_provider(request)
    if provider is None:
        raise AppError("oidc_not_set")
    return provider
