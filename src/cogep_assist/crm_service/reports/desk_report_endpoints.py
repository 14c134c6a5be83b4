"""Reports of the desk, as JSON and as CSV."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.reports.desk_report_privacy import note_export, without_small_groups
from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport
from cogep_assist.crm_service.reports.desk_reports import HEADER, as_csv, report_tickets
from cogep_assist.crm_service.reports.report_reading import GroupBy
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["tickets"])
READ = rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS, rate=Rate.ASK)


@router.get(
    "/crm/reports/tickets",
    response_model=DeskReport,
    summary="Números do atendimento em um período, por fila, pessoa, etiqueta, prioridade ou data",
    dependencies=[READ],
)
async def report(
    request: Request,
    since: AwareDatetime,
    until: AwareDatetime,
    session: SessionDep,
    principal: PrincipalDep,
    by: Annotated[GroupBy, Query()] = GroupBy.QUEUE,
) -> DeskReport:
    """Give figures."""
    zone = edge_state(request).settings.timezone
    return await report_tickets(session, principal, since, until, by, zone)


@router.get(
    "/crm/reports/tickets.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "O relatório, em CSV"}},
    summary="Os mesmos números em CSV, sem grupos de poucas pessoas",
    dependencies=[READ],
)
async def report_csv(
    request: Request,
    since: AwareDatetime,
    until: AwareDatetime,
    session: SessionDep,
    principal: PrincipalDep,
    by: Annotated[GroupBy, Query()] = GroupBy.QUEUE,
) -> Response:
    """Give figures for a spreadsheet."""
    settings = edge_state(request).settings
    figures = await report_tickets(session, principal, since, until, by, settings.timezone)
    safe = without_small_groups(figures, settings.statistics_min_group)
    await note_export(session, principal, safe, HEADER)
    # With the mark by which spreadsheets know UTF-8.
    return Response(
        "\ufeff" + as_csv(safe.report, safe.note(HEADER.values())),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="chamados.csv"'},
    )
