"""What a person is told who asked in vain: that the base has the answer by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Answer, AnswerNotice, Conversation
from cogep_assist.core.principal import Act, Principal

MOST_NOTICES = 5
_NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Notice:
    """A question of one's own that found nothing. ``told_at``: since when the base answers it."""

    answer_id: UUID
    question: str
    asked_at: datetime
    by_mail: bool
    told_at: datetime | None


async def open_notices(session: AsyncSession, principal: Principal) -> list[Notice]:
    """Return what this person is yet to hear of, the newest first, at most five.

    Whoever asked again meanwhile and was answered has heard. Only who signs in by an account is
    told: nobody else can be found again.
    """
    if principal.user_id is None:
        return []
    found = _of(principal).where(
        AnswerNotice.told_at.is_not(None), AnswerNotice.closed_at.is_(None), ~answered_since()
    )
    rows = await session.execute(found.order_by(AnswerNotice.told_at.desc()).limit(MOST_NOTICES))
    return [Notice(*row) for row in rows]


async def notices_of(
    session: AsyncSession, principal: Principal, answers: Sequence[UUID]
) -> dict[UUID, Notice]:
    """Return what stands of one's own answers, by their ids."""
    if principal.user_id is None or not answers:
        return {}
    rows = await session.execute(_of(principal).where(AnswerNotice.answer_id.in_(answers)))
    return {row[0]: Notice(*row) for row in rows}


async def want_mail(
    session: AsyncSession, principal: Principal, answer_id: UUID, *, wanted: bool
) -> None:
    """Keep whether a letter is wanted too when the base can answer this question of one's own.

    Raises AppError("answer_not_found"), also for another person's, or where there was an answer.
    """
    await _require_own(session, principal, answer_id)
    await session.execute(
        insert(AnswerNotice)
        .values(answer_id=answer_id, by_mail=wanted)
        .on_conflict_do_update(
            index_elements=[AnswerNotice.answer_id], set_={AnswerNotice.by_mail: wanted}
        )
    )
    act = "answer_notice_asked" if wanted else "answer_notice_withdrawn"
    await audit.record(session, principal, act, "answer_notice", answer_id)


async def close_notice(session: AsyncSession, principal: Principal, answer_id: UUID) -> None:
    """Put a notice aside. Raises AppError("answer_not_found"), also for another person's."""
    await _require_own(session, principal, answer_id)
    await session.execute(
        sa.update(AnswerNotice)
        .where(AnswerNotice.answer_id == answer_id, AnswerNotice.closed_at.is_(None))
        .values(closed_at=_NOW)
    )
    await audit.record(session, principal, "answer_notice_closed", "answer_notice", answer_id)


def answered_since() -> sa.Exists:
    """Tell whether the owner of ``Conversation`` asked what ``Answer`` asks again, with success."""
    later, of = aliased(Answer), aliased(Conversation)
    return (
        sa.exists()
        .where(later.conversation_id == of.id, of.owner == Conversation.owner)
        .where(later.id > Answer.id, ~later.abstained, later.courtesy.is_(None))
        .where(asked_words(later) == asked_words(Answer))
        .correlate(Answer, Conversation)
    )


def asked_words(answer: type[Answer]) -> sa.ColumnElement[str]:
    """Return the words that were looked for."""
    return sa.func.coalesce(answer.resolved_question, answer.question)


def _of(principal: Principal) -> sa.Select[UUID, str, datetime, bool, datetime | None]:
    return (
        sa.select(
            AnswerNotice.answer_id,
            asked_words(Answer),
            Answer.created_at,
            AnswerNotice.by_mail,
            AnswerNotice.told_at,
        )
        .join(Answer, Answer.id == AnswerNotice.answer_id)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .where(Conversation.owner == principal.label)
    )


async def _require_own(session: AsyncSession, principal: Principal, answer_id: UUID) -> None:
    principal.require(Act.ASK)
    own = (
        sa.select(Answer.id)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .where(Answer.id == answer_id, Answer.abstained, Conversation.owner == principal.label)
    )
    if principal.user_id is None or await session.scalar(own) is None:
        raise AppError("answer_not_found")
