"""Keep what a person thought of an answer; the last word counts."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.models import (
    Answer,
    AnswerFeedback,
    Conversation,
    FeedbackRating,
    FeedbackReason,
    GapAsk,
    GapCause,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.conversation_schemas import FeedbackBody, FeedbackReply

_NOW = sa.func.clock_timestamp()


async def give_feedback(
    session: AsyncSession, principal: Principal, answer_id: UUID, body: FeedbackBody
) -> FeedbackReply:
    """Keep one person's word on an answer of theirs, in place of an earlier one.

    Raises AppError("role_not_allowed"|"answer_not_found"|"request_invalid").
    """
    principal.require(Act.GIVE_FEEDBACK)
    comment = _checked_comment(body.comment)
    if body.rating is FeedbackRating.UP and body.reasons:
        raise invalid_field("reasons", "só acompanha “down”: diz o que faltou à resposta")
    await _require_own_answer(session, principal, answer_id)
    values = {
        "rating": body.rating,
        "reasons": sorted(set(body.reasons), key=list(FeedbackReason).index),
        "comment": comment,
        "updated_at": _NOW,
    }
    kept = (
        await session.scalars(
            insert(AnswerFeedback)
            .values(answer_id=answer_id, owner=principal.label, **values)
            .on_conflict_do_update(index_elements=["answer_id", "owner"], set_=values)
            .returning(AnswerFeedback),
            execution_options={"populate_existing": True},
        )
    ).one()
    if body.rating is FeedbackRating.UP:
        await _take_out_of_gaps(session, answer_id)
    await audit.record(
        session,
        principal,
        "answer_rated",
        "answer",
        answer_id,
        {"rating": body.rating.value, "reasons": [reason.value for reason in kept.reasons]},
    )
    await publish(
        session,
        "question.rated",
        answer_id,
        ids={"answer_id": answer_id},
        facts={"rating": kept.rating.value, "reasons": [r.value for r in kept.reasons]},
        personal={"comment": kept.comment},
    )
    return FeedbackReply(
        answer_id=answer_id,
        rating=kept.rating,
        reasons=kept.reasons,
        comment=kept.comment,
        updated_at=kept.updated_at,
    )


async def withdraw_feedback(session: AsyncSession, principal: Principal, answer_id: UUID) -> None:
    """Take one's own word on an answer back, and the answer out of the gaps that it went to.

    Done twice, it is done. Raises AppError("role_not_allowed"|"answer_not_found").
    """
    principal.require(Act.GIVE_FEEDBACK)
    await _require_own_answer(session, principal, answer_id)
    gone = await session.scalar(
        sa.delete(AnswerFeedback)
        .where(AnswerFeedback.answer_id == answer_id, AnswerFeedback.owner == principal.label)
        .returning(AnswerFeedback.answer_id)
    )
    if gone is None:
        return
    await _take_out_of_gaps(session, answer_id)
    await audit.record(session, principal, "feedback_withdrawn", "answer", answer_id)


async def find_feedback(
    session: AsyncSession, principal: Principal, answer_id: UUID
) -> FeedbackReply:
    """Return one's own word on an answer. Raises AppError("answer_not_found")."""
    kept = await session.get(AnswerFeedback, (answer_id, principal.label))
    if kept is None:
        raise AppError("answer_not_found")
    return FeedbackReply.model_validate(kept, from_attributes=True)


def _checked_comment(comment: str | None) -> str | None:
    text = (comment or "").strip()
    if "\x00" in text:
        raise invalid_field("comment", "contém o caractere nulo")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise invalid_field("comment", "contém caracteres que não são texto válido") from None
    return text or None


async def _require_own_answer(session: AsyncSession, principal: Principal, answer_id: UUID) -> None:
    found = await session.scalar(
        sa.select(Answer.id)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .where(Answer.id == answer_id, Conversation.owner == principal.label)
    )
    if found is None:
        raise AppError("answer_not_found")


async def _take_out_of_gaps(session: AsyncSession, answer_id: UUID) -> None:
    """An answer that helped after all is missing to nobody."""
    await session.execute(
        sa.delete(GapAsk).where(GapAsk.answer_id == answer_id, GapAsk.cause == GapCause.RATED_DOWN)
    )
