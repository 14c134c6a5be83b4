"""Open a ticket: number, queue, priority, first words, all in one transaction."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.automated_decision import Decided, record_decision
from cogep_assist.core.models import (
    DecisionKind,
    Ticket,
    TicketChannel,
    TicketLevel,
    TicketPriority,
    TicketQueue,
)
from cogep_assist.core.principal import Act, Principal, PrincipalKind
from cogep_assist.crm_service.customers.customers import hold_customer
from cogep_assist.crm_service.desk.queues import default_queue, find_queue
from cogep_assist.crm_service.sla.sla import promised_to_new, refresh_sla
from cogep_assist.crm_service.tickets.ticket_access import WITHHELD_SUBJECT
from cogep_assist.crm_service.tickets.ticket_assignment import assign_by_rule
from cogep_assist.crm_service.tickets.ticket_events import (
    note_event,
    publish_opened,
    tell_customer,
)
from cogep_assist.crm_service.tickets.ticket_index import index_soon
from cogep_assist.crm_service.tickets.ticket_letters import OPENED, write_to_person
from cogep_assist.crm_service.tickets.ticket_open_rows import (
    Place,
    default_place,
    next_protocol,
    write_rows,
)
from cogep_assist.crm_service.tickets.ticket_priority import drawn_priority
from cogep_assist.crm_service.tickets.ticket_sensitivity import flag_at_once
from cogep_assist.crm_service.tickets.ticket_words import clean_body, clean_subject, clean_tags

PRIORITY_RULE = "regra:prioridade-por-impacto-e-urgencia/1"


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


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket that was opened a moment ago, in the caller's transaction."""

    id: UUID
    protocol: str


async def open_ticket(
    session: AsyncSession, principal: Principal, new: NewTicket, timezone: str
) -> Opened:
    """Open a ticket and return its id and its number.

    Raises AppError("role_not_allowed"|"queue_not_found"|"customer_not_found"|
    "request_invalid"). ``timezone`` decides which year the protocol is of.
    """
    principal.require(Act.OPEN_TICKETS)
    if new.says_what_the_desk_decides:
        principal.require(Act.WORK_TICKETS)
    subject, body, tags = clean_subject(new.subject), clean_body(new.body), clean_tags(new.tags)
    place = await _place(session, principal, new.queue)
    if new.customer_id is not None:
        await hold_customer(session, principal, new.customer_id)
    priority = new.priority or drawn_priority(new.impact, new.urgency)
    opened_at, promised = None, None
    if place.promised:
        opened_at, promised = await promised_to_new(
            session, place.queue_id, priority, new.customer_id
        )
    # Last of what can be refused: the year's counter is locked from here to the commit.
    protocol = await next_protocol(session, timezone)
    row = {
        "protocol": protocol,
        "subject": subject,
        "channel": new.channel.value,
        "queue_id": place.queue_id,
        "impact": new.impact.value,
        "urgency": new.urgency.value,
        "priority": priority.value,
        "priority_fixed": new.priority is not None,
        "customer_id": new.customer_id,
        "answer_id": new.answer_id,
        "handover": new.handover,
        "tags": tags,
        "created_at": opened_at,
    }
    made, heard = await write_rows(session, principal, row, body, promised)
    is_flagged = await flag_at_once(session, made, [subject, body])
    if heard:
        told = {**row, "subject": WITHHELD_SUBJECT} if is_flagged else row
        await publish_opened(session, made, told)
    if new.customer_id is not None:
        await tell_customer(session, principal, new.customer_id, made, "opened")
    if new.priority is None and _nobody_weighed(principal):
        await _note_priority(session, principal, new, made, priority)
    if place.dealt:
        queue = await session.get_one(TicketQueue, place.queue_id)
        await assign_by_rule(session, await session.get_one(Ticket, made), queue)
    if _person_is_told(principal, new):
        ticket = await session.get_one(Ticket, made)
        await write_to_person(session, ticket, OPENED, by=principal.label)
    return Opened(made, protocol)


async def _note_priority(
    session: AsyncSession,
    principal: Principal,
    new: NewTicket,
    ticket_id: UUID,
    priority: TicketPriority,
) -> None:
    """Record that a table and no person gave somebody's ticket its priority (art. 20)."""
    decided = Decided(
        kind=DecisionKind.TICKET_PRIORITIZED,
        object_type="ticket",
        object_id=ticket_id,
        subject=principal.label,
        customer_id=principal.customer_id or new.customer_id,
        basis=f"{new.impact.value}:{new.urgency.value}",
        model=PRIORITY_RULE,
        effect={"priority": priority.value},
    )
    await record_decision(session, decided)


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
        protocol=await next_protocol(session, timezone),
    )
    session.add(made)
    await session.flush()
    await note_event(session, principal, made, "opened", {"beside": str(first.id)})
    await refresh_sla(session, made, is_new=True)
    await index_soon(session, made.id)
    return made


def _nobody_weighed(principal: Principal) -> bool:
    """Whether nobody of the desk stands behind a ticket: a letter is taken in by the desk's rights.

    What staff or their programs open, they answer for.
    """
    return principal.kind is PrincipalKind.MAIL or not principal.may(Act.WORK_TICKETS)


def _person_is_told(principal: Principal, new: NewTicket) -> bool:
    """Whether somebody may have an address. What came by mail is confirmed where it came in."""
    if new.channel in {TicketChannel.EMAIL, TicketChannel.IMPORT}:
        return False
    return new.customer_id is not None or principal.user_id is not None


async def _place(session: AsyncSession, principal: Principal, name: str | None) -> Place:
    if name is not None:
        return Place((await find_queue(session, principal, name)).id)
    return await default_place(session) or Place((await default_queue(session)).id)
