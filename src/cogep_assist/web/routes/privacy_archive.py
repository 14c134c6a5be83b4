"""LGPD, Temporalidade: why records are kept, what the archive is asked to let go, and its terms."""

import asyncio
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import KeepingGround
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.erasure.archive_disposal import (
    authorise_disposal,
    disposal_list,
    disposal_terms,
)
from cogep_assist.lgpd_service.erasure.disposal_papers import (
    OBJECT_TYPES,
    disposal_csv,
    disposal_pdf,
)
from cogep_assist.lgpd_service.keeping.keepings import (
    KEEPING_GROUND,
    end_keeping,
    keep,
    list_keepings,
    names_of,
)
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.web.record_address import record_id
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/temporalidade"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_RETENTION)
# So many lines of the list stand on the page; the files hold it whole.
MOST_LISTED = 200
MOST_KEPT = 50
_TYPES = {"clientes": "customer", "chamados": "ticket", "documentos": "document"}
Term = Annotated[str, Form(max_length=60)]


@router.get(HREF, dependencies=[MANAGE])
async def archive(
    request: Request, session: SessionDep, principal: PrincipalDep, depois: UUID | None = None
) -> Response:
    """Show the disposal list, the terms that were recorded, and what stands."""
    return await _page(request, session, principal, before=depois)


@router.get(f"{HREF}/listagem", dependencies=[MANAGE])
async def file(
    session: SessionDep,
    principal: PrincipalDep,
    formato: Annotated[Literal["csv", "pdf"], Query()] = "pdf",
) -> Response:
    """Hand the disposal list out, to be laid before the archive."""
    lines = await disposal_list(session, principal)
    if formato == "csv":
        made: str | bytes = disposal_csv(lines)
        media = "text/csv; charset=utf-8"
    else:
        name = (await find_profile(session)).name
        made = await asyncio.to_thread(disposal_pdf, name, lines)
        media = "application/pdf"
    attached = f'attachment; filename="listagem-de-eliminacao.{formato}"'
    return Response(made, media_type=media, headers={"Content-Disposition": attached})


@router.post(f"{HREF}/termo", dependencies=[MANAGE])
async def authorise(
    request: Request,
    principal: PrincipalDep,
    termo: Term = "",
    registros: Annotated[list[UUID], Form(max_length=1000)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Record the archive's term of elimination for the records that were marked."""

    async def work(session: AsyncSession) -> None:
        await authorise_disposal(session, principal, registros, termo)

    notice = "O termo está registrado: os registros seguem agora os prazos de retenção."
    return await _done(request, principal, work, notice)


@router.post(f"{HREF}/fundamentos", dependencies=[MANAGE])
async def record(
    request: Request,
    principal: PrincipalDep,
    endereco: Annotated[str, Form(max_length=500)] = "",
    fundamento: Annotated[KeepingGround, Form()] = KeepingGround.PUBLIC_ARCHIVE,
    codigo: Annotated[str, Form(max_length=2000)] = "",
    ate: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Say why a customer, a ticket or a document is kept, and until which day."""

    async def work(session: AsyncSession) -> None:
        object_type, object_id = _read_address(endereco)
        if not codigo.strip():
            raise AppError("keeping_reference_missing")
        day = _read_day(ate) if ate.strip() else None
        await keep(session, principal, object_type, object_id, fundamento, codigo, day)

    return await _done(request, principal, work, "O fundamento está registrado.")


@router.post(f"{HREF}/fundamentos/{{keeping_id}}/encerrar", dependencies=[MANAGE])
async def end(
    request: Request, principal: PrincipalDep, keeping_id: UUID, termo: Term = ""
) -> Response:
    """End a ground; a public record's by the archive's term alone."""

    async def work(session: AsyncSession) -> None:
        await end_keeping(session, principal, keeping_id, disposal_term=termo)

    return await _done(request, principal, work, "O fundamento está encerrado.")


def _read_address(typed: str) -> tuple[str, UUID]:
    """Tell which record the address of a page is of."""
    found = record_id(typed)
    kind = next((kind for part, kind in _TYPES.items() if f"/{part}/" in typed), None)
    if found is None or kind is None:
        raise AppError("keeping_address_invalid")
    return kind, found


def _read_day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise AppError("day_invalid", text=typed) from None


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    before: UUID | None = None,
) -> Response:
    lines = await disposal_list(session, principal)
    kept = await list_keepings(session, principal, limit=MOST_KEPT + 1, before=before)
    more = f"{HREF}?depois={kept[MOST_KEPT - 1].id}#fundamentos" if len(kept) > MOST_KEPT else ""
    kept, shown = kept[:MOST_KEPT], lines[:MOST_LISTED]
    return privacy_page(
        request,
        "archive.html",
        problem,
        lines=shown,
        listed=len(lines),
        terms=await disposal_terms(session, principal),
        kept=kept,
        names=await names_of(
            session, {*(one.object_id for one in kept), *(one.object_id for one in shown)}
        ),
        types=OBJECT_TYPES,
        grounds=KEEPING_GROUND,
        archive=KeepingGround.PUBLIC_ARCHIVE,
        ground_options=[(one.value, words) for one, words in KEEPING_GROUND.items()],
        more_href=more,
        first_href=f"{HREF}#fundamentos" if before else "",
        places={"customer": "/clientes", "ticket": "/chamados", "document": "/documentos"},
    )
