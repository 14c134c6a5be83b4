"""Service levels: calendars, policies, and why a ticket stands where it stands."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.sla.business_calendars import list_calendars, set_calendar, set_day
from cogep_assist.crm_service.sla.sla_explain import explain_sla
from cogep_assist.crm_service.sla.sla_policies import list_policies, remove_policy, set_policy
from cogep_assist.crm_service.sla.sla_schemas import (
    CalendarBody,
    CalendarReply,
    DayBody,
    PolicyBody,
    PolicyReply,
    SlaReading,
)
from cogep_assist.edge.linked_page import Paged
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["sla"])
READ = rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_DESK, idempotent=True)
NameInPath = Annotated[str, Path(min_length=1, max_length=60)]


@router.get(
    "/crm/calendars",
    response_model=list[CalendarReply],
    summary="Lista os calendários de expediente",
    dependencies=[READ],
)
async def calendars(
    session: SessionDep, principal: PrincipalDep, page: Paged
) -> list[CalendarReply]:
    """List calendars."""
    return page.cut(await list_calendars(session, principal), lambda one: one.name)


@router.put(
    "/crm/calendars/{name}",
    response_model=CalendarReply,
    responses={201: {"model": CalendarReply, "description": "Calendário criado"}},
    summary="Cria ou muda um calendário de expediente",
    dependencies=[MANAGE],
)
async def put_calendar(door: Door, name: NameInPath, body: CalendarBody) -> CalendarReply:
    """Create a calendar or change it."""
    return await door.put(
        CalendarReply, lambda: set_calendar(door.session, door.principal, name, body), body
    )


@router.put(
    "/crm/calendars/{name}/days/{day}",
    response_model=CalendarReply,
    summary="Diz como um dia difere dos outros: feriado municipal, meio expediente",
    dependencies=[MANAGE],
)
async def put_day(door: Door, name: NameInPath, day: date, body: DayBody) -> CalendarReply:
    """Set a day apart."""
    return await door.reply(
        CalendarReply, lambda: set_day(door.session, door.principal, name, day, body), body
    )


@router.delete(
    "/crm/calendars/{name}/days/{day}",
    response_model=CalendarReply,
    summary="Deixa um dia ser como os outros do calendário",
    dependencies=[MANAGE],
)
async def delete_day(door: Door, name: NameInPath, day: date) -> CalendarReply:
    """Take a day's difference back."""
    return await door.reply(
        CalendarReply, lambda: set_day(door.session, door.principal, name, day, None)
    )


@router.get(
    "/crm/sla-policies",
    response_model=list[PolicyReply],
    summary="Lista as metas de atendimento, na ordem em que são tentadas",
    dependencies=[READ],
)
async def policies(session: SessionDep, principal: PrincipalDep, page: Paged) -> list[PolicyReply]:
    """List policies."""
    return page.cut(await list_policies(session, principal), lambda one: one.name)


@router.put(
    "/crm/sla-policies/{name}",
    response_model=PolicyReply,
    responses={201: {"model": PolicyReply, "description": "Meta criada"}},
    summary="Cria ou muda uma meta de atendimento",
    dependencies=[MANAGE],
)
async def put_policy(door: Door, name: NameInPath, body: PolicyBody) -> PolicyReply:
    """Create a policy or change it."""
    return await door.put(
        PolicyReply, lambda: set_policy(door.session, door.principal, name, body), body
    )


@router.delete(
    "/crm/sla-policies/{name}",
    status_code=204,
    summary="Remove uma meta de atendimento",
    dependencies=[MANAGE],
)
async def delete_policy(door: Door, name: NameInPath) -> Response:
    """Promise no more."""
    return await door.remove(lambda: remove_policy(door.session, door.principal, name))


@router.get(
    "/crm/tickets/{ticket_id}/sla",
    response_model=SlaReading,
    summary="Explica o relógio de um chamado: cada intervalo que contou",
    dependencies=[READ],
)
async def reading(ticket_id: UUID, session: SessionDep, principal: PrincipalDep) -> SlaReading:
    """Explain a ticket's clock."""
    return await explain_sla(session, principal, ticket_id)
