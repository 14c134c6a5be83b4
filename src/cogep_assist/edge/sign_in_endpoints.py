"""Sign in by a one-time link, and out."""

from datetime import datetime

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.access import open_session, sign_out
from cogep_assist.core.access_sessions import end_replaced
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Act
from cogep_assist.edge.cookies import (
    COOKIE,
    clear_session_cookie,
    read_cookie,
    set_session_cookie,
)
from cogep_assist.edge.errors import error_response
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["access"])


class SignInBody(BaseModel):
    """The token of a one-time link."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=200)


class SignInReply(BaseModel):
    """The session that was opened; its cookie comes with the reply."""

    role: Role
    expires_at: datetime
    csrf_token: str = Field(description="A enviar em X-CSRF-Token em cada ato desta sessão.")


@router.post(
    "/access/sessions",
    status_code=201,
    response_model=SignInReply,
    summary="Entra com um link de uso único",
    dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)],
)
async def sign_in(request: Request, body: SignInBody, session: SessionDep) -> Response:
    """Use up a link and open a session."""
    opened = await open_session(
        session, body.token, hours=edge_state(request).settings.session_hours
    )
    if opened is None:
        # Returned, not raised: the refusal's audit row must be committed.
        return error_response(request, AppError("sign_in_link_invalid"))
    assert opened.principal.role is not None
    await end_replaced(session, read_cookie(request, COOKIE))
    reply = SignInReply(
        role=opened.principal.role, expires_at=opened.expires_at, csrf_token=opened.csrf_token
    )
    response = JSONResponse(reply.model_dump(mode="json"), status_code=201)
    set_session_cookie(request, response, opened)
    return response


@router.delete(
    "/access/sessions/current",
    status_code=204,
    summary="Encerra a sessão",
    dependencies=[rule(Login.SESSION, Act.END_SESSION)],
)
async def end_session(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """End the session whose cookie came with the request."""
    await sign_out(session, principal)
    response = Response(status_code=204)
    clear_session_cookie(request, response)
    return response
