"""LGPD, Governança: instructions, policies, trainings, and the programme in figures."""

from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import GovernanceKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.record.governance import (
    list_governance,
    record_governance,
    withdraw_governance,
)
from cogep_assist.lgpd_service.record.governance_report import FIGURES, KINDS, programme
from cogep_assist.lgpd_service.record.governance_schemas import NewGovernance
from cogep_assist.lgpd_service.record.processing_activities import list_activities
from cogep_assist.web.section_frame import Work, answer_form, privacy_page, shaped

HREF = "/protecao-de-dados/governanca"
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_ROPA)
MANAGE = rule(Login.SESSION, Act.MANAGE_ROPA)
Line = Annotated[str, Form(max_length=300)]


@router.get(HREF, dependencies=[READ])
async def governance(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    retirados: Annotated[bool, Query()] = False,
) -> Response:
    """Show the figures and what is on record."""
    return await _page(request, session, principal, withdrawn=retirados)


@router.post(HREF, dependencies=[MANAGE])
async def record(
    request: Request,
    principal: PrincipalDep,
    tipo: Annotated[GovernanceKind, Form()] = GovernanceKind.POLICY,
    titulo: Line = "",
    referencia: Line = "",
    texto: Annotated[str, Form(max_length=5000)] = "",
    atividade: Line = "",
    pessoas: Line = "",
    data: Annotated[date | None, Form()] = None,
    rever: Annotated[date | None, Form()] = None,
) -> Response:
    """Put an instruction, a policy or a training on record."""

    async def work(session: AsyncSession) -> None:
        told = shaped(
            NewGovernance,
            kind=tipo,
            title=titulo,
            reference=referencia,
            body=texto,
            activity=atividade if tipo is GovernanceKind.INSTRUCTION and atividade else None,
            people=(pessoas or None) if tipo is GovernanceKind.TRAINING else None,
            held_on=data,
            review_on=rever,
        )
        await record_governance(session, principal, told)

    return await _done(request, principal, work, "Está no registro.")


@router.post(f"{HREF}/{{record_id}}/retirar", dependencies=[MANAGE])
async def withdraw(request: Request, principal: PrincipalDep, record_id: UUID) -> Response:
    """Say that a record holds no longer."""

    async def work(session: AsyncSession) -> None:
        await withdraw_governance(session, principal, record_id)

    return await _done(request, principal, work, "Não vale mais; o registro fica.")


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    withdrawn: bool = False,
) -> Response:
    zone = ZoneInfo(edge_state(request).settings.timezone)
    activities = await list_activities(session, principal)
    return privacy_page(
        request,
        "governance.html",
        problem,
        figures=(await programme(session, principal, zone)).model_dump(),
        words=FIGURES,
        records=await list_governance(session, principal, withdrawn=withdrawn),
        kinds=KINDS,
        kind_options=[(kind.value, words) for kind, words in KINDS.items()],
        activity_options=[("", "nenhuma"), *((one.key, one.title) for one in activities)],
    )
