"""Where a ticket belongs: suggested by the way of its like, accepted or not by a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketPriority, TicketStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_edit import edit_ticket
from cogep_assist.crm_service.tickets.ticket_events import note_event
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter
from cogep_assist.crm_service.tickets.ticket_schemas import (
    Classification,
    ClassificationBody,
    FoundTicket,
    Suggested,
    TicketChange,
)
from cogep_assist.crm_service.tickets.ticket_search import question_of, search_tickets

NEIGHBOURS = 15
# With fewer voices than this a neighbourhood says nothing.
LEAST_SHARE = 0.4
LEAST_VOICES = 2
ENDED = [TicketStatus.RESOLVED, TicketStatus.CLOSED]


async def classify_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID
) -> Classification:
    """Suggest queue, priority and tags from ended tickets that speak of the same.

    Each value names the tickets that speak for it; nothing is changed. Raises
    AppError("ticket_not_found"|"role_not_allowed").
    """
    principal.require(Act.WORK_TICKETS)
    question = await question_of(session, principal, ticket_id)
    ended = TicketFilter(statuses=ENDED)
    near = await search_tickets(
        session, principal, question, ended, k=NEIGHBOURS, besides=ticket_id
    )
    queues = [(one.ticket.queue, one) for one in near]
    priorities = [(one.ticket.priority.value, one) for one in near]
    tags = [(tag, one) for one in near for tag in one.ticket.tags]
    return Classification(
        queue=next(iter(_voted(queues, near)), None),
        priority=next(iter(_voted(priorities, near)), None),
        tags=_voted(tags, near)[:5],
    )


async def accept_classification(
    session: AsyncSession, principal: Principal, ticket_id: UUID, wanted: ClassificationBody
) -> None:
    """Set on a ticket what is suggested for it and a person accepts; its history says why.

    Tags are added to those that are there. Raises AppError("ticket_not_found"|
    "role_not_allowed"|"nothing_suggested") and what an edit raises.
    """
    suggested = await classify_ticket(session, principal, ticket_id)
    ticket = await find_ticket(session, principal, ticket_id)
    change: dict[str, Any] = {}
    because: dict[str, list[str]] = {}
    for name in ("queue", "priority"):
        one: Suggested | None = getattr(suggested, name)
        if name in wanted.accept and one is not None:
            change[name] = TicketPriority(one.value) if name == "priority" else one.value
            because[name] = one.because
    if "tags" in wanted.accept and suggested.tags:
        change["tags"] = list(dict.fromkeys((*ticket.tags, *(one.value for one in suggested.tags))))
        because["tags"] = [protocol for one in suggested.tags for protocol in one.because][:3]
    if not change:
        raise AppError("nothing_suggested")
    await note_event(session, principal, ticket, "classified", {"because": because})
    await edit_ticket(session, principal, ticket_id, TicketChange(**change))


def _voted(
    voices: Sequence[tuple[str, FoundTicket]], near: Sequence[FoundTicket]
) -> list[Suggested]:
    """Return the values that enough of the neighbours have, weighed by how near they are."""
    whole = sum(one.score for one in near)
    by_value: dict[str, list[FoundTicket]] = {}
    for value, one in voices:
        by_value.setdefault(value, []).append(one)
    suggested = [
        Suggested(
            value=value,
            share=round(sum(one.score for one in those) / whole, 3) if whole else 0.0,
            because=[one.ticket.protocol for one in those[:3]],
        )
        for value, those in by_value.items()
        if len(those) >= LEAST_VOICES
    ]
    kept = [one for one in suggested if one.share >= LEAST_SHARE]
    return sorted(kept, key=lambda one: (-one.share, one.value))
