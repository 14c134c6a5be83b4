"""The page of one question set, as several routes show it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.state import edge_state
from cogep_assist.ingestion_service.document_queries import list_documents
from cogep_assist.rag_service.evaluation_compare import Difference, compare_runs
from cogep_assist.rag_service.evaluation_curves import rank_curve
from cogep_assist.rag_service.evaluation_words import threshold_words
from cogep_assist.rag_service.question_set_run import document_names
from cogep_assist.rag_service.question_set_schemas import (
    QuestionSetDetail,
    RunDetail,
    SetQuestionBody,
    SetQuestionReply,
)
from cogep_assist.rag_service.question_sets import last_runs, list_runs, read_question_set
from cogep_assist.web.evaluation_view import FIGURES, misses, outcomes, trends, unhelped
from cogep_assist.web.plot import line_plot
from cogep_assist.web.rendering import render

RUNS_DRAWN = 30
TITLES_OFFERED = 200
TIMES = (
    ("", "só quando pedido"),
    ("1", "a cada hora"),
    ("24", "todo dia"),
    ("168", "toda semana"),
    ("720", "a cada 30 dias"),
)


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """What stands in the fields of a question's form, as it was typed."""

    text: str = ""
    answers: str = ""
    document: str = ""
    others: str = ""
    impossible: bool = False

    @classmethod
    def of(cls, question: SetQuestionBody) -> "TypedQuestion":
        """Put a question that there is into the fields."""
        first, *others = question.documents or [""]
        return cls(
            question.text,
            "\n".join(question.answers),
            first,
            "\n".join(others),
            question.impossible,
        )


async def question_set_page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    set_id: UUID,
    *,
    typed: TypedQuestion | None = None,
    problem: AppError | None = None,
) -> Response:
    """Show a set: its figures over time, what changed since the last time, and its questions."""
    held = await read_question_set(session, principal, set_id)
    runs, _ = await list_runs(session, principal, set_id, limit=RUNS_DRAWN)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    newest = await last_runs(session, principal, set_id, most=2) if runs else []
    last, before, *_ = [*newest, None, None]
    measured = last.questions if last else {}
    curve = rank_curve({"questions": measured})
    every = str(held.every_hours or "")
    return render(
        request,
        "knowledge/question_set.html",
        status=problem.status if problem else 200,
        held=held,
        threshold=threshold_words(held.threshold),
        questions=await _questions(session, held, measured),
        runs=[(run, misses(held.gate, run), unhelped(run)) for run in runs],
        trends=trends(runs, zone),
        changes=await _changes(before, last),
        times=TIMES if every in dict(TIMES) else (*TIMES, (every, f"a cada {every} horas")),
        every=every,
        bounds=[(key, label, _bound(held.gate.get(key))) for key, label, _ in FIGURES],
        missed=misses(held.gate, held.last_run),
        curve=line_plot([(f"até o lugar {int(rank)}", share) for rank, share in curve]),
        may_manage=principal.may(Act.MANAGE_EVALUATIONS),
        titles=await titles_of(session, principal, held.collection),
        typed=typed or TypedQuestion(),
        problem=problem,
    )


async def titles_of(session: AsyncSession, principal: Principal, collection: str) -> list[str]:
    """Return the newest titles of a collection, to be offered while one types."""
    found, _ = await list_documents(session, principal, collection=collection, limit=TITLES_OFFERED)
    return list(dict.fromkeys(one.title for one in found))


async def _questions(
    session: AsyncSession, held: QuestionSetDetail, measured: Mapping[str, Mapping[str, float]]
) -> list[tuple[SetQuestionReply, list[tuple[str, str]], list[str]]]:
    """Return each question, what it came to, and which of its documents are not there."""
    collection = await session.scalar(
        sa.select(Collection.id).where(Collection.name == held.collection)
    )
    assert collection is not None
    known = await document_names(session, collection, held.items)
    return [
        (
            one,
            outcomes(measured.get(str(one.id))),
            [name for name in one.documents if name not in known],
        )
        for one in held.items
    ]


async def _changes(before: RunDetail | None, last: RunDetail | None) -> Sequence[Difference]:
    if before is None or last is None:
        return ()
    try:
        return await asyncio.to_thread(compare_runs, before.model_dump(), last.model_dump())
    except AppError:
        # Not one question of the last time is still asked.
        return ()


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}".replace(".", ",")
