"""The way in and the way out."""

from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.access import open_session, sign_out
from cogep_assist.core.access_first_admin import create_first_admin
from cogep_assist.core.access_sessions import end_replaced, peek_sign_in_link
from cogep_assist.core.access_users import has_admin
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Act
from cogep_assist.edge.cookies import (
    COOKIE,
    clear_session_cookie,
    read_cookie,
    set_session_cookie,
)
from cogep_assist.edge.device import device_words
from cogep_assist.edge.errors import error_response
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.sign_in import (
    SecondStepNeeded,
    SignedIn,
    sign_in_as,
    sign_in_by_code,
    sign_in_by_password,
)
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.identity_provider import identity_provider
from cogep_assist.web.rendering import render
from cogep_assist.web.way_back import forget_way, way_back

router = guarded_router(include_in_schema=False)

Token = Annotated[str, Query(max_length=200)]
TokenField = Annotated[str, Form(max_length=200)]
EmailField = Annotated[str, Form(max_length=320)]
PasswordField = Annotated[str, Form(max_length=2000)]


@router.get("/", dependencies=[rule(Login.SESSION, Act.ASK)])
async def home() -> Response:
    """Lead to the questions."""
    return RedirectResponse("/perguntar", status_code=303)


@router.get("/entrar", dependencies=[rule(Login.OPEN)])
async def sign_in_page(request: Request, session: SessionDep, token: Token = "") -> Response:
    """Ask to confirm: a preview of the link, by a mail or chat program, must not use it up."""
    if not token:
        return entry_page(request)
    role = await peek_sign_in_link(session, token)
    if role is Role.ADMIN and not await has_admin(session):
        return _first_admin_page(request, token)
    return private(render(request, "sign_in_link.html", token=token))


@router.post("/entrar", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def sign_in(
    request: Request,
    token: TokenField = "",
    email: EmailField = "",
    senha: PasswordField = "",
) -> Response:
    """Open a session by e-mail and password, or by using up a link."""
    if token:
        return await _by_link(request, token)
    try:
        return lead_in(request, await sign_in_by_password(request, email, senha))
    except AppError as problem:
        return entry_page(request, email=email, problem=problem)


@router.post("/entrar/codigo", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def second_step(
    request: Request,
    passo: TokenField = "",
    codigo: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Open the session once the code is right as well."""
    try:
        return lead_in(request, await sign_in_by_code(request, passo, codigo))
    except AppError as problem:
        if problem.code == "second_step_over":
            return entry_page(request, problem=problem)
        return _second_step_page(request, passo, problem)


@router.post("/primeiro-acesso", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)])
async def first_admin(
    request: Request,
    token: TokenField = "",
    nome: Annotated[str, Form(max_length=300)] = "",
    email: EmailField = "",
    senha: PasswordField = "",
) -> Response:
    """Make the first administrator out of a link, and sign them in."""
    edge = edge_state(request)
    try:
        async with edge.database.begin() as session:
            user = await create_first_admin(
                session, token, nome, email, senha, organization=edge.settings.organization
            )
    except AppError as problem:
        if problem.code in {"sign_in_link_invalid", "admin_exists"}:
            return error_response(request, problem)
        return _first_admin_page(request, token, name=nome, email=email, problem=problem)
    return lead_in(request, await sign_in_as(request, user, "first_admin"))


@router.post("/sair", dependencies=[rule(Login.SESSION, Act.END_SESSION)])
async def leave(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """End the session."""
    await sign_out(session, principal)
    reply = RedirectResponse("/entrar", status_code=303)
    clear_session_cookie(request, reply)
    forget_way(request, reply)
    # Drafts that the pages kept in this browser are nobody else's.
    reply.headers["Clear-Site-Data"] = '"storage"'
    return reply


def lead_in(request: Request, outcome: SignedIn | SecondStepNeeded) -> Response:
    """Lead on with the new session, or ask for the code that is still missing."""
    if isinstance(outcome, SecondStepNeeded):
        return _second_step_page(request, outcome.token)
    reply = RedirectResponse(way_back(request), status_code=303)
    outcome.give_to(request, reply)
    forget_way(request, reply)
    return reply


def entry_page(request: Request, *, email: str = "", problem: AppError | None = None) -> Response:
    """Show the way in, and what went wrong."""
    provider = identity_provider(request)
    page = render(
        request,
        "sign_in.html",
        status=problem.status if problem else 200,
        email=email,
        problem=problem,
        provider=provider.name if provider else None,
    )
    _tell_when_to_come_back(page, problem)
    return page


def private(page: Response) -> Response:
    """Keep a page's address, which holds a token, from every other page, our own included."""
    page.headers["Referrer-Policy"] = "strict-origin"
    return page


async def _by_link(request: Request, token: str) -> Response:
    edge = edge_state(request)
    async with edge.database.begin() as session:
        opened = await open_session(
            session, token, hours=edge.settings.session_hours, device=device_words(request)
        )
        if opened is not None:
            await end_replaced(session, read_cookie(request, COOKIE))
    if opened is None:
        return error_response(request, AppError("sign_in_link_invalid"))
    reply = RedirectResponse(way_back(request), status_code=303)
    set_session_cookie(request, reply, opened)
    forget_way(request, reply)
    return reply


def _second_step_page(request: Request, step: str, problem: AppError | None = None) -> Response:
    page = render(
        request,
        "second_step.html",
        status=problem.status if problem else 200,
        step=step,
        problem=problem,
    )
    _tell_when_to_come_back(page, problem)
    return page


def _first_admin_page(
    request: Request,
    token: str,
    *,
    name: str = "",
    email: str = "",
    problem: AppError | None = None,
) -> Response:
    status = problem.status if problem else 200
    return private(
        render(
            request,
            "first_admin.html",
            status=status,
            token=token,
            name=name,
            email=email,
            problem=problem,
        )
    )


def _tell_when_to_come_back(page: Response, problem: AppError | None) -> None:
    if problem is not None and "retry_after" in problem.details:
        page.headers["Retry-After"] = str(problem.details["retry_after"])
