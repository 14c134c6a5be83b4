"""Question sets and what their measurements found, drawn over time."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response

from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.evaluation_curves import rank_curve
from cogep_assist.rag_service.question_set_schemas import RunReply
from cogep_assist.rag_service.question_sets import (
    list_question_sets,
    list_runs,
    read_question_set,
    read_run,
    remove_question_set,
    request_evaluation,
)
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.plot import Plot, line_plot
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_EVALUATIONS)
MANAGE = rule(Login.SESSION, Act.MANAGE_EVALUATIONS)
PER_PAGE = 40
RUNS_DRAWN = 30
FIGURES = (
    ("ndcg@10", "nDCG@10", "quão alto ficam os documentos certos"),
    ("mrr@10", "MRR@10", "em que lugar vem o primeiro documento certo"),
    ("recall@5", "Recall@5", "quantos documentos certos vêm entre os 5 primeiros"),
    ("recall@20", "Recall@20", "quantos documentos certos vêm entre os 20 primeiros"),
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
    curve = []
    if runs:
        last = await read_run(session, principal, set_id, runs[0].id)
        curve = rank_curve({"questions": last.questions})
    return render(
        request,
        "knowledge/question_set.html",
        held=held,
        questions=held.items,
        runs=runs,
        figures=FIGURES,
        plots=[_trend(runs, key, label, what, zone) for key, label, what in FIGURES],
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


@router.post("/conhecimento/avaliacao/{set_id}/remover", dependencies=[MANAGE])
async def remove(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Remove a set with its questions and measurements."""
    await remove_question_set(session, principal, set_id)
    return done("/conhecimento/avaliacao", "O conjunto foi removido.", request=request)


def _trend(
    runs: Sequence[RunReply], key: str, label: str, what: str, zone: ZoneInfo
) -> tuple[str, str, Plot, Any]:
    """Return a figure's name, what it means, its line over time, and its last value."""
    told = [
        (run.created_at.astimezone(zone).strftime("%d/%m/%Y"), float(run.figures[key]))
        for run in reversed(runs)
        if run.figures.get(key) is not None
    ]
    return label, what, line_plot(told), told[-1][1] if told else None
