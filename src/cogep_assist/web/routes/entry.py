"""The way in and the way out."""

from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.access import open_session, sign_out
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.edge.cookies import clear_session_cookie, set_session_cookie
from cogep_assist.edge.errors import error_response
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)

Token = Annotated[str, Query(max_length=200)]


@router.get("/", dependencies=[rule(Login.SESSION, Act.ASK)])
async def home() -> Response:
    """Lead to the questions."""
    return RedirectResponse("/perguntar", status_code=303)


@router.get("/entrar", dependencies=[rule(Login.OPEN)])
async def sign_in_page(request: Request, token: Token = "") -> Response:
    """Ask to confirm: a preview of the link, by a mail or chat program, must not use it up."""
    page = render(request, "sign_in.html", token=token)
    # The address holds the token: not even our own pages are told it as a referrer.
    page.headers["Referrer-Policy"] = "strict-origin"
    return page


@router.post("/entrar", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def sign_in(
    request: Request, session: SessionDep, token: Annotated[str, Form(max_length=200)]
) -> Response:
    """Use up the link and open a session."""
    opened = await open_session(session, token, hours=edge_state(request).settings.session_hours)
    if opened is None:
        # Returned, not raised: the refusal's audit row must be committed.
        return error_response(request, AppError("sign_in_link_invalid"))
    reply = RedirectResponse("/perguntar", status_code=303)
    set_session_cookie(request, reply, opened)
    return reply


@router.post("/sair", dependencies=[rule(Login.SESSION, Act.END_SESSION)])
async def leave(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """End the session."""
    await sign_out(session, principal)
    reply = RedirectResponse("/entrar", status_code=303)
    clear_session_cookie(request, reply)
    return reply
