"""Ajustes, Equipes: who works together, and who leads."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import access_teams
from cogep_assist.core.access_users import find_by_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.section_frame import Work, answer_form, settings_page

HREF = "/ajustes/equipes"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_TEAMS)
Name = Annotated[str, Form(max_length=100)]
Description = Annotated[str, Form(max_length=1000)]


@router.get(HREF, dependencies=[MANAGE])
async def teams(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """List the teams, by name."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def add(
    request: Request, principal: PrincipalDep, nome: Name = "", descricao: Description = ""
) -> Response:
    """Make a team."""

    async def work(session: AsyncSession) -> None:
        await access_teams.create_team(session, principal, nome, descricao)

    typed = {"nome": nome, "descricao": descricao}
    notice = f"Equipe {nome.strip()} criada. Agora diga quem está nela."
    return await answer_form(request, principal, work, _page, typed=typed, href=HREF, notice=notice)


@router.get(f"{HREF}/{{team_id}}", dependencies=[MANAGE])
async def team(
    request: Request, session: SessionDep, principal: PrincipalDep, team_id: UUID
) -> Response:
    """Show one team and who is in it."""
    return await _team(request, session, principal, team_id)


@router.post(f"{HREF}/{{team_id}}", dependencies=[MANAGE])
async def change(
    request: Request,
    principal: PrincipalDep,
    team_id: UUID,
    nome: Name = "",
    descricao: Description = "",
) -> Response:
    """Rename or describe a team."""

    async def work(session: AsyncSession) -> None:
        await access_teams.change_team(
            session, principal, team_id, name=nome, description=descricao
        )

    return await _done(request, principal, team_id, work, "As mudanças foram salvas.")


@router.post(f"{HREF}/{{team_id}}/excluir", dependencies=[MANAGE])
async def remove(request: Request, principal: PrincipalDep, team_id: UUID) -> Response:
    """Remove a team that nothing depends on."""

    async def work(session: AsyncSession) -> None:
        await access_teams.remove_team(session, principal, team_id)

    return await answer_form(
        request, principal, work, _team, team_id, href=HREF, notice="A equipe foi excluída."
    )


@router.post(f"{HREF}/{{team_id}}/membros", dependencies=[MANAGE])
async def put_member(
    request: Request,
    principal: PrincipalDep,
    team_id: UUID,
    email: Annotated[str, Form(max_length=254)] = "",
    lidera: Annotated[bool, Form()] = False,
) -> Response:
    """Put somebody into a team, by their address."""

    async def work(session: AsyncSession) -> None:
        user = await find_by_email(session, email)
        if user is None:
            raise AppError("user_not_found")
        await access_teams.set_member(session, principal, team_id, user.id, leader=lidera)

    return await _done(request, principal, team_id, work, f"{email.strip()} está na equipe.")


@router.post(f"{HREF}/{{team_id}}/membros/{{user_id}}/lider", dependencies=[MANAGE])
async def set_leader(
    request: Request,
    principal: PrincipalDep,
    team_id: UUID,
    user_id: UUID,
    lidera: Annotated[bool, Form()] = False,
) -> Response:
    """Say whether a member leads."""

    async def work(session: AsyncSession) -> None:
        await access_teams.set_member(session, principal, team_id, user_id, leader=lidera)

    return await _done(request, principal, team_id, work, "A liderança da equipe mudou.")


@router.post(f"{HREF}/{{team_id}}/membros/{{user_id}}/retirar", dependencies=[MANAGE])
async def take_out(
    request: Request, principal: PrincipalDep, team_id: UUID, user_id: UUID
) -> Response:
    """Take somebody out of a team."""

    async def work(session: AsyncSession) -> None:
        await access_teams.remove_member(session, principal, team_id, user_id)

    return await _done(request, principal, team_id, work, "A pessoa saiu da equipe.")


async def _done(
    request: Request, principal: Principal, team_id: UUID, work: Work, notice: str
) -> Response:
    return await answer_form(
        request, principal, work, _team, team_id, href=f"{HREF}/{team_id}", notice=notice
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    found = await access_teams.list_teams(session, principal)
    typed = typed or {"nome": "", "descricao": ""}
    return settings_page(request, "teams.html", problem, teams=found, typed=typed)


async def _team(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    team_id: UUID,
    problem: AppError | None = None,
) -> Response:
    return settings_page(
        request,
        "team.html",
        problem,
        team=await access_teams.find_team(session, principal, team_id),
        members=await access_teams.members_of(session, principal, team_id),
    )
