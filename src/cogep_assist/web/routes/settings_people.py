"""Ajustes, Pessoas: who signs in, with which role; invitations, and help for who is locked out."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import access_users
from cogep_assist.core.access_absence import absence_of, set_absence
from cogep_assist.core.access_links import invite, reset
from cogep_assist.core.access_sessions import end_sessions_of
from cogep_assist.core.access_totp import remove_second_step
from cogep_assist.core.access_users import UserChange
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role, User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.crm_service.tickets.ticket_assignment import ATTENDING
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.absence_form import read_absence
from cogep_assist.web.role_labels import ROLES, role_options
from cogep_assist.web.section_frame import answer_form, settings_page

HREF = "/ajustes/pessoas"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_USERS)
Help = Callable[[Request, AsyncSession, Principal, User], Awaitable[object]]


@router.get(HREF, dependencies=[MANAGE])
async def people(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    cursor: IdCursor = None,
    situacao: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """List who signs in, the newest first."""
    return await _page(request, session, principal, cursor=cursor, situation=situacao)


@router.post(HREF, dependencies=[MANAGE])
async def add(
    request: Request,
    principal: PrincipalDep,
    email: Annotated[str, Form(max_length=254)] = "",
    nome: Annotated[str, Form(max_length=200)] = "",
    papel: Annotated[Role, Form()] = Role.AGENT,
    sensiveis: Annotated[bool, Form()] = False,
) -> Response:
    """Add somebody and post the invitation."""

    async def work(session: AsyncSession) -> None:
        name = nome.strip() or None
        user = await access_users.add_user(
            session, email, papel, name=name, reads_sensitive=sensiveis, by=principal
        )
        await _invite(request, session, principal, user)

    typed = {"email": email, "nome": nome, "papel": papel.value, "sensiveis": sensiveis}
    notice = f"Convite enviado para {email.strip()}."
    return await answer_form(request, principal, work, _page, typed=typed, href=HREF, notice=notice)


@router.get(f"{HREF}/{{user_id}}", dependencies=[MANAGE])
async def person(
    request: Request, session: SessionDep, principal: PrincipalDep, user_id: UUID
) -> Response:
    """Show one person, and what can be done for them."""
    return await _person(request, session, principal, user_id)


@router.post(f"{HREF}/{{user_id}}", dependencies=[MANAGE])
async def change(
    request: Request,
    principal: PrincipalDep,
    user_id: UUID,
    nome: Annotated[str, Form(max_length=200)] = "",
    papel: Annotated[Role, Form()] = Role.AGENT,
    sensiveis: Annotated[bool, Form()] = False,
) -> Response:
    """Change a person's name and role, and whether they read sensitive tickets."""
    change = UserChange(name=nome, role=papel, reads_sensitive=sensiveis)
    return await _changed(request, principal, user_id, change, "As mudanças foram salvas.")


@router.post(f"{HREF}/{{user_id}}/ausencia", dependencies=[MANAGE])
async def absence(
    request: Request,
    principal: PrincipalDep,
    user_id: UUID,
    de: Annotated[date | None, Form()] = None,
    ate: Annotated[date | None, Form()] = None,
) -> Response:
    """Say when somebody is away; with no day, that they are back."""
    zone = ZoneInfo(edge_state(request).settings.timezone)

    async def work(session: AsyncSession) -> None:
        await set_absence(session, principal, user_id, read_absence(de, ate, zone), zone)

    return await answer_form(
        request,
        principal,
        work,
        _person,
        user_id,
        href=f"{HREF}/{user_id}",
        notice="Os dias de ausência estão salvos." if ate else "Nenhuma ausência marcada.",
    )


@router.post(f"{HREF}/{{user_id}}/desativar", dependencies=[MANAGE])
async def disable(request: Request, principal: PrincipalDep, user_id: UUID) -> Response:
    """Let somebody in no more; their sessions end."""
    notice = "A pessoa não entra mais. O que ela fez continua registrado."
    return await _changed(request, principal, user_id, UserChange(disabled=True), notice)


@router.post(f"{HREF}/{{user_id}}/reativar", dependencies=[MANAGE])
async def enable(request: Request, principal: PrincipalDep, user_id: UUID) -> Response:
    """Let somebody in again."""
    change = UserChange(disabled=False)
    return await _changed(request, principal, user_id, change, "A pessoa pode entrar de novo.")


@router.post(f"{HREF}/{{user_id}}/convite", dependencies=[MANAGE])
async def send_invitation(request: Request, principal: PrincipalDep, user_id: UUID) -> Response:
    """Post the invitation again; the older link is worth nothing from then on."""
    return await _helped(request, principal, user_id, _invite, "Convite enviado de novo.")


@router.post(f"{HREF}/{{user_id}}/senha", dependencies=[MANAGE])
async def send_reset(request: Request, principal: PrincipalDep, user_id: UUID) -> Response:
    """Post a link to choose another password."""
    notice = "Enviamos um link para criar outra senha."
    return await _helped(request, principal, user_id, _reset, notice)


@router.post(f"{HREF}/{{user_id}}/duas-etapas/desligar", dependencies=[MANAGE])
async def drop_second_step(request: Request, principal: PrincipalDep, user_id: UUID) -> Response:
    """Turn the second step off, for one who lost both telephone and codes."""
    notice = "A verificação em duas etapas foi desligada."
    return await _helped(request, principal, user_id, _drop_second_step, notice)


@router.post(f"{HREF}/{{user_id}}/sessoes/encerrar", dependencies=[MANAGE])
async def end_sessions(request: Request, principal: PrincipalDep, user_id: UUID) -> Response:
    """End every session of a person."""
    notice = "Todas as sessões da pessoa foram encerradas."
    return await _helped(request, principal, user_id, _end_sessions, notice)


async def _changed(
    request: Request, principal: Principal, user_id: UUID, change: UserChange, notice: str
) -> Response:
    async def work(session: AsyncSession) -> None:
        await access_users.change_user(session, principal, user_id, change)

    return await answer_form(
        request, principal, work, _person, user_id, href=f"{HREF}/{user_id}", notice=notice
    )


async def _helped(
    request: Request, principal: Principal, user_id: UUID, help_them: Help, notice: str
) -> Response:
    async def work(session: AsyncSession) -> None:
        user = await access_users.find_user(session, principal, user_id)
        await help_them(request, session, principal, user)

    return await answer_form(
        request, principal, work, _person, user_id, href=f"{HREF}/{user_id}", notice=notice
    )


async def _invite(
    request: Request, session: AsyncSession, principal: Principal, user: User
) -> None:
    settings = edge_state(request).settings
    base = link_base(settings)
    await invite(session, user, base, by=principal, organization=settings.organization)


async def _reset(request: Request, session: AsyncSession, principal: Principal, user: User) -> None:
    await reset(session, user, link_base(edge_state(request).settings), by=principal)


async def _drop_second_step(
    _request: Request, session: AsyncSession, principal: Principal, user: User
) -> None:
    await remove_second_step(session, principal, user.id)


async def _end_sessions(
    _request: Request, session: AsyncSession, principal: Principal, user: User
) -> None:
    await end_sessions_of(session, user.id, principal)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    *,
    cursor: str | None = None,
    situation: str = "",
    problem: AppError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    disabled = {"ativas": False, "desativadas": True}.get(situation)
    after = decode_id_cursor(cursor)
    found, more = await access_users.list_users(
        session, principal, limit=50, after=after, disabled=disabled
    )
    return settings_page(
        request,
        "people.html",
        problem,
        people=found,
        next_cursor=encode_cursor(more),
        first=cursor is None,
        situation=situation if disabled is not None else "",
        roles=ROLES,
        role_options=role_options(),
        typed=typed or {"email": "", "nome": "", "papel": Role.AGENT.value, "sensiveis": False},
    )


async def _person(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    user_id: UUID,
    problem: AppError | None = None,
) -> Response:
    user = await access_users.find_user(session, principal, user_id)
    return settings_page(
        request,
        "person.html",
        problem,
        person=user,
        role_options=role_options(explained=True),
        serves=user.role in ATTENDING and not user.disabled_at,
        absence=absence_of(user, ZoneInfo(edge_state(request).settings.timezone)),
        is_me=user.id == principal.user_id,
    )
