"""Question sets and what their measurements found, drawn over time."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Query, Request, Response

from cogep_assist.core.models.ai_evaluations import MOST_HOURS
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.evaluation_curves import rank_curve
from cogep_assist.rag_service.question_sets import (
    list_question_sets,
    list_runs,
    read_question_set,
    read_run,
    remove_question_set,
    repeat_question_set,
    request_evaluation,
)
from cogep_assist.web.evaluation_view import outcomes, trends
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.plot import line_plot
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_EVALUATIONS)
MANAGE = rule(Login.SESSION, Act.MANAGE_EVALUATIONS)
PER_PAGE = 40
RUNS_DRAWN = 30
TIMES = (
    ("", "só quando pedido"),
    ("1", "a cada hora"),
    ("24", "todo dia"),
    ("168", "toda semana"),
    ("720", "a cada 30 dias"),
)


@router.get("/conhecimento/avaliacao", dependencies=[READ])
async def question_sets(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List the sets with the last measurement of each."""
    found, more = await list_question_sets(
        session, principal, limit=PER_PAGE, before=decode_id_cursor(depois)
    )
    return render(
        request,
        "knowledge/evaluation.html",
        tabs=knowledge_tabs(principal, "/conhecimento/avaliacao"),
        sets=found,
        next_href=f"/conhecimento/avaliacao?depois={more}" if more else "",
        first_href="/conhecimento/avaliacao" if depois else "",
    )


@router.get("/conhecimento/avaliacao/{set_id}", dependencies=[READ])
async def question_set(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Show a set: its figures over time, and its questions."""
    held = await read_question_set(session, principal, set_id)
    runs, _ = await list_runs(session, principal, set_id, limit=RUNS_DRAWN)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    last = await read_run(session, principal, set_id, runs[0].id) if runs else None
    measured = last.questions if last else {}
    curve = rank_curve({"questions": measured})
    every = str(held.every_hours or "")
    times = TIMES if every in dict(TIMES) else (*TIMES, (every, f"a cada {every} horas"))
    return render(
        request,
        "knowledge/question_set.html",
        held=held,
        questions=[(one, outcomes(measured.get(str(one.id)))) for one in held.items],
        runs=runs,
        trends=trends(runs, zone),
        times=times,
        every=every,
        curve=line_plot([(f"até o lugar {int(rank)}", share) for rank, share in curve]),
        may_manage=principal.may(Act.MANAGE_EVALUATIONS),
    )


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


@router.post("/conhecimento/avaliacao/{set_id}/remover", dependencies=[MANAGE])
async def remove(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Remove a set with its questions and measurements."""
    await remove_question_set(session, principal, set_id)
    return done("/conhecimento/avaliacao", "O conjunto foi removido.", request=request)
