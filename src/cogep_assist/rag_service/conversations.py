"""Conversations belong to who began them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Answer, Conversation
from cogep_assist.core.principal import Principal
from cogep_assist.rag_service.followup import TURNS, Turn


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
        .values(updated_at=sa.func.clock_timestamp())
        .returning(Conversation.id)
    )
    if found is None:
        raise AppError("conversation_not_found")
    return found


async def earlier_turns(session: AsyncSession, conversation_id: UUID) -> list[Turn]:
    """Return the last turns of a conversation, oldest first, as they were understood."""
    rows = await session.execute(
        sa.select(Answer.question, Answer.resolved_question, Answer.sentences)
        .where(Answer.conversation_id == conversation_id)
        .order_by(Answer.id.desc())
        .limit(TURNS)
    )
    turns = [
        Turn(row.resolved_question or row.question, " ".join(s["text"] for s in row.sentences))
        for row in rows
    ]
    return turns[::-1]
