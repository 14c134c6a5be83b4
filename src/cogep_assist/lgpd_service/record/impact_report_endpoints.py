"""RIPDs: drafted, weighed, approved, taken along."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from cogep_assist.core.principal import Act
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.record import impact_reports
from cogep_assist.lgpd_service.record.ropa_schemas import (
    ReportBody,
    ReportChangeBody,
    ReportList,
    ReportReply,
)

router = guarded_router(tags=["lgpd"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_ROPA)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_ROPA, idempotent=True)


@router.get("/lgpd/ripd", summary="Lista os relatórios de impacto", dependencies=[READ])
async def reports(session: SessionDep, principal: PrincipalDep) -> ReportList:
    """List reports."""
    found = await impact_reports.list_reports(session, principal)
    return ReportList(items=[ReportReply.of(report) for report in found])


@router.post(
    "/lgpd/ripd",
    status_code=201,
    summary="Começa um relatório de impacto, preenchido a partir do registro",
    dependencies=[MANAGE],
)
async def draft(door: Door, body: ReportBody) -> ReportReply:
    """Draft a report."""

    async def work() -> tuple[ReportReply, bool]:
        made = await impact_reports.draft_report(
            door.session, door.principal, body.title, body.activities
        )
        return ReportReply.of(made), True

    return await door.put(ReportReply, work, body)


@router.get(
    "/lgpd/ripd/{report_id}",
    summary="Dá um relatório de impacto",
    response_class=JSONResponse,
    responses={200: {"model": ReportReply, "content": {"application/pdf": {}}}},
    dependencies=[READ],
)
async def show(
    report_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    format_: Annotated[Literal["json", "pdf"], Query(alias="format")] = "json",
) -> Response:
    """Give a report."""
    report = await impact_reports.find_report(session, principal, report_id)
    if format_ == "pdf":
        made = await asyncio.to_thread(impact_reports.report_pdf, report)
        name = {"Content-Disposition": 'attachment; filename="ripd.pdf"'}
        return Response(made, media_type="application/pdf", headers=name)
    response = JSONResponse(ReportReply.of(report).model_dump(mode="json"))
    set_entity_tag(response, report.revision)
    return response


@router.patch(
    "/lgpd/ripd/{report_id}",
    summary="Altera textos ou a matriz de riscos de uma minuta",
    dependencies=[MANAGE],
)
async def edit(
    door: Door, report_id: UUID, body: ReportChangeBody, if_match: IfMatchHeader = None
) -> ReportReply:
    """Change a draft."""
    expected = expected_revision(if_match)
    changes = body.model_dump(mode="json", exclude_unset=True, exclude_none=True)

    async def work() -> ReportReply:
        report = await impact_reports.edit_report(
            door.session, door.principal, report_id, changes, expected
        )
        return ReportReply.of(report)

    return await door.reply(ReportReply, work, body)


@router.post(
    "/lgpd/ripd/{report_id}/approve",
    summary="Aprova um relatório de impacto, que não muda mais",
    dependencies=[MANAGE],
)
async def approve(door: Door, report_id: UUID) -> ReportReply:
    """Approve a report."""

    async def work() -> ReportReply:
        report = await impact_reports.approve_report(door.session, door.principal, report_id)
        return ReportReply.of(report)

    return await door.reply(ReportReply, work)
