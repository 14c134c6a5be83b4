"""The duty that asks the open gaps again once the documents have changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.models import (
    Answer,
    Document,
    DocumentVersion,
    Gap,
    GapAsk,
    GapCause,
    GapCollection,
    GapStatus,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.rag_service.ask import look_up
from cogep_assist.rag_service.gap_told import TELL, take_back

RECHECK = "recheck_gaps"
RECHECK_EVERY = timedelta(seconds=30)
BATCH = 40
ASKED_AGAIN = 3
# A document's moment is written before it is seen: a change this fresh is looked at twice.
LATE_COMMITS = timedelta(seconds=20)
_NOW = sa.func.clock_timestamp()
_CHANGED = sa.func.max(sa.func.greatest(Document.updated_at, Document.deleted_at))


async def collections_to_recheck(session: AsyncSession) -> Sequence[UUID]:
    """Return the collections that changed since their gaps were last asked."""
    checked = (
        sa.select(GapCollection.collection_id, sa.func.min(Gap.checked_at).label("checked_at"))
        .join(Gap, Gap.id == GapCollection.gap_id)
        .where(Gap.status != GapStatus.DISMISSED, Gap.checked_at < _NOW - sa.literal(LATE_COMMITS))
        .group_by(GapCollection.collection_id)
        .subquery()
    )
    changed = (
        sa.select(checked.c.collection_id)
        .join(Document, Document.collection_id == checked.c.collection_id)
        .group_by(checked.c.collection_id, checked.c.checked_at)
        .having(checked.c.checked_at - sa.literal(LATE_COMMITS) < _CHANGED)
    )
    return (await session.scalars(changed)).all()


async def recheck_gaps(session: AsyncSession, subject: str) -> None:
    """Ask the gaps of one collection again, those first that wait longest.

    Those that are answered now are closed, with the document that does it; those whose document
    has gone are open again. What is left over is due again at once.
    """
    gaps = await _due(session, UUID(subject))
    for gap in gaps:
        await _recheck(session, gap)
    if len(gaps) == BATCH:
        await enqueue_background(session, RECHECK, subject)


async def _due(session: AsyncSession, collection_id: UUID) -> Sequence[Gap]:
    changed = sa.select(_CHANGED).where(Document.collection_id == collection_id).scalar_subquery()
    return (
        await session.scalars(
            sa.select(Gap)
            .join(GapCollection, GapCollection.gap_id == Gap.id)
            .where(
                GapCollection.collection_id == collection_id,
                Gap.status != GapStatus.DISMISSED,
                Gap.checked_at - sa.literal(LATE_COMMITS) < changed,
            )
            .order_by(Gap.checked_at, Gap.id)
            .limit(BATCH)
            .with_for_update(of=Gap, skip_locked=True)
        )
    ).all()


async def _recheck(session: AsyncSession, gap: Gap) -> None:
    if gap.status is GapStatus.OPEN:
        answering = await _answering_document(session, gap.id)
        if answering is not None:
            await _close(session, gap, answering)
    elif await _is_gone(session, gap.answering_document_id):
        await _open_again(session, gap)
    gap.checked_at = await session.scalar(sa.select(_NOW)) or gap.checked_at
    await session.flush()


async def _answering_document(session: AsyncSession, gap_id: UUID) -> UUID | None:
    """Return the document that answers the latest questions of a gap, or None if one is not."""
    collections = (
        await session.scalars(
            sa.select(GapCollection.collection_id).where(GapCollection.gap_id == gap_id)
        )
    ).all()
    answering: UUID | None = None
    for question, newer_than in await _latest_questions(session, gap_id):
        answering = await _answered_by(session, question, collections, newer_than)
        if answering is None:
            return None
    return answering


async def _latest_questions(
    session: AsyncSession, gap_id: UUID
) -> list[tuple[str, datetime | None]]:
    """Return the last distinct questions; one that was answered badly wants a newer document."""
    rows = await session.execute(
        sa.select(
            sa.func.coalesce(Answer.resolved_question, Answer.question),
            GapAsk.cause,
            Answer.created_at,
        )
        .select_from(GapAsk)
        .join(Answer, Answer.id == GapAsk.answer_id)
        .where(GapAsk.gap_id == gap_id)
        .order_by(GapAsk.answer_id.desc())
        .limit(50)
    )
    latest: dict[str, datetime | None] = {}
    for question, cause, asked_at in rows:
        if question not in latest and len(latest) < ASKED_AGAIN:
            latest[question] = asked_at if cause is GapCause.RATED_DOWN else None
    return list(latest.items())


async def _answered_by(
    session: AsyncSession,
    question: str,
    collections: Sequence[UUID],
    newer_than: datetime | None,
) -> UUID | None:
    _, extracted, _ = await look_up(session, question, collections)
    for sentence in extracted.sentences:
        hit = sentence.hit
        if newer_than is None or await _is_newer(session, hit.version_id, newer_than):
            return hit.document_id
    return None


async def _is_newer(session: AsyncSession, version_id: UUID, moment: datetime) -> bool:
    found = await session.scalar(
        sa.select(DocumentVersion.id).where(
            DocumentVersion.id == version_id, DocumentVersion.created_at > moment
        )
    )
    return found is not None


async def _close(session: AsyncSession, gap: Gap, document_id: UUID) -> None:
    gap.status = GapStatus.ANSWERED
    gap.closed_at = await session.scalar(sa.select(_NOW))
    gap.closed_by = SYSTEM.label
    gap.answering_document_id = document_id
    await audit.record(
        session, SYSTEM, "gap_answered", "gap", gap.id, {"document": str(document_id)}
    )
    await enqueue_background(session, TELL, str(gap.id))


async def _is_gone(session: AsyncSession, document_id: UUID | None) -> bool:
    if document_id is None:
        return True
    live = await session.scalar(
        sa.select(Document.id).where(Document.id == document_id, Document.deleted_at.is_(None))
    )
    return live is None


async def _open_again(session: AsyncSession, gap: Gap) -> None:
    gap.status = GapStatus.OPEN
    gap.closed_at = gap.closed_by = gap.answering_document_id = None
    await take_back(session, gap.id)
    await audit.record(session, SYSTEM, "gap_reopened", "gap", gap.id, {"cause": "document_gone"})
