"""Tickets as replies: one query for the ticket and the names around it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Customer,
    EntryKind,
    Ticket,
    TicketAttachment,
    TicketEntry,
    TicketEvent,
    TicketLink,
    TicketQueue,
    TicketRating,
    User,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.ticket_access import may_see
from cogep_assist.crm_service.ticket_schemas import (
    AttachmentReply,
    EntryReply,
    EventReply,
    LinkReply,
    PersonReply,
    RatingReply,
    SensitivityReply,
    TicketDetail,
    TicketReply,
)
from cogep_assist.crm_service.ticket_sensitivity import flags_of_ticket

SHOWN_AS_STORED = (
    "id",
    "protocol",
    "external_number",
    "external_system",
    "subject",
    "status",
    "status_reason",
    "waiting_on",
    "wake_at",
    "snoozed",
    "impact",
    "urgency",
    "priority",
    "channel",
    "tags",
    "merged_into_id",
    "reopened",
    "revision",
    "created_at",
    "updated_at",
    "first_replied_at",
    "last_entry_at",
    "resolved_at",
    "closed_at",
)
EVENTS_SHOWN = 500
ENTRIES_SHOWN = 1000


def named_tickets() -> sa.Select[Ticket, str, str, str]:
    """Select tickets with the names of queue, assignee and customer, for ``ticket_fields``."""
    return (
        sa.select(Ticket, TicketQueue.name, User.name, Customer.name)
        .join(TicketQueue, TicketQueue.id == Ticket.queue_id)
        .outerjoin(User, User.id == Ticket.assignee_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .execution_options(populate_existing=True)
    )


def ticket_fields(
    ticket: Ticket, queue: str, assignee: str | None, customer: str | None
) -> dict[str, Any]:
    """Return the fields of a ``TicketReply``."""
    return {
        **{name: getattr(ticket, name) for name in SHOWN_AS_STORED},
        "queue": queue,
        "assignee": _person(ticket.assignee_id, assignee),
        "customer": _person(ticket.customer_id, customer),
        "links": {"self": f"/crm/tickets/{ticket.id}"},
    }


async def ticket_reply(session: AsyncSession, ticket_id: UUID) -> TicketReply:
    """Return a ticket that was looked up before, as it now stands."""
    row = (await session.execute(named_tickets().where(Ticket.id == ticket_id))).one()
    return TicketReply(**ticket_fields(*row))


async def see_ticket(session: AsyncSession, principal: Principal, ticket_id: UUID) -> TicketReply:
    """Return what a list tells of one ticket. Raises AppError("ticket_not_found")."""
    statement = named_tickets().where(Ticket.id == ticket_id, may_see(principal))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise AppError("ticket_not_found")
    return TicketReply(**ticket_fields(*row))


async def describe_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID
) -> TicketDetail:
    """Return a ticket with all that somebody may see of it. Raises AppError("ticket_not_found")."""
    row = (
        await session.execute(
            named_tickets()
            .add_columns(TicketRating, flags_of_ticket())
            .outerjoin(TicketRating, TicketRating.ticket_id == Ticket.id)
            .where(Ticket.id == ticket_id, may_see(principal))
        )
    ).one_or_none()
    if row is None:
        raise AppError("ticket_not_found")
    ticket, queue, assignee, customer, rating, flags = row
    staff = principal.may(Act.WORK_TICKETS)
    if staff and flags:
        await audit.record(session, principal, "sensitive_ticket_read", "ticket", ticket_id)
    return TicketDetail(
        **ticket_fields(ticket, queue, assignee, customer),
        entries=await entries_of(session, principal.label, ticket_id, with_notes=staff),
        events=await _events(session, ticket_id) if staff else [],
        related=await _related(session, principal, ticket_id),
        handover=ticket.handover if staff else None,
        rating=None if rating is None else RatingReply(score=rating.score, comment=rating.comment),
        sensitive=[SensitivityReply(**flag) for flag in flags or ()] if staff else [],
    )


async def entries_of(
    session: AsyncSession,
    reader: str,
    ticket_id: UUID,
    *,
    with_notes: bool,
    only: UUID | None = None,
) -> list[EntryReply]:
    """Return what was written on a ticket, oldest first; notes only for who works on it."""
    statement = sa.select(TicketEntry).where(TicketEntry.ticket_id == ticket_id)
    if only is not None:
        statement = statement.where(TicketEntry.id == only)
    if not with_notes:
        statement = statement.where(
            TicketEntry.kind != EntryKind.NOTE, TicketEntry.held_until.is_(None)
        )
    entries = (
        await session.scalars(
            statement.order_by(TicketEntry.id)
            .limit(ENTRIES_SHOWN)
            .execution_options(populate_existing=True)
        )
    ).all()
    files = await _attachments(session, [entry.id for entry in entries])
    return [
        EntryReply(
            id=entry.id,
            kind=entry.kind,
            author=entry.author if with_notes else _side(entry, reader),
            mine=entry.author == reader,
            body=entry.body,
            folded=entry.folded,
            citations=entry.citations,
            attachments=files.get(entry.id, []),
            created_at=entry.created_at,
            held_until=entry.held_until,
        )
        for entry in entries
    ]


def _side(entry: TicketEntry, reader: str) -> str:
    # Who is not of the staff learns on which side somebody stands, not who it was.
    return reader if entry.author == reader else entry.kind.value


async def _attachments(
    session: AsyncSession, entry_ids: Sequence[UUID]
) -> dict[UUID, list[AttachmentReply]]:
    found: dict[UUID, list[AttachmentReply]] = {}
    if not entry_ids:
        return found
    rows = await session.scalars(
        sa.select(TicketAttachment)
        .where(TicketAttachment.entry_id.in_(entry_ids))
        .order_by(TicketAttachment.id)
    )
    for row in rows:
        found.setdefault(row.entry_id, []).append(
            AttachmentReply(
                id=row.id, name=row.name, media_type=row.media_type, size_bytes=row.size_bytes
            )
        )
    return found


async def _events(session: AsyncSession, ticket_id: UUID) -> list[EventReply]:
    rows = await session.scalars(
        sa.select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket_id)
        .order_by(TicketEvent.id.desc())
        .limit(EVENTS_SHOWN)
    )
    return [
        EventReply(
            id=row.id,
            kind=row.kind,
            actor=row.actor,
            details=row.details,
            created_at=row.created_at,
        )
        for row in reversed(rows.all())
    ]


async def _related(session: AsyncSession, principal: Principal, ticket_id: UUID) -> list[LinkReply]:
    """Return the linked tickets that this person may see too; this ticket's own links first."""
    outgoing = TicketLink.ticket_id == ticket_id
    there = sa.case((outgoing, TicketLink.other_id), else_=TicketLink.ticket_id)
    rows = await session.execute(
        sa.select(
            TicketLink.kind,
            outgoing.label("outgoing"),
            Ticket.id,
            Ticket.protocol,
            Ticket.subject,
            Ticket.status,
        )
        .join(Ticket, Ticket.id == there)
        .where(sa.or_(outgoing, TicketLink.other_id == ticket_id), may_see(principal))
        .order_by(outgoing.desc(), TicketLink.created_at, Ticket.id)
    )
    return [
        LinkReply(
            kind=row.kind,
            outgoing=row.outgoing,
            ticket_id=row.id,
            protocol=row.protocol,
            subject=row.subject,
            status=row.status,
        )
        for row in rows
    ]


def _person(person_id: UUID | None, name: str | None) -> PersonReply | None:
    return None if person_id is None else PersonReply(id=person_id, name=name or "")
