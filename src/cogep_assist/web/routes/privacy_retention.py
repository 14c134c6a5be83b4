"""LGPD, Retenção: how long each class is kept, what would go, and the runs that wait for a yes."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.keeping.retention import (
    approve_run,
    list_runs,
    reject_run,
    set_rule,
    simulate,
)
from cogep_assist.web.privacy_words import RUN_STATUS
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/retencao"
AHEAD = 30
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_RETENTION)


@router.get(HREF, dependencies=[MANAGE])
async def retention(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    dias: Annotated[int, Query(ge=0, le=3650)] = AHEAD,
) -> Response:
    """Show the rules with what would go within so many days."""
    return await _page(request, session, principal, dias)


@router.post(f"{HREF}/regras/{{key}}", dependencies=[MANAGE])
async def change(
    request: Request,
    principal: PrincipalDep,
    key: str,
    prazo: Annotated[int, Form(ge=1, le=36500)],
    ligada: Annotated[bool, Form()] = False,
    referencia: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Say how long a class is kept, and whether the nightly duty acts on it."""

    async def work(session: AsyncSession) -> None:
        reference = referencia.strip() or None
        await set_rule(session, principal, key, days=prazo, enabled=ligada, reference=reference)

    return await _done(request, principal, work, "A regra foi salva.")


@router.post(f"{HREF}/execucoes/{{run_id}}/aprovar", dependencies=[MANAGE])
async def approve(request: Request, principal: PrincipalDep, run_id: UUID) -> Response:
    """Approve a run."""

    async def work(session: AsyncSession) -> None:
        await approve_run(session, principal, run_id)

    return await _done(request, principal, work, "Aprovado.")


@router.post(f"{HREF}/execucoes/{{run_id}}/rejeitar", dependencies=[MANAGE])
async def reject(request: Request, principal: PrincipalDep, run_id: UUID) -> Response:
    """Put a run aside."""

    async def work(session: AsyncSession) -> None:
        await reject_run(session, principal, run_id)

    return await _done(request, principal, work, "A proposta foi posta de lado.")


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, AHEAD, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    days: int,
    problem: AppError | None = None,
) -> Response:
    rules = await simulate(session, principal, days)
    return privacy_page(
        request,
        "retention.html",
        problem,
        rules=rules,
        titles={rule["data_class"]: rule["title"] for rule in rules},
        runs=await list_runs(session, principal),
        states=RUN_STATUS,
        days=days,
    )
