"""LGPD, Acessos: the records of Marco Civil art. 15, read for a reason, kept longer by order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_records import Access
from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.audit.access_record_endpoints import LookupBody, OrderBody
from cogep_assist.lgpd_service.audit.access_record_lookup import (
    LookupReason,
    end_order,
    list_orders,
    look_up,
    preserve,
)
from cogep_assist.web.section_frame import Work, answer_form, in_words, privacy_page, shaped

HREF = "/protecao-de-dados/acessos"
REASONS = {
    LookupReason.COURT_ORDER: "ordem judicial",
    LookupReason.AUTHORITY_REQUEST: "requisição de autoridade",
    LookupReason.SECURITY_INCIDENT: "incidente de segurança",
    LookupReason.DATA_SUBJECT_REQUEST: "pedido do próprio titular",
}
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_ACCESS_RECORDS)
Line = Annotated[str, Form(max_length=254)]
Moment = Annotated[datetime | None, Form()]


@router.get(HREF, dependencies=[READ])
async def accesses(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Ask whose records, and why; show the orders."""
    return await _page(request, session, principal)


@router.post(f"{HREF}/consultar", dependencies=[READ])
async def search(
    request: Request,
    principal: PrincipalDep,
    motivo: Annotated[LookupReason, Form()] = LookupReason.COURT_ORDER,
    referencia: Line = "",
    email: Line = "",
    ip: Line = "",
    de: Moment = None,
    ate: Moment = None,
) -> Response:
    """Show records; the look-up itself becomes an act of the audit."""
    database = edge_state(request).database
    try:
        async with database.begin() as session:
            whose = await _scope(request, session, email, ip, de, ate)
            body = shaped(LookupBody, reason=motivo, reference=referencia.strip(), **whose)
            found = await look_up(
                session, principal, body.scope(), body.reason, body.reference, body.limit
            )
    except AppError as problem:
        async with database.begin() as session:
            return await _page(request, session, principal, problem=in_words(problem))
    async with database.begin() as session:
        reply = await _page(request, session, principal, found=found)
    reply.headers["Cache-Control"] = "no-store"
    return reply


@router.post(f"{HREF}/ordens", dependencies=[READ])
async def order(
    request: Request,
    principal: PrincipalDep,
    autoridade: Line = "",
    referencia: Line = "",
    email: Line = "",
    ip: Line = "",
    de: Moment = None,
    ate: Moment = None,
) -> Response:
    """Keep records beyond their term."""

    async def work(session: AsyncSession) -> None:
        whose = await _scope(request, session, email, ip, de, ate)
        body = shaped(OrderBody, authority=autoridade, reference=referencia.strip(), **whose)
        await preserve(session, principal, body.scope(), body.authority, body.reference)

    return await _done(
        request, principal, work, "Os registros do período ficam até a ordem acabar."
    )


@router.post(f"{HREF}/ordens/{{order_id}}/encerrar", dependencies=[READ])
async def end(request: Request, principal: PrincipalDep, order_id: UUID) -> Response:
    """End an order: what is past its term goes with the next sweep."""

    async def work(session: AsyncSession) -> None:
        await end_order(session, principal, order_id)

    return await _done(request, principal, work, "A ordem acabou.")


async def _scope(
    request: Request,
    session: AsyncSession,
    email: str,
    ip: str,
    since: datetime | None,
    until: datetime | None,
) -> dict[str, object]:
    zone = ZoneInfo(edge_state(request).settings.timezone)
    for name, moment in (("de", since), ("até", until)):
        if moment is None:
            raise invalid_field(name, "está faltando")
    user = None
    if email.strip():
        key = normalize_email(email)
        found = await session.scalar(sa.select(User.id).where(User.email_key == key))
        if found is None:
            raise AppError("user_not_found")
        user = f"user:{found}"
    assert since is not None
    assert until is not None
    moments = {"since": since.replace(tzinfo=zone), "until": until.replace(tzinfo=zone)}
    return {**moments, "user": user, "ip": ip.strip() or None}


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    found: Sequence[Access] | None = None,
) -> Response:
    return privacy_page(
        request,
        "accesses.html",
        problem,
        found=found,
        orders=await list_orders(session, principal),
        reasons=[(reason.value, words) for reason, words in REASONS.items()],
        months=edge_state(request).settings.access_record_months,
    )
