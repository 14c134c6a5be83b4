"""A ticket out of a gap: somebody finds out what nobody could answer."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import TicketChannel, User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.articles.article_schemas import TicketFromGapBody
from cogep_assist.crm_service.articles.article_words import clean_words
from cogep_assist.crm_service.tickets.gap_questions import questions_of_gap
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, Opened, open_ticket
from cogep_assist.crm_service.tickets.ticket_words import MAX_SUBJECT_CHARS

TAG = "lacuna"


async def open_from_gap(
    session: AsyncSession, principal: Principal, wanted: TicketFromGapBody, timezone: str
) -> Opened:
    """Open a ticket that asks what a gap asks; the askers' personal data stays out of it.

    Raises AppError("role_not_allowed"|"gap_not_found"|"queue_not_found").
    """
    principal.require(Act.OPEN_TICKETS)
    asked = await questions_of_gap(session, principal, wanted.gap_id)
    staff = (await session.scalars(sa.select(User.name))).all()
    words = clean_words(asked.questions[0], "\n".join(asked.questions), (), staff)
    questions = [line for line in words.question.splitlines() if line.strip()]
    new = NewTicket(
        subject=f"Lacuna: {words.title}"[:MAX_SUBJECT_CHARS],
        body="\n".join(
            (
                f"A base não respondeu a isto, perguntado {asked.asks} vez(es):",
                "",
                *(f"- {question}" for question in questions),
            )
        ),
        urgency=wanted.urgency,
        channel=TicketChannel.ANSWER,
        queue=wanted.queue,
        # Only who works on tickets may say more than the words.
        tags=[TAG] if principal.may(Act.WORK_TICKETS) else [],
        handover={
            "gap_id": str(wanted.gap_id),
            "collection": asked.collection,
            "state": {
                "session_id": None,
                "last_step_completed": "busca na base",
                "current_objective": words.title,
                "decisions": [],
                "open_issues": questions,
            },
        },
    )
    return await open_ticket(session, principal, new, timezone)
