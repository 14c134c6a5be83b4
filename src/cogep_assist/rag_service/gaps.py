"""What people asked and nobody could answer: list, look, dismiss, open again."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access import visible_collections, visible_gaps
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Answer,
    Collection,
    Conversation,
    Document,
    Gap,
    GapAsk,
    GapCause,
    GapCollection,
    GapStatus,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.ask import PASSAGES
from cogep_assist.rag_service.closest_documents import closest_documents
from cogep_assist.rag_service.gap_schemas import GapDetail, GapDocument, GapQuestion, GapReply
from cogep_assist.retrieval.search import investigate

MOST_QUESTIONS = 50
_NOW = sa.func.clock_timestamp()
_QUESTION = sa.func.coalesce(Answer.resolved_question, Answer.question)


async def list_gaps(
    session: AsyncSession,
    principal: Principal,
    *,
    status: GapStatus | None = GapStatus.OPEN,
    limit: int = 50,
    before: UUID | None = None,
) -> tuple[list[GapReply], UUID | None]:
    """Return gaps, newest first, and the id after which the list goes on.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.READ_GAPS)
    statement = _told(principal).order_by(Gap.id.desc()).limit(limit + 1)
    if status is not None:
        statement = statement.where(Gap.status == status)
    if before is not None:
        statement = statement.where(Gap.id < before)
    rows = (await session.execute(statement)).all()
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return [GapReply(**_fields(*row)) for row in rows[:limit]], more


async def read_gap(session: AsyncSession, principal: Principal, gap_id: UUID) -> GapDetail:
    """Return a gap with its questions and the documents nearest to them today.

    Raises AppError("role_not_allowed"|"gap_not_found").
    """
    reply = await find_gap(session, principal, gap_id)
    rows = await session.execute(
        sa.select(
            _QUESTION.label("question"),
            GapAsk.cause,
            sa.func.count().label("asks"),
            sa.func.max(Answer.created_at).label("last_asked_at"),
        )
        .select_from(Answer)
        .join(GapAsk, GapAsk.answer_id == Answer.id)
        .where(GapAsk.gap_id == gap_id)
        .group_by(_QUESTION, GapAsk.cause)
        .order_by(sa.desc("asks"), sa.desc("last_asked_at"))
        .limit(MOST_QUESTIONS)
    )
    questions = [GapQuestion(**row) for row in rows.mappings()]
    collections = (
        await session.scalars(
            sa.select(GapCollection.collection_id).where(
                GapCollection.gap_id == gap_id,
                GapCollection.collection_id.in_(visible_collections(principal)),
            )
        )
    ).all()
    findings = await investigate(session, reply.question, collections, k=PASSAGES)
    return GapDetail(**dict(reply), questions=questions, closest=closest_documents(findings))


async def find_gap(session: AsyncSession, principal: Principal, gap_id: UUID) -> GapReply:
    """Return one gap. Raises AppError("role_not_allowed"|"gap_not_found")."""
    principal.require(Act.READ_GAPS)
    row = (await session.execute(_told(principal).where(Gap.id == gap_id))).one_or_none()
    if row is None:
        raise AppError("gap_not_found")
    return GapReply(**_fields(*row))


async def dismiss_gap(session: AsyncSession, principal: Principal, gap_id: UUID) -> GapReply:
    """Set a gap aside: it is counted on, and neither asked again nor listed as open.

    Raises AppError("role_not_allowed"|"gap_not_found"|"gap_already_closed").
    """
    return await _turn(session, principal, gap_id, GapStatus.DISMISSED, "gap_already_closed")


async def reopen_gap(session: AsyncSession, principal: Principal, gap_id: UUID) -> GapReply:
    """Open a gap that was dismissed, or closed by an answer that does not hold.

    Raises AppError("role_not_allowed"|"gap_not_found"|"gap_already_open").
    """
    return await _turn(session, principal, gap_id, GapStatus.OPEN, "gap_already_open")


async def _turn(
    session: AsyncSession, principal: Principal, gap_id: UUID, to: GapStatus, refused: str
) -> GapReply:
    principal.require(Act.MANAGE_GAPS)
    closing = to is not GapStatus.OPEN
    turned = await session.scalar(
        sa.update(Gap)
        .where(Gap.id.in_(visible_gaps(principal)), Gap.id == gap_id)
        .where(Gap.status == GapStatus.OPEN if closing else Gap.status != GapStatus.OPEN)
        .values(
            status=to,
            closed_at=_NOW if closing else None,
            closed_by=principal.label if closing else None,
            answering_document_id=None,
            # Asked again only once the documents have changed from here on.
            checked_at=_NOW,
        )
        .returning(Gap.id)
        .execution_options(synchronize_session=False)
    )
    reply = await find_gap(session, principal, gap_id)
    if turned is None:
        raise AppError(refused)
    await audit.record(session, principal, f"gap_{_ACT[to]}", "gap", gap_id)
    return reply


_ACT = {GapStatus.DISMISSED: "dismissed", GapStatus.OPEN: "reopened"}


def _told(principal: Principal) -> sa.Select[Any]:
    asks = (
        sa.select(
            sa.func.count().label("asks"),
            sa.func.count(sa.distinct(Conversation.owner)).label("askers"),
            sa.func.count().filter(GapAsk.cause == GapCause.RATED_DOWN).label("rated_down"),
            sa.func.min(Answer.created_at).label("first_asked_at"),
        )
        .select_from(GapAsk)
        .join(Answer, Answer.id == GapAsk.answer_id)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .where(GapAsk.gap_id == Gap.id)
        .lateral("asks")
    )
    first = (
        sa.select(_QUESTION)
        .select_from(Answer)
        .join(GapAsk, GapAsk.answer_id == Answer.id)
        .where(GapAsk.gap_id == Gap.id)
        .order_by(GapAsk.answer_id)
        .limit(1)
        .scalar_subquery()
    )
    names = (
        sa.select(sa.func.array_agg(sa.text("name ORDER BY name")))
        .select_from(Collection)
        .join(GapCollection, GapCollection.collection_id == Collection.id)
        .where(GapCollection.gap_id == Gap.id)
        .scalar_subquery()
    )
    return (
        sa.select(
            Gap, first, names, Document.id, Document.title, asks.c.asks, asks.c.askers,
            asks.c.rated_down, asks.c.first_asked_at,
        )
        .select_from(Gap)
        .join(asks, sa.true())
        # It may have gone where this person does not read, after it answered.
        .outerjoin(
            Document,
            sa.and_(
                Document.id == Gap.answering_document_id,
                Document.collection_id.in_(visible_collections(principal)),
            ),
        )
        .where(Gap.id.in_(visible_gaps(principal)), asks.c.asks > 0)
        .execution_options(populate_existing=True)
    )  # fmt: skip


def _fields(
    gap: Gap,
    question: str,
    collections: list[str],
    document: UUID | None,
    title: str | None,
    asks: int,
    askers: int,
    rated_down: int,
    first_asked_at: Any,
) -> dict[str, Any]:
    return {
        "id": gap.id,
        "status": gap.status,
        "question": question,
        "collections": collections,
        "asks": asks,
        "askers": askers,
        "rated_down": rated_down,
        "first_asked_at": first_asked_at,
        "last_asked_at": gap.last_asked_at,
        "checked_at": gap.checked_at,
        "closed_at": gap.closed_at,
        "answered_by": GapDocument(document_id=document, title=title or "") if document else None,
    }
