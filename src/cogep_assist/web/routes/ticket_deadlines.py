"""What somebody is told of deadlines, above the list of tickets; put aside one by one."""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import SlaStage
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.sla.sla_notices import (
    MOST_NOTICES,
    DeadlineNotice,
    close_notices,
    deadline_notices,
)
from cogep_assist.crm_service.sla.sla_words import deadline_words
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.outcome import done

router = guarded_router(include_in_schema=False)


@router.post(
    "/chamados/{ticket_id}/aviso-de-prazo/fechar",
    dependencies=[rule(Login.SESSION, Act.WORK_TICKETS)],
)
async def close(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    volta: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Put aside what one was told of a ticket."""
    await close_notices(session, principal, ticket_id)
    back = "/avisos" if volta == "/avisos" else "/chamados"
    return done(back, "O aviso foi dispensado. O prazo segue na lista.", request=request)


async def shown_deadlines(
    request: Request, session: AsyncSession, principal: Principal, most: int = MOST_NOTICES
) -> dict[str, Any]:
    """Return what ``tickets/_deadlines.html`` shows."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    found = await deadline_notices(session, principal, most)
    return {
        "late": any(one.stage is SlaStage.MISSED for one in found),
        "deadlines": [
            {
                "ticket_id": one.ticket_id,
                "protocol": one.protocol,
                "subject": one.subject,
                "words": deadline_words(one.target, one.stage, one.span, one.due_at, zone),
                "holder": _holder(one, principal),
            }
            for one in found
        ],
    }


def _holder(one: DeadlineNotice, principal: Principal) -> str:
    if one.assignee_id is None:
        return "Ninguém assumiu ainda."
    if one.assignee_id == principal.user_id:
        return "Está com você."
    return f"Está com {one.assignee}."
