"""My account: password, second step, sessions."""

from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import access_sessions, access_totp, access_users
from cogep_assist.core.access_absence import absence_of, set_absence
from cogep_assist.core.access_links import tell_of_change
from cogep_assist.core.access_wishes import wish_deadline_mail
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.own_password import require_own_password
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.absence_form import absence_notice, read_absence
from cogep_assist.web.outcome import done as to_notice
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.entry import PasswordField

router = guarded_router(include_in_schema=False)
OWN = rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT)
GUESSED = rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT, rate=Rate.SIGN_IN)
Code = Annotated[str, Form(max_length=40)]


@router.get("/conta", dependencies=[OWN])
async def account(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the account of whoever is signed in."""
    return await _page(request, session, principal)


@router.post("/conta/senha", dependencies=[GUESSED])
async def password(
    request: Request,
    principal: PrincipalDep,
    atual: PasswordField = "",
    senha: PasswordField = "",
    repetida: PasswordField = "",
) -> Response:
    """Change one's own password; the other sessions end."""
    edge = edge_state(request)
    try:
        if senha != repetida:
            raise AppError("passwords_differ")
        await require_own_password(request, principal, atual)
        async with edge.database.begin() as session:
            user = await access_users.own_account(session, principal)
            await access_users.set_password(
                session, user, senha, principal, organization=edge.settings.organization
            )
            what = "A senha da sua conta foi trocada."
            await tell_of_change(session, user, what, link_base(edge.settings))
    except AppError as problem:
        return await _refused(request, principal, problem)
    async with edge.database.begin() as session:
        return await _page(request, session, principal, done="A senha foi trocada.")


@router.post("/conta/avisos", dependencies=[rule(Login.SESSION, Act.WORK_TICKETS)])
async def wishes(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    prazos: Annotated[bool, Form()] = False,
) -> Response:
    """Keep of what a letter is wanted."""
    await wish_deadline_mail(session, principal, wanted=prazos)
    notice = "Avisos de prazo vão também por e-mail." if prazos else "Avisos de prazo só aqui."
    return to_notice("/conta", notice, request=request)


@router.post("/conta/ausencia", dependencies=[rule(Login.SESSION, Act.WORK_TICKETS)])
async def absence(
    request: Request,
    principal: PrincipalDep,
    de: Annotated[date | None, Form()] = None,
    ate: Annotated[date | None, Form()] = None,
) -> Response:
    """Say when one is away; with no day, that one is back."""
    edge = edge_state(request)
    zone = ZoneInfo(edge.settings.timezone)
    try:
        told = read_absence(de, ate, zone)
        async with edge.database.begin() as session:
            await set_absence(session, principal, principal.user_id, told, zone)
    except AppError as problem:
        return await _refused(request, principal, problem)
    return to_notice("/conta", absence_notice(told), request=request)


@router.post("/conta/sessoes/{session_id}/encerrar", dependencies=[OWN])
async def end_session(session_id: UUID, session: SessionDep, principal: PrincipalDep) -> Response:
    """End one of one's own sessions."""
    mine = await access_sessions.list_sessions(session, principal)
    if session_id not in {one.id for one in mine}:
        raise AppError("session_not_found")
    await access_sessions.end_session(session, principal, session_id)
    return RedirectResponse("/conta", status_code=303)


@router.post("/conta/duas-etapas", dependencies=[GUESSED])
async def begin_second_step(
    request: Request, principal: PrincipalDep, atual: PasswordField = ""
) -> Response:
    """Show the QR code of a new secret; the password, where there is one, is asked for again."""
    edge = edge_state(request)
    try:
        async with edge.database.begin() as session:
            user = await access_users.own_account(session, principal)
        if user.password_hash is not None:
            await require_own_password(request, principal, atual)
        async with edge.database.begin() as session:
            enrolment = await access_totp.begin_enrolment(session, principal)
    except AppError as problem:
        return await _refused(request, principal, problem)
    return render(request, "second_step_setup.html", enrolment=enrolment, problem=None)


@router.post("/conta/duas-etapas/confirmar", dependencies=[GUESSED])
async def confirm_second_step(
    request: Request, principal: PrincipalDep, codigo: Code = ""
) -> Response:
    """Turn the second step on by its first code, and show the recovery codes once."""
    edge = edge_state(request)
    try:
        async with edge.database.begin() as session:
            codes = await access_totp.confirm_enrolment(session, principal, codigo)
            user = await access_users.own_account(session, principal)
            what = "A verificação em duas etapas foi ligada."
            await tell_of_change(session, user, what, link_base(edge.settings))
    except AppError as problem:
        if problem.code != "second_step_wrong":
            raise
        async with edge.database.begin() as session:
            enrolment = await access_totp.current_enrolment(session, principal)
        return render(
            request,
            "second_step_setup.html",
            status=problem.status,
            enrolment=enrolment,
            problem=problem,
        )
    return render(request, "recovery_codes.html", codes=codes)


@router.post("/conta/duas-etapas/desligar", dependencies=[GUESSED])
async def remove_second_step(
    request: Request, principal: PrincipalDep, atual: PasswordField = ""
) -> Response:
    """Turn the second step off; the password is asked for again."""
    edge = edge_state(request)
    try:
        await require_own_password(request, principal, atual)
        async with edge.database.begin() as session:
            user = await access_users.own_account(session, principal)
            await access_totp.remove_second_step(session, principal, user.id)
            what = "A verificação em duas etapas foi desligada."
            await tell_of_change(session, user, what, link_base(edge.settings))
    except AppError as problem:
        return await _refused(request, principal, problem)
    return RedirectResponse("/conta", status_code=303)


async def _refused(request: Request, principal: Principal, problem: AppError) -> Response:
    async with edge_state(request).database.begin() as session:
        return await _page(request, session, principal, problem=problem)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    *,
    problem: AppError | None = None,
    done: str = "",
) -> Response:
    user = await access_users.own_account(session, principal)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    sessions = [
        {
            "id": str(one.id),
            "device": one.device or "Navegador desconhecido",
            "opened": one.created_at.astimezone(zone).strftime("%d/%m/%Y %H:%M"),
            "seen": one.seen_at.astimezone(zone).strftime("%d/%m/%Y %H:%M"),
            "current": one.id == principal.session_id,
        }
        for one in await access_sessions.list_sessions(session, principal)
    ]
    return render(
        request,
        "account.html",
        status=problem.status if problem else 200,
        user=user,
        attends=principal.may(Act.WORK_TICKETS),
        absence=absence_of(user, zone),
        sessions=sessions,
        codes_left=await access_totp.recovery_codes_left(session, user.id),
        problem=problem,
        done=done,
    )
