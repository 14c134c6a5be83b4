"""Question sets: which there are, when they are measured, and what they must come to."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models.ai_evaluations import MOST_HOURS
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.rag_service.question_set_gate import set_gate
from cogep_assist.rag_service.question_set_schemas import EmptySetBody
from cogep_assist.rag_service.question_set_state import failed_sets
from cogep_assist.rag_service.question_sets import (
    create_question_set,
    list_question_sets,
    remove_question_set,
    repeat_question_set,
    request_evaluation,
)
from cogep_assist.web.evaluation_view import FIGURES, misses
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.question_set_page import question_set_page
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_EVALUATIONS)
MANAGE = rule(Login.SESSION, Act.MANAGE_EVALUATIONS)
PER_PAGE = 40
BOUND = re.compile(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?")


@router.get("/conhecimento/avaliacao", dependencies=[READ])
async def question_sets(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List the sets with the last measurement of each."""
    return await _list(request, session, principal, after=depois)


@router.post("/conhecimento/avaliacao", dependencies=[MANAGE])
async def create(
    request: Request,
    principal: PrincipalDep,
    nome: Annotated[str, Form(max_length=500)] = "",
    colecao: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Begin a set, to be given its questions on its own page."""
    database = edge_state(request).database
    try:
        try:
            body = EmptySetBody(name=nome, collection=colecao or None)
        except ValidationError:
            raise invalid_field("nome", "deve ter de 1 a 120 letras") from None
        async with database.begin() as session:
            made = await create_question_set(session, principal, body)
    except AppError as problem:
        if problem.status not in {404, 409, 422}:
            raise
        async with database.begin() as session:
            return await _list(request, session, principal, typed=(nome, colecao), problem=problem)
    words = "O conjunto foi criado. Acrescente as perguntas."
    return done(f"/conhecimento/avaliacao/{made}", words, draft="conjunto", request=request)


async def _list(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    *,
    after: str | None = None,
    typed: tuple[str, str] = ("", ""),
    problem: AppError | None = None,
) -> Response:
    found, more = await list_question_sets(
        session, principal, limit=PER_PAGE, before=decode_id_cursor(after)
    )
    failed = await failed_sets(session, [one.id for one in found])
    visible = await list_collections(session, principal)
    return render(
        request,
        "knowledge/evaluation.html",
        status=problem.status if problem else 200,
        collections=[(one.name, one.name) for one in visible if one.expires_at is None],
        typed=typed,
        may_manage=principal.may(Act.MANAGE_EVALUATIONS),
        problem=problem,
        tabs=knowledge_tabs(principal, "/conhecimento/avaliacao"),
        sets=[(one, misses(one.gate, one.last_run), one.id in failed) for one in found],
        next_href=f"/conhecimento/avaliacao?depois={more}" if more else "",
        first_href="/conhecimento/avaliacao" if after else "",
    )


@router.get("/conhecimento/avaliacao/{set_id}", dependencies=[READ])
async def question_set(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Show a set: its figures over time, and its questions."""
    return await question_set_page(request, session, principal, set_id)


@router.post("/conhecimento/avaliacao/{set_id}/medir", dependencies=[MANAGE])
async def measure(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Have a set measured as soon as a worker is free."""
    await request_evaluation(session, principal, set_id)
    words = "A medição foi pedida; o resultado aparece aqui quando terminar."
    return done(f"/conhecimento/avaliacao/{set_id}", words, request=request)


@router.post("/conhecimento/avaliacao/{set_id}/horario", dependencies=[MANAGE])
async def repeat(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    set_id: UUID,
    horas: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Have a set measured by itself every so many hours, or no longer."""
    if horas and not (horas.isdecimal() and horas.isascii() and 1 <= int(horas) <= MOST_HOURS):
        raise invalid_field("horas", f"deve ser de 1 a {MOST_HOURS}")
    await repeat_question_set(session, principal, set_id, int(horas) if horas else None)
    words = "O conjunto será medido sozinho." if horas else "O conjunto só será medido a pedido."
    return done(f"/conhecimento/avaliacao/{set_id}", words, request=request)


@router.post("/conhecimento/avaliacao/{set_id}/limites", dependencies=[MANAGE])
async def bounds(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Say what the figures must come to; a field left empty is not judged."""
    form = await request.form()
    gate = {}
    for place, (key, label, _) in enumerate(FIGURES):
        given = str(form.get(f"limite{place}", "")).strip().replace(",", ".")
        if not given:
            continue
        if not BOUND.fullmatch(given):
            raise invalid_field(label, "deve ser um número de 0 a 1, como 0,85")
        gate[key] = float(given)
    await set_gate(session, principal, set_id, gate)
    words = "Os limites foram guardados." if gate else "O conjunto não tem mais limites."
    return done(f"/conhecimento/avaliacao/{set_id}", words, request=request)


@router.post("/conhecimento/avaliacao/{set_id}/remover", dependencies=[MANAGE])
async def remove(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Remove a set with its questions and measurements."""
    await remove_question_set(session, principal, set_id)
    return done("/conhecimento/avaliacao", "O conjunto foi removido.", request=request)
