"""What a gap asks, for those who look after its collections: copied without personal data."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_gaps
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Answer, Collection, Gap, GapAsk, GapCollection
from cogep_assist.core.principal import Act, Principal

MOST_QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class GapQuestions:
    """The distinct questions of a gap, the most asked first, and where they were asked."""

    questions: list[str]
    asks: int
    collection: str | None


async def questions_of_gap(
    session: AsyncSession, principal: Principal, gap_id: UUID
) -> GapQuestions:
    """Return what a gap asks. Raises AppError("role_not_allowed"|"gap_not_found")."""
    principal.require(Act.READ_GAPS)
    known = sa.select(Gap.id).where(Gap.id == gap_id, Gap.id.in_(visible_gaps(principal)))
    question = sa.func.coalesce(Answer.resolved_question, Answer.question)
    rows = (
        await session.execute(
            sa.select(question.label("question"), sa.func.count().label("asks"))
            .select_from(GapAsk)
            .join(Answer, Answer.id == GapAsk.answer_id)
            .where(GapAsk.gap_id.in_(known))
            .group_by(question)
            .order_by(sa.desc("asks"), sa.func.max(Answer.created_at).desc())
        )
    ).all()
    if not rows:
        raise AppError("gap_not_found")
    collections = (
        await session.scalars(
            sa.select(Collection.name)
            .join(GapCollection, GapCollection.collection_id == Collection.id)
            .where(GapCollection.gap_id == gap_id)
        )
    ).all()
    return GapQuestions(
        questions=[row.question for row in rows[:MOST_QUESTIONS]],
        asks=sum(row.asks for row in rows),
        # Asked of several, nobody can say which of them lacks it.
        collection=collections[0] if len(collections) == 1 else None,
    )
