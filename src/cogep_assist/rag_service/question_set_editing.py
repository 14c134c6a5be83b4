"""Work on the questions of a set by hand: add one, change it, take it out, take many in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import QuestionSet, SetQuestion
from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.question_set_schemas import (
    MOST_QUESTIONS,
    QuestionSetBody,
    SetQuestionBody,
    SetQuestionReply,
)
from cogep_assist.rag_service.question_sets import (
    check_questions,
    collection_of_set,
    create_question_set,
    held_set,
)

_CONTENT = tuple(SetQuestionBody.model_fields)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many questions of a file were new, replaced one of the same words, or stood already."""

    added: int
    changed: int
    same: int


async def list_questions(
    session: AsyncSession,
    principal: Principal,
    set_id: UUID,
    *,
    limit: int,
    after: int | None = None,
) -> tuple[list[SetQuestionReply], int | None]:
    """Return questions in the set's order, and the number that the next page goes on after.

    Raises AppError("role_not_allowed"|"question_set_not_found").
    """
    principal.require(Act.READ_EVALUATIONS)
    await held_set(session, principal, set_id)
    statement = sa.select(SetQuestion).where(
        SetQuestion.set_id == set_id, SetQuestion.number > (after or 0)
    )
    rows = await session.scalars(statement.order_by(SetQuestion.number).limit(limit + 1))
    found = list(rows)
    more = found[limit - 1].number if len(found) > limit else None
    return [_reply(row) for row in found[:limit]], more


async def find_question(
    session: AsyncSession, principal: Principal, set_id: UUID, question_id: UUID
) -> SetQuestionReply:
    """Return a question of a set.

    Raises AppError("role_not_allowed"|"question_set_not_found"|"set_question_not_found").
    """
    principal.require(Act.READ_EVALUATIONS)
    await held_set(session, principal, set_id)
    return _reply(await _question(session, set_id, question_id))


async def keep_question(
    session: AsyncSession,
    principal: Principal,
    question: SetQuestionBody,
    *,
    name: str,
    collection: str | None,
) -> UUID:
    """Add a question to the set of a name, which is made when there is none; return the set's id.

    Raises AppError("role_not_allowed"|"collection_not_found"|"question_set_invalid").
    """
    collection_id = await collection_of_set(session, principal, collection)
    held = await session.scalar(
        sa.select(QuestionSet.id).where(
            QuestionSet.name == name, QuestionSet.collection_id == collection_id
        )
    )
    if held is None:
        body = QuestionSetBody(name=name, collection=collection, questions=[question])
        return await create_question_set(session, principal, body)
    await add_question(session, principal, held, question)
    return held


async def add_question(
    session: AsyncSession, principal: Principal, set_id: UUID, question: SetQuestionBody
) -> UUID:
    """Add a question at the end of a set and return its id.

    Raises AppError("role_not_allowed"|"question_set_not_found"|"question_set_invalid").
    """
    last = await _open(session, principal, set_id)
    check_questions([question])
    await _room_for(session, set_id, 1)
    added = SetQuestion(id=uuid7(), set_id=set_id, number=last + 1, **question.model_dump())
    session.add(added)
    await session.flush()
    await audit.record(session, principal, "question_kept", "question_set", set_id)
    return added.id


async def change_question(
    session: AsyncSession,
    principal: Principal,
    set_id: UUID,
    question_id: UUID,
    question: SetQuestionBody,
) -> UUID:
    """Put a question in the place of another and return its id.

    What asks or expects something else is another question: measurements before and after must
    not be compared as if it were the same. So of two people who change one, the second is told.
    Raises AppError("set_question_not_found"|"question_set_invalid").
    """
    await _open(session, principal, set_id)
    check_questions([question])
    was = await _question(session, set_id, question_id)
    if _content(was) == question.model_dump():
        return was.id
    made = await _replace(session, was, question)
    await audit.record(session, principal, "set_question_changed", "question_set", set_id)
    return made


async def remove_question(
    session: AsyncSession, principal: Principal, set_id: UUID, question_id: UUID
) -> None:
    """Take a question out of a set; what it came to in past measurements stays with them.

    Raises AppError("set_question_not_found").
    """
    await _open(session, principal, set_id)
    gone = await session.scalar(
        sa.delete(SetQuestion)
        .where(SetQuestion.id == question_id, SetQuestion.set_id == set_id)
        .returning(SetQuestion.id)
    )
    if gone is None:
        raise AppError("set_question_not_found")
    await audit.record(session, principal, "set_question_removed", "question_set", set_id)


async def take_in_questions(
    session: AsyncSession, principal: Principal, set_id: UUID, questions: Sequence[SetQuestionBody]
) -> TakenIn:
    """Add a file's questions to a set; one that is asked in the same words takes the other's place.

    So a file that was exported, worked on and taken in again changes what was changed, and
    nothing twice. Raises AppError("question_set_not_found"|"question_set_invalid").
    """
    last = await _open(session, principal, set_id)
    check_questions(questions)
    rows = await session.scalars(sa.select(SetQuestion).where(SetQuestion.set_id == set_id))
    known = {_words(row.text): row for row in rows}
    wanted = {_words(question.text): question for question in questions}
    new = [question for words, question in wanted.items() if words not in known]
    await _room_for(session, set_id, len(new))
    changed = [
        (known[words], question)
        for words, question in wanted.items()
        if words in known and _content(known[words]) != question.model_dump()
    ]
    for was, question in changed:
        await _replace(session, was, question)
    if new:
        await session.execute(
            sa.insert(SetQuestion),
            [
                {"id": uuid7(), "set_id": set_id, "number": number, **question.model_dump()}
                for number, question in enumerate(new, last + 1)
            ],
        )
    taken = TakenIn(len(new), len(changed), len(wanted) - len(new) - len(changed))
    details = {"added": taken.added, "changed": taken.changed}
    await audit.record(
        session, principal, "set_questions_imported", "question_set", set_id, details
    )
    return taken


async def _open(session: AsyncSession, principal: Principal, set_id: UUID) -> int:
    """Keep others from changing the questions until the commit; return the last one's number."""
    principal.require(Act.MANAGE_EVALUATIONS)
    await held_set(session, principal, set_id)
    await session.execute(
        sa.select(QuestionSet.id).where(QuestionSet.id == set_id).with_for_update(key_share=True)
    )
    last = sa.select(sa.func.max(SetQuestion.number)).where(SetQuestion.set_id == set_id)
    return await session.scalar(last) or 0


async def _question(session: AsyncSession, set_id: UUID, question_id: UUID) -> SetQuestion:
    found = await session.scalar(
        sa.select(SetQuestion).where(SetQuestion.id == question_id, SetQuestion.set_id == set_id)
    )
    if found is None:
        raise AppError("set_question_not_found")
    return found


async def _room_for(session: AsyncSession, set_id: UUID, more: int) -> None:
    count = sa.select(sa.func.count()).where(SetQuestion.set_id == set_id)
    if (await session.scalar(count) or 0) + more > MOST_QUESTIONS:
        raise AppError("question_set_invalid", reason=f"passaria de {MOST_QUESTIONS} perguntas")


async def _replace(session: AsyncSession, was: SetQuestion, question: SetQuestionBody) -> UUID:
    made = uuid7()
    await session.execute(
        sa.update(SetQuestion)
        .where(SetQuestion.id == was.id)
        .values(id=made, **question.model_dump())
        .execution_options(synchronize_session=False)
    )
    return made


def _reply(row: SetQuestion) -> SetQuestionReply:
    return SetQuestionReply(id=row.id, **_content(row))


def _content(row: SetQuestion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _CONTENT}


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
