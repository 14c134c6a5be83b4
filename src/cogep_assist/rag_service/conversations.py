"""Conversations belong to who began them, and last as long as the settings say."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access import visible_collections
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_hold import not_held
from cogep_assist.core.models import Answer, AnswerFeedback, Conversation, RetentionRule
from cogep_assist.core.principal import SYSTEM, Act, Principal
from cogep_assist.rag_service.answer_record import answer_reply
from cogep_assist.rag_service.conversation_schemas import (
    ConversationReply,
    ConversationSummary,
    ConversationTurn,
    FeedbackReply,
)
from cogep_assist.rag_service.followup import TURNS, Turn

MOST_TURNS = 200
FORGET = "forget_conversations"
FORGET_BATCH = 500
_NOW = sa.func.clock_timestamp()


async def continue_conversation(
    session: AsyncSession, principal: Principal, conversation_id: UUID | None
) -> UUID:
    """Return a conversation of this person's, begun now if none is given.

    Raises AppError("conversation_not_found"), also for another person's.
    """
    if conversation_id is None:
        conversation = Conversation(owner=principal.label)
        session.add(conversation)
        await session.flush()
        return conversation.id
    found: UUID | None = await session.scalar(
        sa.update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.owner == principal.label)
        .values(updated_at=_NOW)
        .returning(Conversation.id)
    )
    if found is None:
        raise AppError("conversation_not_found")
    return found


async def earlier_turns(session: AsyncSession, conversation_id: UUID) -> list[Turn]:
    """Return the last turns of a conversation, oldest first, as they were understood."""
    rows = await session.execute(
        sa.select(Answer.question, Answer.resolved_question, Answer.sentences)
        # A "thank you" between two questions changes nothing of what the second leans on.
        .where(Answer.conversation_id == conversation_id, Answer.courtesy.is_(None))
        .order_by(Answer.id.desc())
        .limit(TURNS)
    )
    turns = [
        Turn(row.resolved_question or row.question, " ".join(s["text"] for s in row.sentences))
        for row in rows
    ]
    return turns[::-1]


async def own_turns(
    session: AsyncSession, principal: Principal, conversation_id: UUID
) -> list[Turn]:
    """Return the last turns of one's own conversation; none of anybody else's."""
    own = sa.select(Conversation.id).where(
        Conversation.id == conversation_id, Conversation.owner == principal.label
    )
    if await session.scalar(own) is None:
        return []
    return await earlier_turns(session, conversation_id)


async def list_conversations(
    session: AsyncSession, principal: Principal, *, limit: int = 50, before: UUID | None = None
) -> tuple[list[ConversationSummary], UUID | None]:
    """Return one's own conversations, begun last first, and the id after which they go on."""
    principal.require(Act.READ_CONVERSATIONS)
    statement = _own(principal).order_by(Conversation.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(Conversation.id < before)
    rows = (await session.execute(statement)).mappings().all()
    more = rows[limit - 1]["id"] if len(rows) > limit else None
    return [ConversationSummary(**row) for row in rows[:limit]], more


async def read_conversation(
    session: AsyncSession, principal: Principal, conversation_id: UUID
) -> ConversationReply:
    """Return one of one's own conversations with its last 200 turns.

    Raises AppError("conversation_not_found"), also for another person's.
    """
    principal.require(Act.READ_CONVERSATIONS)
    row = (
        (await session.execute(_own(principal).where(Conversation.id == conversation_id)))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise AppError("conversation_not_found")
    answers = (
        await session.scalars(
            sa.select(Answer)
            .where(Answer.conversation_id == conversation_id)
            .order_by(Answer.id.desc())
            .limit(MOST_TURNS)
        )
    ).all()[::-1]
    given = await _feedback(session, principal, [answer.id for answer in answers])
    turns = [
        ConversationTurn(
            question=answer.question,
            asked_at=answer.created_at,
            answer=await answer_reply(session, answer, visible_collections(principal)),
            feedback=given.get(answer.id),
        )
        for answer in answers
    ]
    return ConversationReply(**row, turns=turns)


async def delete_conversation(
    session: AsyncSession, principal: Principal, conversation_id: UUID
) -> None:
    """Delete one of one's own conversations, answers and feedback with it.

    Raises AppError("conversation_not_found"), also for another person's.
    """
    principal.require(Act.DELETE_CONVERSATIONS)
    deleted = await session.scalar(
        sa.delete(Conversation)
        .where(Conversation.id == conversation_id, Conversation.owner == principal.label)
        .returning(Conversation.id)
    )
    if deleted is None:
        raise AppError("conversation_not_found")
    await audit.record(session, principal, "conversation_deleted", "conversation", conversation_id)


async def delete_conversations(session: AsyncSession, principal: Principal) -> int:
    """Delete all of one's own conversations and return how many there were."""
    principal.require(Act.DELETE_CONVERSATIONS)
    deleted = await session.scalars(
        sa.delete(Conversation)
        .where(Conversation.owner == principal.label)
        .returning(Conversation.id)
    )
    count = len(deleted.all())
    await audit.record(
        session, principal, "conversations_deleted", "conversation", "-", {"count": count}
    )
    return count


async def days_kept(session: AsyncSession) -> int:
    """Return after how many days without a question a conversation goes: the shorter of two terms.

    One is the setting's; the other the rule of retention, where one is in force.
    """
    rule = await session.scalar(
        sa.select(RetentionRule.days).where(
            RetentionRule.data_class == "conversations", RetentionRule.enabled
        )
    )
    most = get_settings().conversation_keep_days
    return most if rule is None else min(most, rule)


async def forget_conversations(session: AsyncSession, _subject: str) -> None:
    """Delete conversations in which nothing was asked for as long as the settings keep them.

    Those under a legal hold stay. How many went is told in the record of acts.

    One batch; where more are left, the duty is due again at once.
    """
    kept = timedelta(days=get_settings().conversation_keep_days)
    old = (
        sa.select(Conversation.id)
        .where(Conversation.updated_at < _NOW - sa.literal(kept), not_held(Conversation))
        .order_by(Conversation.updated_at)
        .limit(FORGET_BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = await session.scalars(
        sa.delete(Conversation).where(Conversation.id.in_(old)).returning(Conversation.id)
    )
    count = len(gone.all())
    if count:
        details = {"count": count, "days": kept.days}
        await audit.record(session, SYSTEM, "conversations_forgotten", "conversation", "-", details)
    if count == FORGET_BATCH:
        await enqueue_background(session, FORGET, "")


def _own(principal: Principal) -> sa.Select[UUID, Any, int, datetime, datetime]:
    questions = sa.func.count(Answer.id)
    # The ids are in order of time: the smallest is the first question's; "oi" names nothing.
    order = "ai.answer.question ORDER BY ai.answer.courtesy IS NOT NULL, ai.answer.id"
    title = (sa.func.array_agg(sa.text(order)))[1]
    return (
        sa.select(
            Conversation.id,
            sa.func.coalesce(title, "").label("title"),
            questions.label("questions"),
            Conversation.created_at,
            Conversation.updated_at,
        )
        .outerjoin(Answer, Answer.conversation_id == Conversation.id)
        .where(Conversation.owner == principal.label)
        .group_by(Conversation.id)
    )


async def _feedback(
    session: AsyncSession, principal: Principal, answers: Sequence[UUID]
) -> dict[UUID, FeedbackReply]:
    rows = await session.scalars(
        sa.select(AnswerFeedback).where(
            AnswerFeedback.answer_id.in_(answers), AnswerFeedback.owner == principal.label
        )
    )
    return {
        row.answer_id: FeedbackReply(
            answer_id=row.answer_id,
            rating=row.rating,
            reasons=row.reasons,
            comment=row.comment,
            updated_at=row.updated_at,
        )
        for row in rows
    }
