"""An answer that was refused for want of a source is a decision about who asked (art. 20)."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.automated_decision import Decided, record_decision
from cogep_assist.core.models import Answer, Conversation, DecisionKind, Role, User

RULE = "regra:abstencao-por-fonte/1"


async def note_abstention(
    session: AsyncSession, answer: Answer, looked_at: list[str], unknown_words: int
) -> None:
    """Record that a requester got no answer; who works here is refused nothing by it.

    ``looked_at``: the ids of the passages that came nearest.
    """
    person = (
        await session.execute(
            sa.select(User.id, User.customer_id)
            .join(Conversation, Conversation.owner == sa.func.concat("user:", User.id))
            .where(Conversation.id == answer.conversation_id, User.role == Role.REQUESTER)
        )
    ).first()
    if person is None:
        return
    decided = Decided(
        kind=DecisionKind.ANSWER_ABSTAINED,
        object_type="answer",
        object_id=answer.id,
        subject=f"user:{person.id}",
        customer_id=person.customer_id,
        basis=answer.resolved_question or answer.question,
        model=answer.model or RULE,
        prompt_version=answer.prompt_version,
        sources=looked_at,
        effect={"abstained": True, "unknown_words": unknown_words},
    )
    await record_decision(session, decided)
