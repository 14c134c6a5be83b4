"""Instructions, policies and trainings, and the programme in figures."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from cogep_assist.core.principal import Act
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.record.governance import (
    list_governance,
    record_governance,
    withdraw_governance,
)
from cogep_assist.lgpd_service.record.governance_report import programme, programme_pdf
from cogep_assist.lgpd_service.record.governance_schemas import (
    GovernanceList,
    GovernanceReply,
    NewGovernance,
    ProgrammeReply,
)

router = guarded_router(tags=["lgpd"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_ROPA)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_ROPA, idempotent=True)


@router.get(
    "/lgpd/governance",
    summary="Lista instruções do controlador, políticas e treinamentos",
    dependencies=[READ],
)
async def records(
    session: SessionDep,
    principal: PrincipalDep,
    withdrawn: Annotated[bool, Query()] = False,
) -> GovernanceList:
    """List what is on record."""
    found = await list_governance(session, principal, withdrawn=withdrawn)
    return GovernanceList(items=[GovernanceReply.model_validate(row) for row in found])


@router.post(
    "/lgpd/governance",
    status_code=201,
    summary="Registra uma instrução (art. 39), uma política ou um treinamento (art. 50)",
    dependencies=[MANAGE],
)
async def record(door: Door, body: NewGovernance) -> GovernanceReply:
    """Put something on record."""

    async def work() -> tuple[GovernanceReply, bool]:
        made = await record_governance(door.session, door.principal, body)
        return GovernanceReply.model_validate(made), True

    return await door.put(GovernanceReply, work, body)


@router.post(
    "/lgpd/governance/{record_id}/withdraw",
    summary="Diz que uma instrução ou política não vale mais; o registro fica",
    dependencies=[MANAGE],
)
async def withdraw(door: Door, record_id: UUID) -> GovernanceReply:
    """Withdraw a record."""

    async def work() -> GovernanceReply:
        gone = await withdraw_governance(door.session, door.principal, record_id)
        return GovernanceReply.model_validate(gone)

    return await door.reply(GovernanceReply, work)


@router.get(
    "/lgpd/governance/report",
    summary="Dá o relatório do programa de governança, em JSON ou PDF",
    response_class=Response,
    responses={
        200: {
            "model": ProgrammeReply,
            "content": {"application/pdf": {}},
            "description": "O programa em números",
        }
    },
    dependencies=[READ],
)
async def report(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    format_: Annotated[Literal["json", "pdf"], Query(alias="format")] = "json",
) -> Response:
    """Give the report."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    figures = await programme(session, principal, zone)
    if format_ == "json":
        return JSONResponse(figures.model_dump(mode="json"))
    rows = await list_governance(session, principal)
    made = await asyncio.to_thread(programme_pdf, figures, rows)
    disposition = 'attachment; filename="governanca.pdf"'
    return Response(
        made, media_type="application/pdf", headers={"Content-Disposition": disposition}
    )
