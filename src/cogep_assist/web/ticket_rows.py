"""Tickets as rows of a table and cards of a board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cogep_assist.core.models import TicketStatus
from cogep_assist.crm_service.sla.sla_countdown import Countdown
from cogep_assist.crm_service.tickets.ticket_moves import MOVES, asks_first
from cogep_assist.crm_service.tickets.ticket_schemas import TicketReply
from cogep_assist.web.desk_words import PRIORITY, STATUS, Words, countdown_words, status_words


@dataclass(frozen=True, slots=True)
class TicketRow:
    """What a list shows of a ticket."""

    id: UUID
    href: str
    protocol: str
    subject: str
    excerpt: str
    status: Words
    priority: Words
    customer: str
    queue: str
    assignee: str
    countdown: Words
    tags: list[str]
    last_entry_at: datetime | None
    snoozed: bool
    revision: int
    # The states that may follow, each with its words: what a card may be dragged to.
    moves: list[tuple[str, str]]
    # Those of them that ask something first: on whom it waits, or why.
    asks: list[str]


def ticket_rows(
    tickets: Sequence[TicketReply],
    countdowns: Mapping[UUID, Countdown],
    excerpts: Mapping[UUID, str] | None = None,
) -> list[TicketRow]:
    """Arrange tickets for a list."""
    return [_row(one, countdowns.get(one.id), (excerpts or {}).get(one.id, "")) for one in tickets]


def move_choices(status: TicketStatus) -> list[tuple[str, str]]:
    """Return the states that may follow one, in the order of a ticket's life."""
    return [(one.value, STATUS[one].text) for one in TicketStatus if one in MOVES[status]]


def _row(ticket: TicketReply, countdown: Countdown | None, excerpt: str) -> TicketRow:
    return TicketRow(
        id=ticket.id,
        href=f"/chamados/{ticket.id}",
        protocol=ticket.protocol,
        subject=ticket.subject,
        excerpt=excerpt,
        status=status_words(ticket),
        priority=PRIORITY[ticket.priority],
        customer=ticket.customer.name if ticket.customer else "",
        queue=ticket.queue,
        assignee=ticket.assignee.name if ticket.assignee else "",
        countdown=countdown_words(countdown),
        tags=ticket.tags,
        last_entry_at=ticket.last_entry_at,
        snoozed=ticket.snoozed,
        revision=ticket.revision,
        moves=move_choices(ticket.status),
        asks=[
            one.value
            for one in TicketStatus
            if one in MOVES[ticket.status] and asks_first(ticket.status, one)
        ],
    )
