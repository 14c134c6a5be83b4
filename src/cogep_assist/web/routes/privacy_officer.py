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
    MAX_ACT_BYTES,
    NewAppointment,
    appoint,
    attach_act,
    current_officers,
    end_appointment,
    list_appointments,
    missing_of,
    publish_appointment,
)
from cogep_assist.lgpd_service.uploaded_file import uploaded_file
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
            raise invalid_field("data do ato" if assinado is None else "início", "está faltando")
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
            raise invalid_field("último dia", "está faltando")
        await end_appointment(session, principal, appointment_id, ultimo)

    return await _done(request, principal, work, "O último dia foi registrado.")


@router.post(f"{HREF}/{{appointment_id}}/publicacao", dependencies=[MANAGE])
async def publication(
    request: Request,
    principal: PrincipalDep,
    appointment_id: UUID,
    onde: Line = "",
    saiu: Annotated[date | None, Form()] = None,
) -> Response:
    """Say where and when an act came out."""

    async def work(session: AsyncSession) -> None:
        if saiu is None:
            raise invalid_field("saiu em", "está faltando")
        await publish_appointment(session, principal, appointment_id, onde, saiu)

    return await _done(request, principal, work, "A publicação foi registrada.")


@router.post(
    f"{HREF}/{{appointment_id}}/ato",
    dependencies=[rule(Login.SESSION, Act.MANAGE_OFFICERS, token_in_query=True)],
)
async def act(request: Request, principal: PrincipalDep, appointment_id: UUID) -> Response:
    """Keep the signed act itself, encrypted."""

    async def work(session: AsyncSession) -> None:
        file = await uploaded_file(request, MAX_ACT_BYTES)
        await attach_act(session, principal, appointment_id, file.name, file.content)

    return await _done(request, principal, work, "O ato foi guardado, cifrado, com o resumo dele.")


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    zone = ZoneInfo(edge_state(request).settings.timezone)
    appointments = await list_appointments(session, principal)
    missing = await missing_of(session, appointments)
    return privacy_page(
        request,
        "officer.html",
        problem,
        officers=await current_officers(session, zone),
        appointments=[(one, missing[one.id]) for one in appointments],
        kinds=KINDS,
        kind_options=[(kind.value, words) for kind, words in KINDS.items()],
    )
