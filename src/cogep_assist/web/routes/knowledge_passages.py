"""A document's passages in their places: which the answers use, and their text corrected."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.document_passages import list_passages
from cogep_assist.ingestion_service.document_queries import version_text
from cogep_assist.ingestion_service.document_sheet import find_document_sheet
from cogep_assist.ingestion_service.passage_editing import (
    MOST_CHARS,
    correct_passage,
    hide_passage,
)
from cogep_assist.web.outcome import done
from cogep_assist.web.passage_marks import marked_parts
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.ask_source import MOST
from cogep_assist.web.section_frame import answer_form

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_DOCUMENTS)
PASSAGES_PER_PAGE = 60
After = Annotated[int, Query(ge=-1, le=MOST)]


@router.get("/documentos/{document_id}/trechos", dependencies=[READ])
async def passages(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    document_id: UUID,
    depois: After = -1,
) -> Response:
    """Show the passages where they stand in the text."""
    return await _page(request, session, principal, document_id, depois)


@router.post(
    "/documentos/{document_id}/trechos/{chunk_id}/uso",
    dependencies=[rule(Login.SESSION, Act.DELETE_DOCUMENTS)],
)
async def switch(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    document_id: UUID,
    chunk_id: UUID,
    usar: Annotated[bool, Form()],
    depois: After = -1,
) -> Response:
    """Keep a passage out of the answers, or let it in again."""
    await hide_passage(session, principal, document_id, chunk_id, hidden=not usar)
    notice = (
        "As respostas voltam a usar o trecho." if usar else "Nenhuma resposta usa mais o trecho."
    )
    return done(_address(document_id, depois), notice, request=request)


@router.post(
    "/documentos/{document_id}/trechos/{chunk_id}/corrigir",
    dependencies=[rule(Login.SESSION, Act.INGEST)],
)
async def correct(
    request: Request,
    principal: PrincipalDep,
    document_id: UUID,
    chunk_id: UUID,
    texto: Annotated[str, Form(max_length=2 * MOST_CHARS)] = "",
    depois: After = -1,
) -> Response:
    """Write a passage anew, in a new version of the document."""
    names = CustomerNames(edge_state(request).database)

    async def work(session: AsyncSession) -> None:
        await correct_passage(session, principal, document_id, chunk_id, texto, names)

    return await answer_form(
        request,
        principal,
        work,
        _page,
        document_id,
        depois,
        typed={chunk_id: texto},
        href=_address(document_id, depois),
        notice="O trecho foi corrigido: é a nova versão do documento.",
        draft=f"trecho-{chunk_id}",
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    document_id: UUID,
    after: int,
    problem: AppError | None = None,
    typed: dict[UUID, str] | None = None,
) -> Response:
    found = await find_document_sheet(session, principal, document_id)
    if found.version is None:
        raise AppError("version_not_found")
    said = await version_text(session, principal, document_id, found.version)
    places = await list_passages(
        session, principal, document_id, limit=PASSAGES_PER_PAGE + 1, after=after
    )
    shown = places[:PASSAGES_PER_PAGE]
    more = len(places) > PASSAGES_PER_PAGE
    return render(
        request,
        "knowledge/passages.html",
        status=problem.status if problem else 200,
        document=found,
        out=found.hidden,
        parts=marked_parts(said.text, shown),
        problem=problem,
        typed=typed or {},
        here=_address(document_id, after).partition("?")[2],
        may_hide=principal.may(Act.DELETE_DOCUMENTS) and not found.hidden,
        may_correct=principal.may(Act.INGEST),
        most=MOST_CHARS,
        next_href=_address(document_id, shown[-1].ordinal) if more else "",
        first_href=_address(document_id, -1) if after >= 0 else "",
    )


def _address(document_id: UUID, after: int) -> str:
    base = f"/documentos/{document_id}/trechos"
    return f"{base}?depois={after}" if after >= 0 else base
