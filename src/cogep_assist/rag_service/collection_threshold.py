"""Fit a collection's threshold of answers to the last measurements of its questions."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.abstain import THRESHOLD
from cogep_assist.answering.own_threshold import fitted_shift, moved_threshold
from cogep_assist.core.models import AnswerThreshold, EvaluationRun, QuestionSet
from cogep_assist.rag_service.question_set_schemas import ThresholdReply

Outcome = Mapping[str, float]


async def settle_threshold(session: AsyncSession, collection_id: UUID) -> None:
    """Fit the threshold to the last measurements of all sets of a collection.

    Where they know too few answerable questions, the collection answers as any other does.
    """
    known = [
        own["confidence"]
        for questions in await _last_measured(session, collection_id)
        for own in questions.values()
        if _tells(own)
    ]
    shift = fitted_shift(known)
    here = AnswerThreshold.collection_id == collection_id
    if shift is None:
        await session.execute(sa.delete(AnswerThreshold).where(here))
        return
    fitted = {"shift": shift, "questions": len(known)}
    await session.execute(
        insert(AnswerThreshold)
        .values(collection_id=collection_id, **fitted)
        .on_conflict_do_update(
            index_elements=["collection_id"],
            set_={**fitted, "created_at": sa.func.clock_timestamp()},
        )
    )


def threshold_reply(kept: AnswerThreshold | None) -> ThresholdReply:
    """Return from which confidence on a collection answers, and what that rests on."""
    return ThresholdReply(
        least_confidence=round(moved_threshold(kept.shift), 3) if kept else THRESHOLD,
        usual=THRESHOLD,
        questions=kept.questions if kept else 0,
    )


async def _last_measured(session: AsyncSession, collection_id: UUID) -> list[Mapping[str, Outcome]]:
    last = (
        sa.select(EvaluationRun.questions)
        .join(QuestionSet, QuestionSet.id == EvaluationRun.set_id)
        .where(QuestionSet.collection_id == collection_id)
        .ext(distinct_on(EvaluationRun.set_id))
        .order_by(EvaluationRun.set_id, EvaluationRun.id.desc())
    )
    return list(await session.scalars(last))


def _tells(own: Outcome) -> bool:
    """Tell whether a question's answer can be missed: it has one, and its document is found."""
    return "confidence" in own and not own.get("impossible") and own.get("mrr@10", 1.0) > 0
