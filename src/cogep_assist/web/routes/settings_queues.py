"""Ajustes, Filas: where tickets wait, whose team they are, who gets the next one."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_teams import list_teams
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import AssignmentRule
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.queues import list_queues, set_queue
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_schemas import QueueChange
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.section_frame import Work, answer_form, settings_page, shaped

HREF = "/ajustes/filas"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_DESK)
Name = Annotated[str, Form(max_length=60)]


@router.get(HREF, dependencies=[MANAGE])
async def queues(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """List the queues, with what waits in each."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def put(
    request: Request,
    principal: PrincipalDep,
    nome: Name = "",
    equipe: Annotated[str, Form(max_length=100)] = "",
    distribuicao: Annotated[AssignmentRule, Form()] = AssignmentRule.MANUAL,
    padrao: Annotated[bool, Form()] = False,
) -> Response:
    """Make a queue, or say anew whose it is and how its tickets are dealt out."""

    async def work(session: AsyncSession) -> None:
        given = {"team": equipe or None, "assignment": distribuicao}
        change = shaped(QueueChange, **given, **({"is_default": True} if padrao else {}))
        await set_queue(session, principal, nome, change)

    return await _done(request, principal, work, f"A fila {nome.strip()} está salva.", typed=nome)


@router.post(f"{HREF}/arquivar", dependencies=[MANAGE])
async def archive(
    request: Request,
    principal: PrincipalDep,
    nome: Name = "",
    arquivada: Annotated[bool, Form()] = True,
) -> Response:
    """Let a queue take no more tickets, or take them again."""

    async def work(session: AsyncSession) -> None:
        await set_queue(session, principal, nome, QueueChange(archived=arquivada))

    notice = f"A fila {nome} foi {'arquivada' if arquivada else 'reaberta'}."
    return await _done(request, principal, work, notice)


async def _done(
    request: Request, principal: Principal, work: Work, notice: str, *, typed: str = ""
) -> Response:
    return await answer_form(request, principal, work, _page, typed=typed, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    typed: str = "",
) -> Response:
    teams = [team.name for team, _ in await list_teams(session, principal)]
    return settings_page(
        request,
        "queues.html",
        problem,
        queues=await list_queues(session, principal),
        team_options=[("", "todo o atendimento"), *((name, name) for name in teams)],
        rule_options=[(one.value, label(one)) for one in AssignmentRule],
        typed=typed,
    )
