"""The duty that groups what was not answered: each question joins the gap that it means.

Grouping runs beside the questions, never in their way, in the order in which they were asked, so
that the same questions always make the same gaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.models import (
    Answer,
    AnswerFeedback,
    Collection,
    FeedbackRating,
    Gap,
    GapAsk,
    GapCause,
    GapCollection,
    GapStatus,
)
from cogep_assist.rag_service.gap_intent import SAME_INTENT, Intent, read_intent, similarity

GROUP = "group_gaps"
GROUP_EVERY = timedelta(seconds=10)
BATCH = 200
MOST_CANDIDATES = 200
# Answers are numbered as they are written and seen as they commit: look back a little.
LATE_COMMITS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Ask:
    answer_id: UUID
    question: str
    searched: Sequence[UUID]
    asked_at: datetime
    cause: GapCause


async def gaps_to_group(session: AsyncSession) -> bool:
    """Tell whether any question waits to be grouped, and drop gaps whose questions are gone."""
    await session.execute(sa.delete(Gap).where(~sa.exists().where(GapAsk.gap_id == Gap.id)))
    for statement in (_abstained(await _looked_at_until(session)), _rated_down()):
        if (await session.execute(statement.limit(1))).first() is not None:
            return True
    return False


async def group_gaps(session: AsyncSession, _subject: str) -> None:
    """Put each waiting question into its gap; what is left over is due again at once."""
    # Two workers at once would each make a gap of the same question.
    await session.execute(
        sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": advisory_locks.GAP_GROUPING}
    )
    asks = await _waiting(session)
    for ask in asks:
        await _group(session, ask)
    if len(asks) == BATCH:
        await enqueue_background(session, GROUP, "")


async def _waiting(session: AsyncSession) -> list[_Ask]:
    rows: list[_Ask] = []
    for statement, cause in (
        (_abstained(await _looked_at_until(session)), GapCause.ABSTAINED),
        (_rated_down(), GapCause.RATED_DOWN),
    ):
        found = await session.execute(statement.order_by(Answer.id).limit(BATCH))
        rows += [_Ask(row.id, row.question, row.searched, row.created_at, cause) for row in found]
    return sorted(rows, key=lambda ask: ask.answer_id)[:BATCH]


async def _looked_at_until(session: AsyncSession) -> UUID:
    """Return the id before which every answer was looked at, with room for late commits.

    The first 48 bits of a UUIDv7 are its moment in milliseconds (RFC 9562, 5.7).
    """
    newest: UUID | None = await session.scalar(
        sa.select(GapAsk.answer_id)
        .where(GapAsk.cause == GapCause.ABSTAINED)
        .order_by(GapAsk.answer_id.desc())
        .limit(1)
    )
    if newest is None:
        return UUID(int=0)
    moment = (newest.int >> 80) - LATE_COMMITS // timedelta(milliseconds=1)
    return UUID(int=max(moment, 0) << 80)


def _abstained(since: UUID) -> sa.Select[UUID, str, list[UUID], datetime]:
    return _asked().where(Answer.abstained, Answer.id > since)


def _rated_down() -> sa.Select[UUID, str, list[UUID], datetime]:
    return (
        _asked()
        .join(AnswerFeedback, AnswerFeedback.answer_id == Answer.id)
        .where(AnswerFeedback.rating == FeedbackRating.DOWN, ~Answer.abstained)
    )


def _asked() -> sa.Select[UUID, str, list[UUID], datetime]:
    return sa.select(
        Answer.id,
        sa.func.coalesce(Answer.resolved_question, Answer.question).label("question"),
        Answer.searched,
        Answer.created_at,
    ).where(Answer.courtesy.is_(None), ~sa.exists().where(GapAsk.answer_id == Answer.id))


async def _group(session: AsyncSession, ask: _Ask) -> None:
    intent = read_intent(ask.question)
    scope = await _lasting(session, ask.searched)
    gap_id: UUID | None = None
    if intent.terms and scope:
        gap_id = await _find_gap(session, intent, scope)
        if gap_id is None:
            gap_id = await _make_gap(session, scope, ask)
        else:
            await _touch(session, gap_id, ask)
            await _widen(session, gap_id, scope)
    await session.execute(
        insert(GapAsk)
        .values(answer_id=ask.answer_id, gap_id=gap_id, cause=ask.cause, terms=intent.terms)
        .on_conflict_do_nothing()
    )


async def _lasting(session: AsyncSession, searched: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return the collections that were searched and last, with the moment each began."""
    rows = await session.execute(
        sa.select(Collection.id, Collection.created_at).where(
            Collection.id.in_(list(searched)), Collection.expires_at.is_(None)
        )
    )
    return {row.id: row.created_at for row in rows}


async def _find_gap(
    session: AsyncSession, intent: Intent, scope: dict[UUID, datetime]
) -> UUID | None:
    """Return the gap whose first question is the most alike, the oldest of equals."""
    best: tuple[float, UUID] | None = None
    for gap_id, question in await _candidates(session, intent, scope):
        alike = similarity(intent, read_intent(question))
        if alike >= SAME_INTENT and (best is None or alike > best[0]):
            best = (alike, gap_id)
    return best[1] if best else None


async def _candidates(
    session: AsyncSession, intent: Intent, scope: dict[UUID, datetime]
) -> list[tuple[UUID, str]]:
    """Return gaps that share words and collections, by age, each with its first question."""
    terms = sa.cast(intent.terms, ARRAY(sa.Text()))
    sharing = (
        sa.select(GapAsk.gap_id)
        .where(GapAsk.terms.op("&&")(terms), GapAsk.gap_id.is_not(None))
        .distinct()
        .subquery()
    )
    first = (
        sa.select(sa.func.coalesce(Answer.resolved_question, Answer.question))
        .select_from(Answer)
        .join(GapAsk, GapAsk.answer_id == Answer.id)
        .where(GapAsk.gap_id == Gap.id)
        .order_by(GapAsk.answer_id)
        .limit(1)
        .scalar_subquery()
    )
    held = sa.select(sa.func.array_agg(GapCollection.collection_id)).where(
        GapCollection.gap_id == Gap.id
    )
    rows = await session.execute(
        sa.select(Gap.id, first, held.scalar_subquery(), Gap.last_asked_at)
        .join(sharing, sharing.c.gap_id == Gap.id)
        .order_by(Gap.last_asked_at.desc(), Gap.id)
        .limit(MOST_CANDIDATES)
    )
    found = [
        (gap_id, question)
        for gap_id, question, collections, last_asked in rows
        if question and _same_scope(set(collections or ()), scope, last_asked)
    ]
    return sorted(found)


def _same_scope(held: set[UUID], scope: dict[UUID, datetime], last_asked: datetime) -> bool:
    """Tell whether the same was searched, but for collections that were not there before.

    One gap never mixes what was asked of different collections: it is shown to those who look
    after all of them.
    """
    if not held or not held <= scope.keys():
        return False
    return all(scope[added] > last_asked for added in scope.keys() - held)


async def _make_gap(session: AsyncSession, scope: dict[UUID, datetime], ask: _Ask) -> UUID:
    gap = Gap(last_asked_at=ask.asked_at, checked_at=ask.asked_at)
    session.add(gap)
    await session.flush()
    session.add_all(GapCollection(gap_id=gap.id, collection_id=one) for one in scope)
    await session.flush()
    return gap.id


async def _touch(session: AsyncSession, gap_id: UUID, ask: _Ask) -> None:
    """Note the question; one that was thought answered and is not is open again."""
    was_answered = Gap.status == GapStatus.ANSWERED
    since = sa.and_(was_answered, Gap.closed_at < ask.asked_at)
    await session.execute(
        sa.update(Gap)
        .where(Gap.id == gap_id)
        .values(
            last_asked_at=sa.func.greatest(Gap.last_asked_at, ask.asked_at),
            status=sa.case(
                (since, sa.cast(GapStatus.OPEN.value, Gap.status.type)), else_=Gap.status
            ),
            closed_at=sa.case((since, sa.null()), else_=Gap.closed_at),
            closed_by=sa.case((since, sa.null()), else_=Gap.closed_by),
            answering_document_id=sa.case((since, sa.null()), else_=Gap.answering_document_id),
        )
    )


async def _widen(session: AsyncSession, gap_id: UUID, scope: dict[UUID, datetime]) -> None:
    await session.execute(
        insert(GapCollection)
        .values([{"gap_id": gap_id, "collection_id": one} for one in scope])
        .on_conflict_do_nothing()
    )
