"""LGPD, Eliminações: the impact before anything happens, the protocol typed, the certificate."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SubjectRight
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.erasure.erasure_plan import SHARED_KINDS, WARNINGS, touched_records
from cogep_assist.lgpd_service.erasure.erasures import (
    cancel_erasure,
    confirm_erasure,
    decide_doubts,
    find_erasure,
    lift_block,
    list_doubts,
    list_erasures,
    plan_erasure,
)
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.subject_data.identity import (
    Subject,
    subject_of_customer,
    subject_of_values,
    typed_values,
)
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.web.outcome import done
from cogep_assist.web.privacy_words import DOUBT_REASONS, ERASURE_OUTCOME, ERASURE_STATUS, FATES
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/eliminacoes"
# Rights whose grant shuts data away and destroys nothing.
BLOCKING = {SubjectRight.RESTRICTION, SubjectRight.OPPOSITION}
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_ERASURES)
DECISION = re.compile(r"(\d{1,4}):(tirar|manter)").fullmatch
Line = Annotated[str, Form(max_length=320)]


@router.get(HREF, dependencies=[MANAGE])
async def erasures(
    request: Request, session: SessionDep, principal: PrincipalDep, pedido: UUID | None = None
) -> Response:
    """List erasures; ``pedido`` fills the form with who asked."""
    return await _page(request, session, principal, request_id=pedido)


@router.post(HREF, dependencies=[MANAGE])
async def plan(
    request: Request,
    principal: PrincipalDep,
    pedido: Annotated[UUID | None, Form()] = None,
    cliente: Annotated[UUID | None, Form()] = None,
    nome: Line = "",
    cpf: Line = "",
    email: Line = "",
    telefone: Line = "",
    bloquear: Annotated[bool, Form()] = False,
) -> Response:
    """Plan an erasure and lead to its impact; nothing is changed yet.

    ``bloquear``: shut the data away and destroy nothing.
    """
    database = edge_state(request).database
    try:
        async with database.begin() as session:
            if cliente is not None:
                subject = await subject_of_customer(session, cliente)
            else:
                subject = await _typed(session, nome, cpf, email, telefone)
            made = await plan_erasure(
                session, principal, subject, request_id=pedido, only_block=bloquear
            )
            href = f"{HREF}/{made.id}"
    except AppError as problem:
        async with database.begin() as session:
            return await _page(request, session, principal, problem, pedido)
    return done(href, request=request)


@router.get(f"{HREF}/{{erasure_id}}", dependencies=[MANAGE])
async def one(
    request: Request, session: SessionDep, principal: PrincipalDep, erasure_id: UUID
) -> Response:
    """Show an erasure: its impact, where it stands, its certificate."""
    return await _one(request, session, principal, erasure_id)


@router.get(f"{HREF}/{{erasure_id}}/certificado", dependencies=[MANAGE])
async def certificate(session: SessionDep, principal: PrincipalDep, erasure_id: UUID) -> Response:
    """Hand the signed certificate out."""
    found = await find_erasure(session, principal, erasure_id)
    if found.certificate is None:
        raise AppError("erasure_not_found")
    disposition = f'attachment; filename="{found.protocol}.json"'
    return JSONResponse(found.certificate, headers={"Content-Disposition": disposition})


@router.post(f"{HREF}/{{erasure_id}}/confirmar", dependencies=[MANAGE])
async def confirm(
    request: Request, principal: PrincipalDep, erasure_id: UUID, protocolo: Line = ""
) -> Response:
    """Confirm by typing the protocol."""

    async def work(session: AsyncSession) -> None:
        await confirm_erasure(session, principal, erasure_id, protocolo)

    notice = "Confirmado. Esta página mostra o que falta e o andamento."
    return await _done(request, principal, erasure_id, work, notice)


@router.post(f"{HREF}/{{erasure_id}}/duvidas", dependencies=[MANAGE])
async def decide(
    request: Request,
    principal: PrincipalDep,
    erasure_id: UUID,
    decisao: Annotated[list[str], Form(max_length=300)] = [],  # noqa: B006 - never changed
    restantes: Line = "",
) -> Response:
    """Decide doubtful spellings: each by its own choice, the others as the button says."""
    chosen = {int(found[1]): found[2] == "tirar" for one in decisao if (found := DECISION(one))}

    async def work(session: AsyncSession) -> None:
        decisions = dict(chosen)
        if restantes in {"tirar", "manter"}:
            for doubt in await list_doubts(session, principal, erasure_id):
                if doubt.erase is None:
                    decisions.setdefault(doubt.number, restantes == "tirar")
        await decide_doubts(session, principal, erasure_id, decisions)

    return await _done(request, principal, erasure_id, work, "As decisões foram guardadas.")


@router.post(f"{HREF}/{{erasure_id}}/cancelar", dependencies=[MANAGE])
async def cancel(request: Request, principal: PrincipalDep, erasure_id: UUID) -> Response:
    """Put a plan aside."""

    async def work(session: AsyncSession) -> None:
        await cancel_erasure(session, principal, erasure_id)

    return await _done(request, principal, erasure_id, work, "O plano foi cancelado.")


@router.post(f"{HREF}/{{erasure_id}}/desbloquear", dependencies=[MANAGE])
async def unblock(request: Request, principal: PrincipalDep, erasure_id: UUID) -> Response:
    """Let a blocked person be seen again."""

    async def work(session: AsyncSession) -> None:
        await lift_block(session, principal, erasure_id)

    return await _done(request, principal, erasure_id, work, "O bloqueio foi retirado.")


async def _typed(session: AsyncSession, name: str, cpf: str, email: str, phone: str) -> Subject:
    values = typed_values(
        name=name.strip() or None,
        cpf=cpf.strip() or None,
        email=email.strip() or None,
        phone=phone.strip() or None,
    )
    return await subject_of_values(session, values)


async def _done(
    request: Request, principal: Principal, erasure_id: UUID, work: Work, notice: str
) -> Response:
    return await answer_form(
        request, principal, work, _one, erasure_id, href=f"{HREF}/{erasure_id}", notice=notice
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    request_id: UUID | None = None,
) -> Response:
    asked = await find_request(session, principal, request_id) if request_id else None
    return privacy_page(
        request,
        "erasures.html",
        problem,
        erasures=await list_erasures(session, principal),
        states=ERASURE_STATUS,
        outcomes=ERASURE_OUTCOME,
        asked=asked,
        blocks=asked is not None and asked.right in BLOCKING,
    )


async def _one(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    erasure_id: UUID,
    problem: AppError | None = None,
) -> Response:
    erasure = await find_erasure(session, principal, erasure_id)
    return privacy_page(
        request,
        "erasure.html",
        problem,
        erasure=erasure,
        second_above=get_settings().erasure_second_person_above,
        touched=touched_records(erasure.plan),
        states=ERASURE_STATUS,
        outcomes=ERASURE_OUTCOME,
        fates=FATES,
        warnings=WARNINGS,
        shared_kinds=SHARED_KINDS,
        doubts=await list_doubts(session, principal, erasure_id),
        reasons=DOUBT_REASONS,
        titles={name: rule.title for name, rule in REGISTRY.items()},
    )
