"""Draft an article: from a ticket that was resolved, or from what nobody could answer."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Article,
    Customer,
    CustomerRelation,
    EntryKind,
    Ticket,
    TicketEntry,
    User,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.articles.article_access import collection_for
from cogep_assist.crm_service.articles.article_words import CleanWords, clean_words
from cogep_assist.crm_service.tickets.gap_questions import questions_of_gap
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_events import note_event
from cogep_assist.crm_service.tickets.ticket_moves import ENDED


async def draft_from_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID, collection: str | None
) -> Article:
    """Draft an article of what was asked and answered on a ticket; notes stay out of it.

    Raises AppError("role_not_allowed"|"ticket_not_found"|"ticket_not_resolved"|
    "collection_not_found").
    """
    principal.require(Act.DRAFT_ARTICLES)
    principal.require(Act.WORK_TICKETS)
    ticket = await find_ticket(session, principal, ticket_id)
    if ticket.status not in ENDED:
        raise AppError("ticket_not_resolved")
    goes_to = await collection_for(session, principal, collection)
    question, replies = await _said(session, ticket_id)
    words = clean_words(ticket.subject, question, replies, await _people(session, ticket))
    article = await _write(session, principal, words, goes_to, ticket_id=ticket_id)
    await note_event(session, principal, ticket, "drafted", {"article": str(article.id)})
    return article


async def draft_from_gap(
    session: AsyncSession, principal: Principal, gap_id: UUID, collection: str | None
) -> Article:
    """Draft an article that asks what a gap asks; somebody writes its answer.

    Raises AppError("role_not_allowed"|"gap_not_found"|"collection_not_found").
    """
    principal.require(Act.DRAFT_ARTICLES)
    asked = await questions_of_gap(session, principal, gap_id)
    goes_to = await collection_for(session, principal, collection or asked.collection)
    words = clean_words(asked.questions[0], "\n".join(asked.questions), (), await _staff(session))
    return await _write(session, principal, words, goes_to, gap_id=gap_id)


async def _write(
    session: AsyncSession,
    principal: Principal,
    words: CleanWords,
    collection_id: UUID | None,
    *,
    ticket_id: UUID | None = None,
    gap_id: UUID | None = None,
) -> Article:
    article = Article(
        title=words.title or "Sem título",
        question=words.question,
        answer=words.answer,
        removed=words.removed,
        collection_id=collection_id,
        ticket_id=ticket_id,
        gap_id=gap_id,
        created_by=principal.label,
        edited_by=principal.label,
    )
    session.add(article)
    await session.flush()
    await audit.record(session, principal, "article_drafted", "article", article.id)
    return article


async def _said(session: AsyncSession, ticket_id: UUID) -> tuple[str, Sequence[str]]:
    """Return the first message and the replies, in order."""
    rows = (
        await session.execute(
            sa.select(TicketEntry.kind, TicketEntry.body)
            .where(
                TicketEntry.ticket_id == ticket_id,
                TicketEntry.kind != EntryKind.NOTE,
                TicketEntry.held_until.is_(None),
            )
            .order_by(TicketEntry.id)
        )
    ).all()
    asked = next((row.body for row in rows if row.kind is EntryKind.MESSAGE), "")
    return asked, [row.body for row in rows if row.kind is EntryKind.REPLY]


async def _people(session: AsyncSession, ticket: Ticket) -> list[str]:
    """Return the names of the customer, of whoever belongs to them, and of the staff."""
    others = sa.select(CustomerRelation.other_id).where(
        CustomerRelation.customer_id == ticket.customer_id
    )
    to_them = sa.select(CustomerRelation.customer_id).where(
        CustomerRelation.other_id == ticket.customer_id
    )
    names = await session.scalars(
        sa.select(Customer.name).where(
            sa.or_(
                Customer.id == ticket.customer_id,
                Customer.id.in_(others),
                Customer.id.in_(to_them),
            )
        )
    )
    return [*names, *await _staff(session)]


async def _staff(session: AsyncSession) -> Sequence[str]:
    return (await session.scalars(sa.select(User.name))).all()
