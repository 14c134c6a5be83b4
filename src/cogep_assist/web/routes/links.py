"""Invitations and forgotten passwords."""

from typing import Annotated

from fastapi import Form, Request, Response
from starlette.datastructures import URL

from cogep_assist.core.access_links import (
    ask_for_reset,
    choose_password,
    link_user,
    refuse_link,
)
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import LinkPurpose
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.errors import error_response
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.sign_in import sign_in_as
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.entry import (
    EmailField,
    PasswordField,
    Token,
    TokenField,
    lead_in,
    private,
)

router = guarded_router(include_in_schema=False)

PURPOSES = {"/convite": LinkPurpose.INVITATION, "/redefinir": LinkPurpose.RESET}


@router.get("/esqueci-a-senha", dependencies=[rule(Login.OPEN)])
async def forgotten_page(request: Request) -> Response:
    """Ask for the address that a link is to be sent to."""
    return render(request, "forgotten.html", sent=False)


@router.post("/esqueci-a-senha", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def forgotten(request: Request, session: SessionDep, email: EmailField = "") -> Response:
    """Take the request; the reply is the same whether there is such a user or not."""
    if email.strip():
        await ask_for_reset(session, email, link_base(edge_state(request).settings))
    return render(request, "forgotten.html", sent=True)


@router.get("/convite", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
@router.get("/redefinir", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def password_page(request: Request, session: SessionDep, token: Token = "") -> Response:
    """Ask for the new password; a preview of the link must not use it up."""
    user = await link_user(session, token, _purpose(request.url))
    if user is None:
        await refuse_link(session)
        # Returned, not raised: the refusal's audit row must be committed.
        return error_response(request, AppError("user_link_invalid"))
    return _page(request, token, user.name, user.email)


@router.post("/convite", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
@router.post("/redefinir", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def set_password(
    request: Request,
    token: TokenField = "",
    senha: PasswordField = "",
    repetida: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Use up the link, keep the password, and sign the person in."""
    edge, purpose = edge_state(request), _purpose(request.url)
    try:
        if senha != repetida:
            raise AppError("passwords_differ")
        async with edge.database.begin() as session:
            user = await choose_password(
                session,
                token,
                purpose,
                senha,
                link_base(edge.settings),
                organization=edge.settings.organization,
            )
    except AppError as problem:
        async with edge.database.begin() as session:
            whose = await link_user(session, token, purpose)
        if whose is None:
            return error_response(request, problem)
        return _page(request, token, whose.name, whose.email, problem)
    return lead_in(request, await sign_in_as(request, user, purpose.value))


def _purpose(url: URL) -> LinkPurpose:
    return PURPOSES[url.path]


def _page(
    request: Request, token: str, name: str, email: str, problem: AppError | None = None
) -> Response:
    return private(
        render(
            request,
            "choose_password.html",
            status=problem.status if problem else 200,
            path=request.url.path,
            token=token,
            name=name,
            email=email,
            problem=problem,
        )
    )
