"""LGPD, Guardas: what must not change while a process lasts; two people let it go."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import HeldType
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.keeping.legal_holds import (
    ask_release,
    list_holds,
    place_hold,
    release_hold,
)
from cogep_assist.web.privacy_words import HELD_TYPE, HOLD_KIND
from cogep_assist.web.record_address import record_id
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/guardas"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_HOLDS)
Reason = Annotated[str, Form(max_length=2000)]


@router.get(HREF, dependencies=[MANAGE])
async def holds(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the holds, those that were released as well."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def place(
    request: Request,
    principal: PrincipalDep,
    alvo: Annotated[Literal["cliente", "chamado", "documento", "tipo"], Form()] = "cliente",
    identificador: Annotated[str, Form(max_length=200)] = "",
    tipo: Annotated[HeldType | None, Form()] = None,
    motivo: Reason = "",
) -> Response:
    """Hold a person, a ticket, a document or everything of a type."""

    async def work(session: AsyncSession) -> None:
        target = None if alvo == "tipo" else _read_id(identificador)
        await place_hold(
            session,
            principal,
            reason=motivo,
            customer_id=target if alvo == "cliente" else None,
            ticket_id=target if alvo == "chamado" else None,
            document_id=target if alvo == "documento" else None,
            held_type=tipo if alvo == "tipo" else None,
        )

    return await _done(request, principal, work, "A guarda está em vigor.")


@router.post(f"{HREF}/{{hold_id}}/pedir-liberacao", dependencies=[MANAGE])
async def ask(
    request: Request, principal: PrincipalDep, hold_id: UUID, motivo: Reason = ""
) -> Response:
    """Ask for a release, which somebody else must grant."""

    async def work(session: AsyncSession) -> None:
        await ask_release(session, principal, hold_id, motivo)

    return await _done(request, principal, work, "Agora outra pessoa precisa liberar.")


@router.post(f"{HREF}/{{hold_id}}/liberar", dependencies=[MANAGE])
async def release(request: Request, principal: PrincipalDep, hold_id: UUID) -> Response:
    """Release a hold that somebody else asked to release."""

    async def work(session: AsyncSession) -> None:
        await release_hold(session, principal, hold_id)

    return await _done(request, principal, work, "A guarda foi liberada.")


def _read_id(typed: str) -> UUID:
    found = record_id(typed)
    if found is None:
        raise AppError("hold_target_invalid")
    return found


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    return privacy_page(
        request,
        "holds.html",
        problem,
        holds=await list_holds(session, principal, released=True),
        kinds=HOLD_KIND,
        held_types=HELD_TYPE,
        type_options=[(one.value, words) for one, words in HELD_TYPE.items()],
        me=principal.label,
    )
