"""Automated decisions (art. 20): one's own with a person to ask, and the encarregado's reviews."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ReviewOutcome
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal.decisions import (
    CRITERIA,
    OUTCOMES,
    ask_review,
    list_decisions,
    review_decision,
)
from cogep_assist.web.decision_words import REVIEW_OUTCOME, effect_words, place_of
from cogep_assist.web.rendering import render
from cogep_assist.web.section_frame import answer_form, privacy_page

OWN = "/conta/decisoes"
DESK = "/protecao-de-dados/decisoes"
router = guarded_router(include_in_schema=False)
REVIEW = rule(Login.SESSION, Act.REVIEW_DECISIONS)
Text = Annotated[str, Form(max_length=20_000)]


@router.get(OWN, dependencies=[rule(Login.SESSION, Act.READ_DECISIONS)])
async def own(
    request: Request, session: SessionDep, principal: PrincipalDep, cursor: IdCursor = None
) -> Response:
    """Show what was decided about somebody without a person, and how."""
    return await _own(request, session, principal, cursor)


@router.post(f"{OWN}/{{decision_id}}/revisao", dependencies=[rule(Login.SESSION, Act.ASK_REVIEWS)])
async def ask(
    request: Request, principal: PrincipalDep, decision_id: UUID, motivo: Text = ""
) -> Response:
    """Ask for a person to look at a decision again."""

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        await ask_review(session, principal, decision_id, motivo, settings)

    notice = "Uma pessoa vai rever a decisão. O protocolo e o prazo foram ao seu e-mail."
    return await answer_form(request, principal, work, _own, None, href=OWN, notice=notice)


@router.get(DESK, dependencies=[REVIEW])
async def desk(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    cursor: IdCursor = None,
    todas: Annotated[bool, Query()] = False,
) -> Response:
    """Show the reviews that wait for a person, or every decision."""
    return await _desk(request, session, principal, cursor, todas)


@router.post(f"{DESK}/{{review_id}}", dependencies=[REVIEW])
async def review(
    request: Request,
    principal: PrincipalDep,
    review_id: UUID,
    conclusao: Annotated[ReviewOutcome, Form()] = ReviewOutcome.UPHELD,
    explicacao: Text = "",
) -> Response:
    """Write down what a person found; who asked for it is told."""

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        await review_decision(session, principal, review_id, conclusao, explicacao, settings)

    notice = "A revisão foi registrada e a pessoa, avisada."
    return await answer_form(request, principal, work, _desk, None, False, href=DESK, notice=notice)


async def _own(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    cursor: str | None,
    problem: AppError | None = None,
) -> Response:
    after = decode_id_cursor(cursor)
    found, more = await list_decisions(session, principal, own=True, after=after)
    return render(
        request,
        "account_decisions.html",
        status=problem.status if problem else 200,
        problem=problem,
        decisions=[(one, place_of(one.decision, desk=False)) for one in found],
        next_cursor=encode_cursor(more),
        first=cursor is None,
        criteria=CRITERIA,
        effect=effect_words,
        outcomes=REVIEW_OUTCOME,
    )


async def _desk(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    cursor: str | None,
    every: bool,
    problem: AppError | None = None,
) -> Response:
    after = decode_id_cursor(cursor)
    found, more = await list_decisions(session, principal, waiting=not every, after=after)
    return privacy_page(
        request,
        "decisions.html",
        problem,
        decisions=[(one, place_of(one.decision, desk=True)) for one in found],
        every=every,
        next_cursor=encode_cursor(more),
        first=cursor is None,
        criteria=CRITERIA,
        effect=effect_words,
        outcomes=REVIEW_OUTCOME,
        outcome_options=[(one.value, words) for one, words in OUTCOMES.items()],
    )
