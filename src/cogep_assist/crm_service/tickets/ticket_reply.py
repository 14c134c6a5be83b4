"""Tickets as replies: one query for the ticket and the names around it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer, Ticket, TicketQueue, User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import may_see
from cogep_assist.crm_service.tickets.ticket_schemas import PersonReply, TicketReply

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


def named_tickets() -> sa.Select[*tuple[Any, ...]]:
    """Select tickets with the names of queue, assignee and customer, for ``ticket_fields``.

    Columns, not rows of the mapper: a page of them is only shown.
    """
    return (
        sa.select(
            *(getattr(Ticket, name) for name in (*SHOWN_AS_STORED, "assignee_id", "customer_id")),
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
        told |= {"assignee_id": None, "tags": [], "status_reason": None}
    told["assignee"] = _person(told.pop("assignee_id"), told.pop("assignee_name"))
    told["customer"] = _person(told.pop("customer_id"), told.pop("customer_name"))
    told["links"] = {"self": f"/crm/tickets/{row['id']}"}
    return told


def ticket_of(row: Mapping[str, Any] | sa.RowMapping, reader: Principal) -> TicketReply:
    """Return what a list tells of a ticket."""
    return TicketReply(**ticket_fields(row, reader))


async def ticket_reply(session: AsyncSession, ticket_id: UUID, reader: Principal) -> TicketReply:
    """Return a ticket that was looked up before, as it now stands."""
    rows = await session.execute(named_tickets().where(Ticket.id == ticket_id))
    return ticket_of(rows.mappings().one(), reader)


async def see_ticket(session: AsyncSession, principal: Principal, ticket_id: UUID) -> TicketReply:
    """Return what a list tells of one ticket. Raises AppError("ticket_not_found")."""
    statement = named_tickets().where(Ticket.id == ticket_id, may_see(principal))
    row = (await session.execute(statement)).mappings().one_or_none()
    if row is None:
        raise AppError("ticket_not_found")
    return ticket_of(row, principal)


def _person(person_id: UUID | None, name: str | None) -> PersonReply | None:
    return None if person_id is None else PersonReply(id=person_id, name=name or "")
