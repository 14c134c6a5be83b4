"""Change what a ticket says about itself: subject, queue, levels, customer, tags."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket, TicketQueue, User
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.customers.customers import hold_customer
from cogep_assist.crm_service.desk.queues import find_queue
from cogep_assist.crm_service.sla.sla import refresh_sla
from cogep_assist.crm_service.tickets.ticket_access import lock_ticket
from cogep_assist.crm_service.tickets.ticket_assignment import assign_by_rule, attending_users
from cogep_assist.crm_service.tickets.ticket_events import note_event, touch
from cogep_assist.crm_service.tickets.ticket_index import index_soon
from cogep_assist.crm_service.tickets.ticket_priority import drawn_priority
from cogep_assist.crm_service.tickets.ticket_schemas import TicketChange
from cogep_assist.crm_service.tickets.ticket_sensitivity import flag_at_once
from cogep_assist.crm_service.tickets.ticket_words import clean_subject, clean_tags
from cogep_assist.edge.entity_tags import check_revision
from cogep_assist.edge.validation_words import invalid_field

# What is said in words, by who has read it; where a ticket goes anybody may say who sees it.
SAID = frozenset({"subject", "customer_id", "tags"})
NEVER_NULL = ("subject", "queue", "impact", "urgency", "tags")


async def edit_ticket(
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    change: TicketChange,
    expected: int | None = None,
) -> Ticket:
    """Change a ticket; nothing is written where nothing differs.

    Raises AppError("ticket_not_found"|"role_not_allowed"|"queue_not_found"|
    "customer_not_found"|"changed_meanwhile"|"request_invalid").
    """
    for name in NEVER_NULL:
        if name in change.model_fields_set and getattr(change, name) is None:
            raise invalid_field(name, "não pode ficar vazio")
    told = bool(SAID & change.model_fields_set)
    ticket = await lock_ticket(session, principal, ticket_id, text=told)
    check_revision(expected, ticket.revision)
    before = _told(ticket)
    queue = await _apply(session, principal, ticket, change)
    after = _told(ticket)
    changed = {
        name: {"before": before[name], "after": after[name]}
        for name in before
        if before[name] != after[name]
    }
    if not changed:
        return ticket
    await touch(session, ticket)
    if "subject" in changed:
        await flag_at_once(session, ticket.id, [ticket.subject])
    await note_event(session, principal, ticket, "edited", changed)
    if queue is not None:
        await _move_to_team(session, principal, ticket, queue)
    await refresh_sla(session, ticket)
    if {"subject", "queue_id"} & changed.keys():
        await index_soon(session, ticket.id)
    return ticket


async def _apply(
    session: AsyncSession, principal: Principal, ticket: Ticket, change: TicketChange
) -> TicketQueue | None:
    """Change the row and return the queue if it is another one."""
    given = change.model_fields_set
    if change.subject is not None:
        ticket.subject = clean_subject(change.subject)
    if change.tags is not None:
        ticket.tags = clean_tags(change.tags)
    if "customer_id" in given:
        if change.customer_id not in {None, ticket.customer_id}:
            await hold_customer(session, principal, change.customer_id)
        ticket.customer_id = change.customer_id
    ticket.impact = change.impact or ticket.impact
    ticket.urgency = change.urgency or ticket.urgency
    if "priority" in given:
        ticket.priority_fixed = change.priority is not None
    if ticket.priority_fixed:
        ticket.priority = change.priority or ticket.priority
    else:
        ticket.priority = drawn_priority(ticket.impact, ticket.urgency)
    if change.queue is None:
        return None
    queue = await find_queue(session, principal, change.queue)
    if queue.id == ticket.queue_id:
        return None
    ticket.queue_id = queue.id
    return queue


async def _move_to_team(
    session: AsyncSession, principal: Principal, ticket: Ticket, queue: TicketQueue
) -> None:
    """Let go of an assignee who is not of the new queue's team, and ask the queue's rule."""
    if ticket.assignee_id is not None:
        attends = attending_users(queue.id).where(User.id == ticket.assignee_id)
        if await session.scalar(attends) is not None:
            return
        left = str(ticket.assignee_id)
        ticket.assignee_id = None
        await touch(session, ticket)
        await note_event(session, principal, ticket, "assigned", {"before": left, "after": None})
    await assign_by_rule(session, ticket, queue)


def _told(ticket: Ticket) -> dict[str, Any]:
    return {
        "subject": ticket.subject,
        "queue_id": str(ticket.queue_id),
        "impact": ticket.impact.value,
        "urgency": ticket.urgency.value,
        "priority": ticket.priority.value,
        "customer_id": ticket.customer_id and str(ticket.customer_id),
        "tags": list(ticket.tags),
    }
