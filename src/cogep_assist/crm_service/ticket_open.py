"""Open a ticket: number, queue, priority, first words, all in one transaction."""

import base64
import hmac
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Customer,
    EntryKind,
    ProtocolCounter,
    Ticket,
    TicketChannel,
    TicketEntry,
    TicketLevel,
    TicketPriority,
    TicketQueue,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.protocol import write_protocol
from cogep_assist.crm_service.queues import default_queue, find_queue
from cogep_assist.crm_service.sla import refresh_sla
from cogep_assist.crm_service.ticket_assignment import assign_by_rule
from cogep_assist.crm_service.ticket_events import NOW, note_event
from cogep_assist.crm_service.ticket_index import index_soon
from cogep_assist.crm_service.ticket_priority import drawn_priority
from cogep_assist.crm_service.ticket_words import clean_body, clean_subject, clean_tags

PROOF_CHARS = 10


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is known of a ticket when it is opened; the desk alone may give what is below."""

    subject: str
    body: str
    urgency: TicketLevel = TicketLevel.MEDIUM
    channel: TicketChannel = TicketChannel.API
    # From here on, what a person who works on the queue may say.
    queue: str | None = None
    customer_id: UUID | None = None
    impact: TicketLevel = TicketLevel.MEDIUM
    priority: TicketPriority | None = None
    tags: list[str] = field(default_factory=list)
    answer_id: UUID | None = None
    handover: dict[str, Any] | None = None

    @property
    def says_what_the_desk_decides(self) -> bool:
        """Whether something is said that only those who work on tickets may say."""
        decided = (self.queue, self.customer_id, self.priority)
        return (
            any(value is not None for value in decided)
            or self.impact is not TicketLevel.MEDIUM
            or bool(self.tags)
        )


async def open_ticket(
    session: AsyncSession, principal: Principal, new: NewTicket, timezone: str
) -> Ticket:
    """Open a ticket and return it.

    Raises AppError("role_not_allowed"|"queue_not_found"|"customer_not_found"|
    "request_invalid"). ``timezone`` decides which year the protocol is of.
    """
    principal.require(Act.OPEN_TICKETS)
    if new.says_what_the_desk_decides:
        principal.require(Act.WORK_TICKETS)
    subject, body, tags = clean_subject(new.subject), clean_body(new.body), clean_tags(new.tags)
    queue = await _queue(session, principal, new.queue)
    await _check_customer(session, new.customer_id)
    ticket = Ticket(
        subject=subject,
        channel=new.channel,
        queue_id=queue.id,
        impact=new.impact,
        urgency=new.urgency,
        priority=new.priority or drawn_priority(new.impact, new.urgency),
        priority_fixed=new.priority is not None,
        customer_id=new.customer_id,
        opened_by=principal.label,
        answer_id=new.answer_id,
        handover=new.handover,
        tags=tags,
        last_entry_at=NOW,
    )
    # Last of what can be refused: the year's counter is locked from here to the commit.
    ticket.protocol = await _next_protocol(session, timezone)
    session.add(ticket)
    await session.flush()
    session.add(
        TicketEntry(ticket_id=ticket.id, kind=EntryKind.MESSAGE, author=principal.label, body=body)
    )
    await note_event(session, principal, ticket, "opened", {"channel": new.channel.value})
    await assign_by_rule(session, ticket, queue)
    await refresh_sla(session, ticket, is_new=True)
    await index_soon(session, ticket.id)
    return ticket


async def open_beside(
    session: AsyncSession,
    principal: Principal,
    first: Ticket,
    subject: str,
    queue: TicketQueue,
    timezone: str,
) -> Ticket:
    """Open a ticket for the same person, in a queue, without words of its own yet."""
    made = Ticket(
        subject=clean_subject(subject),
        channel=first.channel,
        queue_id=queue.id,
        impact=first.impact,
        urgency=first.urgency,
        priority=first.priority,
        priority_fixed=first.priority_fixed,
        customer_id=first.customer_id,
        opened_by=first.opened_by,
        tags=list(first.tags),
        assignee_id=first.assignee_id,
        protocol=await _next_protocol(session, timezone),
    )
    session.add(made)
    await session.flush()
    await note_event(session, principal, made, "opened", {"beside": str(first.id)})
    await refresh_sla(session, made, is_new=True)
    await index_soon(session, made.id)
    return made


def proof_of(protocol: str) -> str:
    """Return the code that, with the protocol, opens a ticket's public page.

    It is drawn from the protocol by a key outside the database (50 bits, base 32), so that
    it can be shown again and is stored nowhere.
    """
    digest = hmac.digest(secret_key.derive("ticket-proof"), protocol.encode(), "sha256")
    return base64.b32encode(digest).decode()[:PROOF_CHARS]


async def _queue(session: AsyncSession, principal: Principal, name: str | None) -> TicketQueue:
    if name is None:
        return await default_queue(session)
    return await find_queue(session, principal, name)


async def _check_customer(session: AsyncSession, customer_id: UUID | None) -> None:
    if customer_id is None:
        return
    known = await session.scalar(
        sa.select(Customer.id).where(Customer.id == customer_id).with_for_update(read=True)
    )
    if known is None:
        raise AppError("customer_not_found")


async def _next_protocol(session: AsyncSession, timezone: str) -> str:
    """Take the year's next number. Two at once: the second waits for the first's commit."""
    year = sa.cast(sa.extract("year", sa.func.timezone(timezone, NOW)), sa.SmallInteger)
    row = (
        await session.execute(
            insert(ProtocolCounter)
            .from_select(["year", "last"], sa.select(year, sa.literal(1)))
            .on_conflict_do_update(
                index_elements=[ProtocolCounter.year], set_={"last": ProtocolCounter.last + 1}
            )
            .returning(ProtocolCounter.year, ProtocolCounter.last)
        )
    ).one()
    return write_protocol(row.year, row.last)
