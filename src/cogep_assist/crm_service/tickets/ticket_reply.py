"""Tickets as replies: one query for the ticket and the names around it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer, Ticket, TicketQueue, User
from cogep_assist.core.principal import Act, Principal, PrincipalKind
from cogep_assist.crm_service.tickets.ticket_access import (
    is_sensitive,
    is_withheld,
    may_see,
    note_listed,
    shown_subject,
)
from cogep_assist.crm_service.tickets.ticket_schemas import PersonReply, TicketReply

SHOWN_AS_STORED = (
    "id",
    "protocol",
    "external_number",
    "external_system",
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


def named_tickets(reader: Principal) -> sa.Select[*tuple[Any, ...]]:
    """Select tickets with the names of queue, assignee and customer, for ``ticket_fields``.

    Columns, not rows of the mapper: a page of them is only shown. Of a sensitive ticket whose
    text is not for this reader no word of it is read.
    """
    return (
        sa.select(
            *(getattr(Ticket, name) for name in (*SHOWN_AS_STORED, "assignee_id", "customer_id")),
            shown_subject(reader),
            is_sensitive().label("is_sensitive"),
            is_withheld(reader).label("withheld"),
            TicketQueue.name.label("queue"),
            User.name.label("assignee_name"),
            Customer.name.label("customer_name"),
        )
        .join(TicketQueue, TicketQueue.id == Ticket.queue_id)
        .outerjoin(User, User.id == Ticket.assignee_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
    )


def ticket_fields(row: Mapping[str, Any] | sa.RowMapping, reader: Principal) -> dict[str, Any]:
    """Return the fields of a ``TicketReply``.

    How the desk sorts a ticket, and who of it attends, are for those who work on tickets.
    """
    told = dict(row)
    if not reader.may(Act.WORK_TICKETS):
        told |= {"assignee_id": None, "tags": [], "status_reason": None, "is_sensitive": False}
    if told["withheld"]:
        told |= {"tags": [], "status_reason": None}
    told["assignee"] = _person(told.pop("assignee_id"), told.pop("assignee_name"))
    told["customer"] = _person(told.pop("customer_id"), told.pop("customer_name"))
    told["links"] = {"self": f"/crm/tickets/{row['id']}"}
    return told


def ticket_of(row: Mapping[str, Any] | sa.RowMapping, reader: Principal) -> TicketReply:
    """Return what a list tells of a ticket."""
    return TicketReply(**ticket_fields(row, reader))


async def ticket_reply(session: AsyncSession, ticket_id: UUID, reader: Principal) -> TicketReply:
    """Return a ticket that was looked up before, as it now stands."""
    rows = await session.execute(named_tickets(reader).where(Ticket.id == ticket_id))
    return ticket_of(rows.mappings().one(), reader)


async def see_ticket(session: AsyncSession, principal: Principal, ticket_id: UUID) -> TicketReply:
    """Return what a list tells of one ticket. Raises AppError("ticket_not_found")."""
    statement = named_tickets(principal).where(Ticket.id == ticket_id, may_see(principal))
    row = (await session.execute(statement)).mappings().one_or_none()
    if row is None:
        raise AppError("ticket_not_found")
    return ticket_of(row, principal)


async def note_shown(
    session: AsyncSession, reader: Principal, shown: Sequence[TicketReply]
) -> None:
    """Record which sensitive subjects a list shows to somebody of the desk."""
    if reader.may(Act.READ_SENSITIVE) and reader.kind is not PrincipalKind.SYSTEM:
        await note_listed(session, reader, [one.id for one in shown if one.is_sensitive])


def _person(person_id: UUID | None, name: str | None) -> PersonReply | None:
    return None if person_id is None else PersonReply(id=person_id, name=name or "")
