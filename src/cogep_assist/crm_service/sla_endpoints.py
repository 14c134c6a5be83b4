"""Service levels: calendars, policies, and why a ticket stands where it stands."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response
from pydantic import BaseModel

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.business_calendars import list_calendars, set_calendar, set_day
from cogep_assist.crm_service.sla_explain import explain_sla
from cogep_assist.crm_service.sla_policies import list_policies, remove_policy, set_policy
from cogep_assist.crm_service.sla_schemas import (
    CalendarBody,
    CalendarReply,
    DayBody,
    PolicyBody,
    PolicyReply,
    SlaReading,
)
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
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
async def calendars(session: SessionDep, principal: PrincipalDep) -> list[CalendarReply]:
    """List calendars."""
    return await list_calendars(session, principal)


@router.put(
    "/crm/calendars/{name}",
    response_model=CalendarReply,
    responses={201: {"model": CalendarReply, "description": "Calendário criado"}},
    summary="Cria ou muda um calendário de expediente",
    dependencies=[MANAGE],
)
async def put_calendar(
    request: Request,
    response: Response,
    name: NameInPath,
    body: CalendarBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> CalendarReply:
    """Create a calendar or change it."""

    async def work() -> StoredReply:
        reply, created = await set_calendar(session, principal, name, body)
        return StoredReply(201 if created else 200, reply.model_dump(mode="json"))

    stored = await once(request, session, principal, idempotency_key, _raw(body), work)
    response.status_code = stored.status
    return CalendarReply.model_validate(stored.reply)


@router.put(
    "/crm/calendars/{name}/days/{day}",
    response_model=CalendarReply,
    summary="Diz como um dia difere dos outros: feriado municipal, meio expediente",
    dependencies=[MANAGE],
)
async def put_day(
    request: Request,
    name: NameInPath,
    day: date,
    body: DayBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> CalendarReply:
    """Set a day apart."""

    async def work() -> StoredReply:
        reply = await set_day(session, principal, name, day, body)
        return StoredReply(200, reply.model_dump(mode="json"))

    stored = await once(request, session, principal, idempotency_key, _raw(body), work)
    return CalendarReply.model_validate(stored.reply)


@router.delete(
    "/crm/calendars/{name}/days/{day}",
    response_model=CalendarReply,
    summary="Deixa um dia ser como os outros do calendário",
    dependencies=[MANAGE],
)
async def delete_day(
    request: Request,
    name: NameInPath,
    day: date,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> CalendarReply:
    """Take a day's difference back."""

    async def work() -> StoredReply:
        reply = await set_day(session, principal, name, day, None)
        return StoredReply(200, reply.model_dump(mode="json"))

    stored = await once(request, session, principal, idempotency_key, b"", work)
    return CalendarReply.model_validate(stored.reply)


@router.get(
    "/crm/sla-policies",
    response_model=list[PolicyReply],
    summary="Lista as metas de atendimento, na ordem em que são tentadas",
    dependencies=[READ],
)
async def policies(session: SessionDep, principal: PrincipalDep) -> list[PolicyReply]:
    """List policies."""
    return await list_policies(session, principal)


@router.put(
    "/crm/sla-policies/{name}",
    response_model=PolicyReply,
    responses={201: {"model": PolicyReply, "description": "Meta criada"}},
    summary="Cria ou muda uma meta de atendimento",
    dependencies=[MANAGE],
)
async def put_policy(
    request: Request,
    response: Response,
    name: NameInPath,
    body: PolicyBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> PolicyReply:
    """Create a policy or change it."""

    async def work() -> StoredReply:
        reply, created = await set_policy(session, principal, name, body)
        return StoredReply(201 if created else 200, reply.model_dump(mode="json"))

    stored = await once(request, session, principal, idempotency_key, _raw(body), work)
    response.status_code = stored.status
    return PolicyReply.model_validate(stored.reply)


@router.delete(
    "/crm/sla-policies/{name}",
    status_code=204,
    summary="Remove uma meta de atendimento",
    dependencies=[MANAGE],
)
async def delete_policy(
    request: Request,
    name: NameInPath,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Promise no more."""

    async def work() -> StoredReply:
        await remove_policy(session, principal, name)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.get(
    "/crm/tickets/{ticket_id}/sla",
    response_model=SlaReading,
    summary="Explica o relógio de um chamado: cada intervalo que contou",
    dependencies=[READ],
)
async def reading(ticket_id: UUID, session: SessionDep, principal: PrincipalDep) -> SlaReading:
    """Explain a ticket's clock."""
    return await explain_sla(session, principal, ticket_id)


def _raw(body: BaseModel) -> bytes:
    return body.model_dump_json().encode()
