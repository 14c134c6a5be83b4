"""LGPD, Registro: the record of processing from the schema, its versions, the public notice."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal.privacy_notice import newest_notice, publish_notice
from cogep_assist.lgpd_service.record.impact_measures import count_measures
from cogep_assist.lgpd_service.record.impact_reports import list_reports
from cogep_assist.lgpd_service.record.ropa import compose_ropa, list_versions, publish_version
from cogep_assist.lgpd_service.record.ropa_endpoints import as_file
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/registro"
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_ROPA)
MANAGE = rule(Login.SESSION, Act.MANAGE_ROPA)


@router.get(HREF, dependencies=[READ])
async def record(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the record as it stands now."""
    return await _page(request, session, principal)


@router.get(f"{HREF}/arquivo", dependencies=[READ])
async def file(
    session: SessionDep,
    principal: PrincipalDep,
    formato: Annotated[Literal["json", "csv", "pdf"], Query()] = "pdf",
    simplificado: Annotated[bool, Query()] = False,
) -> Response:
    """Hand the record out."""
    return await as_file(await compose_ropa(session, principal), formato, simplificado)


@router.post(f"{HREF}/versoes", dependencies=[MANAGE])
async def publish(
    request: Request,
    principal: PrincipalDep,
    nota: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Keep the record as a version."""

    async def work(session: AsyncSession) -> None:
        await publish_version(session, principal, nota)

    return await _done(request, principal, work, "O registro está guardado como versão.")


@router.post(f"{HREF}/aviso", dependencies=[MANAGE])
async def notice(request: Request, principal: PrincipalDep) -> Response:
    """Publish the notice on processing as the record makes it now."""

    async def work(session: AsyncSession) -> None:
        await publish_notice(session, principal)

    return await _done(request, principal, work, "O aviso de privacidade está publicado.")


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    reports = await list_reports(session, principal)
    today = datetime.now(ZoneInfo(edge_state(request).settings.timezone)).date()
    return privacy_page(
        request,
        "record.html",
        problem,
        record=await compose_ropa(session, principal),
        versions=await list_versions(session, principal),
        reports=reports,
        counts={one.id: count_measures(one.content, today) for one in reports},
        notice=await newest_notice(session),
    )
