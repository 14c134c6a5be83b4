"""LGPD, Encarregado: the act of appointment, the substitute, the contact that everybody sees."""

from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OfficerKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.legal.officers import (
    NewAppointment,
    appoint,
    current_officers,
    end_appointment,
    list_appointments,
)
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/encarregado"
KINDS = {OfficerKind.HOLDER: "titular", OfficerKind.SUBSTITUTE: "substituto"}
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_OFFICERS)
Line = Annotated[str, Form(max_length=300)]


@router.get(HREF, dependencies=[MANAGE])
async def officer(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show who holds, and every act of appointment."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def register(
    request: Request,
    principal: PrincipalDep,
    funcao: Annotated[OfficerKind, Form()] = OfficerKind.HOLDER,
    nome: Line = "",
    email: Line = "",
    telefone: Line = "",
    ato: Line = "",
    assinado: Annotated[date | None, Form()] = None,
    desde: Annotated[date | None, Form()] = None,
    publicacao: Line = "",
    conflito: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Register an act of appointment (Res. CD/ANPD 18/2024)."""

    async def work(session: AsyncSession) -> None:
        if assinado is None or desde is None:
            raise invalid_field("data do ato" if assinado is None else "início", "falta este campo")
        new = NewAppointment(
            kind=funcao,
            name=nome,
            email=email,
            act_reference=ato,
            signed_on=assinado,
            starts_on=desde,
            phone=telefone.strip() or None,
            publication=publicacao.strip() or None,
            no_conflict_statement=conflito,
        )
        await appoint(session, principal, new)

    notice = f"{nome.strip()} aparece agora nas páginas públicas e nos comprovantes."
    return await _done(request, principal, work, notice)


@router.post(f"{HREF}/{{appointment_id}}/encerrar", dependencies=[MANAGE])
async def end(
    request: Request,
    principal: PrincipalDep,
    appointment_id: UUID,
    ultimo: Annotated[date | None, Form()] = None,
) -> Response:
    """Say which is an appointment's last day."""

    async def work(session: AsyncSession) -> None:
        if ultimo is None:
            raise invalid_field("último dia", "falta este campo")
        await end_appointment(session, principal, appointment_id, ultimo)

    return await _done(request, principal, work, "O último dia foi registrado.")


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    zone = ZoneInfo(edge_state(request).settings.timezone)
    return privacy_page(
        request,
        "officer.html",
        problem,
        officers=await current_officers(session, zone),
        appointments=await list_appointments(session, principal),
        kinds=KINDS,
        kind_options=[(kind.value, words) for kind, words in KINDS.items()],
    )
