"""A ticket out of an answer: what was asked, searched and found goes with it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Answer, Citation, Conversation, Document, TicketChannel
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, Opened, open_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import FromAnswerBody
from cogep_assist.crm_service.tickets.ticket_words import subject_of

TURNS_HANDED_OVER = 20


async def open_from_answer(
    session: AsyncSession, principal: Principal, wanted: FromAnswerBody, timezone: str
) -> Opened:
    """Open a ticket with the question, the conversation and what was found, in its hand-over.

    Raises AppError("answer_not_found"|"role_not_allowed"|"request_invalid").
    """
    answer = await _own_answer(session, principal, wanted.answer_id)
    new = NewTicket(
        subject=wanted.subject or subject_of(answer.question),
        body=wanted.body or answer.question,
        urgency=wanted.urgency,
        channel=TicketChannel.ANSWER,
        answer_id=answer.id,
        handover={
            "question": answer.question,
            "abstained": answer.abstained,
            "conversation_id": str(answer.conversation_id),
            "turns": await _turns(session, answer),
            "found": await _found(session, principal, answer),
            "state": _state(wanted, answer),
        },
    )
    return await open_ticket(session, principal, new, timezone)


async def asked_question(session: AsyncSession, principal: Principal, answer_id: UUID) -> str:
    """Return the question of one's own answer. Raises AppError("answer_not_found")."""
    return (await _own_answer(session, principal, answer_id)).question


async def _own_answer(session: AsyncSession, principal: Principal, answer_id: UUID) -> Answer:
    answer = await session.scalar(
        sa.select(Answer)
        .join(Conversation, Conversation.id == Answer.conversation_id)
        .where(Answer.id == answer_id, Conversation.owner == principal.label)
    )
    if answer is None:
        raise AppError("answer_not_found")
    return answer


async def _turns(session: AsyncSession, answer: Answer) -> list[dict[str, Any]]:
    """Return the conversation up to the answer, oldest first."""
    cited = (
        sa.select(sa.func.array_agg(sa.distinct(Citation.document_id)))
        .where(Citation.answer_id == Answer.id)
        .scalar_subquery()
    )
    rows = await session.execute(
        sa.select(Answer, cited)
        .where(Answer.conversation_id == answer.conversation_id, Answer.id <= answer.id)
        .order_by(Answer.id.desc())
        .limit(TURNS_HANDED_OVER)
    )
    return [
        {
            "question": row.question,
            # Whoever may not read one of these is not told the answer.
            "documents": [str(one) for one in documents or ()],
            "answer": " ".join(str(sentence.get("text", "")) for sentence in row.sentences),
            "abstained": row.abstained,
            "asked_at": row.created_at.isoformat(),
        }
        for row, documents in reversed(rows.all())
    ]


async def _found(
    session: AsyncSession, principal: Principal, answer: Answer
) -> list[dict[str, Any]]:
    """Return the passages that the answer leant on, as far as this person may read them."""
    rows = await session.execute(
        sa.select(Citation, Document.title)
        .join(Document, Document.id == Citation.document_id)
        .where(
            Citation.answer_id == answer.id,
            Citation.blanked_at.is_(None),
            Document.collection_id.in_(visible_collections(principal)),
        )
        .order_by(Citation.number)
    )
    return [
        {
            "document_id": str(citation.document_id),
            "version": citation.version,
            "title": title,
            "start": citation.start_offset,
            "end": citation.end_offset,
        }
        for citation, title in rows
    ]


def _state(wanted: FromAnswerBody, answer: Answer) -> dict[str, Any]:
    """Return where things stood: as the client tells it, or as the answer shows it."""
    if wanted.state is not None:
        told = wanted.state.model_dump()
        return {**told, "session_id": told["session_id"] or str(answer.conversation_id)}
    return {
        "session_id": str(answer.conversation_id),
        "last_step_completed": "pergunta respondida" if not answer.abstained else "busca na base",
        "current_objective": answer.question,
        "decisions": [],
        "open_issues": ["nada na base responde à pergunta"] if answer.abstained else [],
    }
