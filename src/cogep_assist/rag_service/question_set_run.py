"""Measure a curator's question set on the base as it stands, and keep what came out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist import __version__
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Collection,
    Document,
    EvaluationRun,
    QuestionSet,
    SetQuestion,
)
from cogep_assist.core.tombstones import erasure_mark
from cogep_assist.rag_service.collection_threshold import settle_threshold
from cogep_assist.rag_service.evaluation import EXTERNAL, Step, evaluate
from cogep_assist.rag_service.evaluation_set import EvaluationQuery, EvaluationSet
from cogep_assist.rag_service.question_set_alerts import tell_missed
from cogep_assist.rag_service.question_set_schemas import SetQuestionBody

Asked = SetQuestion | SetQuestionBody
# Enough for a trend of years; what each question came to is large.
MOST_RUNS = 500


async def measure_question_set(
    database: Database, set_id: UUID, *, step: Step = lambda _: None
) -> UUID | None:
    """Ask the questions, store the measurement and return its id; None where the set is gone.

    Each question is asked in a transaction of its own that leaves nothing behind. Raises
    AppError("question_set_empty"): figures of nothing would pass for a measurement.
    """
    while True:
        async with database.begin() as session:
            mark = await erasure_mark(session)
            found = await session.execute(
                sa.select(QuestionSet.collection_id, Collection.name)
                .join(Collection, Collection.id == QuestionSet.collection_id)
                .where(QuestionSet.id == set_id)
            )
            row = found.one_or_none()
            if row is None:
                return None
            evaluation = await _evaluation(session, set_id, row.collection_id)
        if not evaluation.queries:
            raise AppError("question_set_empty")
        run = await evaluate(database, evaluation, (row.name, row.collection_id), step=step)
        async with database.begin() as session:
            # Somebody erased meanwhile may stand in questions and answers as they were read.
            if await erasure_mark(session) == mark:
                return await _keep(session, set_id, run)


async def _evaluation(session: AsyncSession, set_id: UUID, collection_id: UUID) -> EvaluationSet:
    questions = list(
        await session.scalars(
            sa.select(SetQuestion).where(SetQuestion.set_id == set_id).order_by(SetQuestion.number)
        )
    )
    names = await document_names(session, collection_id, questions)
    grades: dict[str, dict[str, float]] = {}
    unknown = 0
    for question in questions:
        for wanted in question.documents:
            found = names.get(wanted, [])
            unknown += not found
            # One that is not there still counts against the search, as it does in an evaluation.
            for name in found or [wanted]:
                grades.setdefault(str(question.id), {})[name] = 1.0
    return EvaluationSet(
        documents=[],
        queries=[
            EvaluationQuery(str(one.id), one.text, tuple(one.answers), one.impossible)
            for one in questions
        ],
        grades=grades,
        unknown_documents=unknown,
    )


async def document_names(
    session: AsyncSession, collection_id: UUID, questions: Sequence[Asked]
) -> Mapping[str, list[str]]:
    """Return which source keys are meant by what the questions call their documents.

    What names no document of the collection is left out.
    """
    wanted = {name for question in questions for name in question.documents}
    if not wanted:
        return {}
    keys = [*wanted, *(f"{EXTERNAL}{name}" for name in wanted)]
    rows = await session.execute(
        sa.select(Document.source_key, Document.uri, Document.title).where(
            Document.collection_id == collection_id,
            Document.deleted_at.is_(None),
            sa.or_(
                Document.source_key.in_(keys),
                Document.uri.in_(wanted),
                Document.title.in_(wanted),
            ),
        )
    )
    names: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        name = row.source_key.removeprefix(EXTERNAL)
        for called in wanted.intersection((row.source_key, name, row.uri, row.title)):
            names[called].append(name)
    return names


async def _keep(session: AsyncSession, set_id: UUID, run: dict[str, object]) -> UUID | None:
    held = await session.scalar(
        sa.select(QuestionSet).where(QuestionSet.id == set_id).with_for_update(key_share=True)
    )
    if held is None:
        return None
    kept = EvaluationRun(
        id=uuid7(),
        set_id=set_id,
        release=__version__,
        figures={name: value for name, value in run.items() if name != "questions"},
        questions=run["questions"],
    )
    session.add(kept)
    await session.flush()
    await tell_missed(session, held, kept.id, kept.figures)
    old = (
        sa.select(EvaluationRun.id)
        .where(EvaluationRun.set_id == set_id)
        .order_by(EvaluationRun.id.desc())
        .offset(MOST_RUNS)
    )
    await session.execute(sa.delete(EvaluationRun).where(EvaluationRun.id.in_(old)))
    await settle_threshold(session, held.collection_id)
    return kept.id
