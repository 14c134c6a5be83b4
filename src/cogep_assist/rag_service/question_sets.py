"""Question sets: keep one, look at it, say when it is asked, let it go."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.access import visible_collections
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.collection_name import DEFAULT_COLLECTION, known_collection_name
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AnswerThreshold,
    Collection,
    EvaluationRun,
    QuestionSet,
    SetQuestion,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.collection_threshold import settle_threshold, threshold_reply
from cogep_assist.rag_service.question_set_schemas import (
    EmptySetBody,
    QuestionSetDetail,
    QuestionSetReply,
    RunDetail,
    RunReply,
    SetQuestionBody,
    SetQuestionReply,
)
from cogep_assist.rag_service.question_set_state import EVALUATE, measurement_of

DUE_AT_ONCE = 20
_NOW = sa.func.clock_timestamp()


async def create_question_set(
    session: AsyncSession, principal: Principal, body: EmptySetBody
) -> UUID:
    """Keep a set and return its id.

    Raises AppError("role_not_allowed"|"collection_not_found"|"question_set_exists"|
    "question_set_invalid").
    """
    principal.require(Act.MANAGE_EVALUATIONS)
    check_questions(body.questions)
    collection_id = await collection_of_set(session, principal, body.collection)
    set_id: UUID | None = await session.scalar(
        insert(QuestionSet)
        .values(
            id=uuid7(),
            collection_id=collection_id,
            name=body.name.strip(),
            every_hours=body.every_hours,
            next_due_at=_NOW if body.every_hours else None,
            created_by=principal.label,
        )
        .on_conflict_do_nothing()
        .returning(QuestionSet.id)
    )
    if set_id is None:
        raise AppError("question_set_exists", name=body.name.strip())
    rows = [
        {"id": uuid7(), "set_id": set_id, "number": number, **question.model_dump()}
        for number, question in enumerate(body.questions, 1)
    ]
    if rows:
        await session.execute(sa.insert(SetQuestion), rows)
    count = {"questions": len(rows)}
    await audit.record(session, principal, "question_set_created", "question_set", set_id, count)
    return set_id


async def list_question_sets(
    session: AsyncSession, principal: Principal, *, limit: int = 50, before: UUID | None = None
) -> tuple[list[QuestionSetReply], UUID | None]:
    """Return sets, newest first, and the id after which the list goes on."""
    principal.require(Act.READ_EVALUATIONS)
    statement = _listed(principal).order_by(QuestionSet.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(QuestionSet.id < before)
    rows = (await session.execute(statement)).all()
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return [QuestionSetReply(**_fields(*row)) for row in rows[:limit]], more


async def read_question_set(
    session: AsyncSession, principal: Principal, set_id: UUID
) -> QuestionSetDetail:
    """Return a set with its questions. Raises AppError("question_set_not_found")."""
    principal.require(Act.READ_EVALUATIONS)
    statement = (
        _listed(principal)
        .add_columns(AnswerThreshold)
        .outerjoin(AnswerThreshold, AnswerThreshold.collection_id == QuestionSet.collection_id)
        .where(QuestionSet.id == set_id)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise AppError("question_set_not_found")
    questions = await session.scalars(
        sa.select(SetQuestion).where(SetQuestion.set_id == set_id).order_by(SetQuestion.number)
    )
    items = [
        SetQuestionReply(
            id=one.id,
            text=one.text,
            answers=one.answers,
            documents=one.documents,
            impossible=one.impossible,
        )
        for one in questions
    ]
    measurement = await measurement_of(session, set_id)
    *listed, kept = row
    return QuestionSetDetail(
        **_fields(*listed),
        items=items,
        threshold=threshold_reply(kept),
        measurement=measurement,
    )


async def repeat_question_set(
    session: AsyncSession, principal: Principal, set_id: UUID, every_hours: int | None
) -> None:
    """Ask a set every so many hours from now on, or no longer."""
    principal.require(Act.MANAGE_EVALUATIONS)
    held = await held_set(session, principal, set_id)
    # Looked up first: a query flushes, and one of the two without the other is refused.
    now = await session.scalar(sa.select(_NOW))
    assert now is not None
    held.next_due_at = now + timedelta(hours=every_hours) if every_hours else None
    held.every_hours = every_hours
    details = {"every_hours": every_hours or 0}
    await audit.record(session, principal, "question_set_repeated", "question_set", set_id, details)


async def request_evaluation(session: AsyncSession, principal: Principal, set_id: UUID) -> None:
    """Have a set measured by a worker as soon as one is free.

    Raises AppError("question_set_not_found"|"question_set_empty").
    """
    principal.require(Act.MANAGE_EVALUATIONS)
    await held_set(session, principal, set_id)
    if not await session.scalar(sa.select(sa.exists().where(SetQuestion.set_id == set_id))):
        raise AppError("question_set_empty")
    await enqueue_background(session, EVALUATE, str(set_id))
    await audit.record(session, principal, "evaluation_requested", "question_set", set_id)


async def remove_question_set(session: AsyncSession, principal: Principal, set_id: UUID) -> None:
    """Remove a set with its questions and measurements."""
    principal.require(Act.MANAGE_EVALUATIONS)
    held = await held_set(session, principal, set_id)
    await session.delete(held)
    await session.flush()
    await settle_threshold(session, held.collection_id)
    await audit.record(session, principal, "question_set_removed", "question_set", set_id)


async def list_runs(
    session: AsyncSession,
    principal: Principal,
    set_id: UUID,
    *,
    limit: int = 50,
    before: UUID | None = None,
) -> tuple[list[RunReply], UUID | None]:
    """Return the measurements of a set, newest first, and the id after which the list goes on."""
    principal.require(Act.READ_EVALUATIONS)
    statement = _runs(principal, set_id).options(defer(EvaluationRun.questions)).limit(limit + 1)
    if before is not None:
        statement = statement.where(EvaluationRun.id < before)
    runs = list(await session.scalars(statement))
    if not runs:
        await held_set(session, principal, set_id)
    more = runs[limit - 1].id if len(runs) > limit else None
    return [_run_reply(run) for run in runs[:limit]], more


async def last_runs(
    session: AsyncSession, principal: Principal, set_id: UUID, *, most: int
) -> list[RunDetail]:
    """Return the newest measurements of a set, question by question; none of one out of sight."""
    principal.require(Act.READ_EVALUATIONS)
    runs = await session.scalars(_runs(principal, set_id).limit(most))
    return [_run_detail(run) for run in runs]


async def read_run(
    session: AsyncSession, principal: Principal, set_id: UUID, run_id: UUID
) -> RunDetail:
    """Return one measurement, question by question. Raises AppError("question_set_not_found")."""
    principal.require(Act.READ_EVALUATIONS)
    await held_set(session, principal, set_id)
    run = await session.scalar(
        sa.select(EvaluationRun).where(EvaluationRun.id == run_id, EvaluationRun.set_id == set_id)
    )
    if run is None:
        raise AppError("question_set_not_found")
    return _run_detail(run)


async def take_due_sets(session: AsyncSession) -> list[UUID]:
    """Return the sets whose hour has come, and set their next one. For the ticker."""
    due = (
        sa.select(QuestionSet.id)
        .where(QuestionSet.next_due_at <= _NOW)
        .order_by(QuestionSet.next_due_at)
        .limit(DUE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    hours = sa.func.make_interval(0, 0, 0, 0, QuestionSet.every_hours)
    taken = await session.scalars(
        sa.update(QuestionSet)
        .where(QuestionSet.id.in_(due.scalar_subquery()))
        .values(next_due_at=_NOW + hours)
        .returning(QuestionSet.id)
        .execution_options(synchronize_session=False)
    )
    return list(taken)


def check_questions(questions: Sequence[SetQuestionBody]) -> None:
    """Refuse a question that says too little or too much. Raises AppError("question_set_invalid").

    The reason names it by its number where there are several.
    """
    for number, question in enumerate(questions, 1):
        wrong = wrong_with(question)
        if wrong is not None:
            which = f"a pergunta {number}" if len(questions) > 1 else "a pergunta"
            raise AppError("question_set_invalid", reason=f"{which} {wrong}")


def wrong_with(question: SetQuestionBody) -> str | None:
    """Return what is wrong with a question, in words that follow its name; None where nothing."""
    known = bool(question.answers or question.documents)
    if known and question.impossible:
        return "é marcada sem resposta e traz uma"
    if not known and not question.impossible:
        return "não diz resposta nem documento"
    if any("\x00" in text for text in (question.text, *question.answers, *question.documents)):
        return "traz o nulo"
    return None


async def collection_of_set(session: AsyncSession, principal: Principal, name: str | None) -> UUID:
    """Return the collection of a name that this person sees. Raises "collection_not_found"."""
    wanted = known_collection_name(name) if name else DEFAULT_COLLECTION
    found = await session.scalar(
        sa.select(Collection.id).where(
            Collection.name == wanted, Collection.id.in_(visible_collections(principal))
        )
    )
    if found is None:
        raise AppError("collection_not_found", name=wanted)
    return found


async def held_set(session: AsyncSession, principal: Principal, set_id: UUID) -> QuestionSet:
    """Return a set that this person sees. Raises AppError("question_set_not_found")."""
    held = await session.scalar(
        sa.select(QuestionSet).where(
            QuestionSet.id == set_id,
            QuestionSet.collection_id.in_(visible_collections(principal)),
        )
    )
    if held is None:
        raise AppError("question_set_not_found")
    return held


def _runs(principal: Principal, set_id: UUID) -> sa.Select[EvaluationRun]:
    """Select the measurements of a set that somebody may see, newest first."""
    return (
        sa.select(EvaluationRun)
        .join(QuestionSet, QuestionSet.id == EvaluationRun.set_id)
        .where(
            EvaluationRun.set_id == set_id,
            QuestionSet.collection_id.in_(visible_collections(principal)),
        )
        .order_by(EvaluationRun.id.desc())
    )


def _listed(principal: Principal) -> sa.Select[Any]:
    count = (
        sa.select(sa.func.count())
        .where(SetQuestion.set_id == QuestionSet.id)
        .correlate(QuestionSet)
        .scalar_subquery()
    )
    runs = aliased(EvaluationRun)
    last = (
        sa.select(runs.id)
        .where(runs.set_id == QuestionSet.id)
        .order_by(runs.id.desc())
        .limit(1)
        .correlate(QuestionSet)
        .scalar_subquery()
    )
    return (
        sa.select(QuestionSet, Collection.name, count, EvaluationRun)
        .join(Collection, Collection.id == QuestionSet.collection_id)
        .outerjoin(EvaluationRun, EvaluationRun.id == last)
        .where(QuestionSet.collection_id.in_(visible_collections(principal)))
    )


def _fields(
    held: QuestionSet, collection: str, count: int, last: EvaluationRun | None
) -> dict[str, Any]:
    return {
        "id": held.id,
        "name": held.name,
        "collection": collection,
        "every_hours": held.every_hours,
        "next_due_at": held.next_due_at,
        "gate": held.gate,
        "questions": count,
        "created_at": held.created_at,
        "last_run": None if last is None else _run_reply(last),
    }


def _run_reply(run: EvaluationRun) -> RunReply:
    return RunReply(id=run.id, created_at=run.created_at, release=run.release, figures=run.figures)


def _run_detail(run: EvaluationRun) -> RunDetail:
    return RunDetail(**_run_reply(run).model_dump(), questions=run.questions)
