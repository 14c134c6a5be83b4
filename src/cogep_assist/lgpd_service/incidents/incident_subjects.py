"""Whom an incident reached: chosen by what the desk knows, and told one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Customer,
    CustomerTag,
    Incident,
    IncidentStepKind,
    IncidentSubject,
    OutboxMessage,
    OutboxStatus,
    Ticket,
    TicketQueue,
)
from cogep_assist.core.outbox import MAIL
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.incidents.incident_steps import (
    find_incident,
    lock_open_incident,
    note_step,
)

NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class SubjectQuery:
    """Which customers: those named, or those who fit everything else that is said.

    ``tickets_since`` and ``tickets_until`` bound when their tickets were opened, ``queue`` where.
    """

    customer_ids: Sequence[UUID] = field(default_factory=tuple)
    tag: str | None = None
    state: str | None = None
    queue: str | None = None
    tickets_since: datetime | None = None
    tickets_until: datetime | None = None
    everybody: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is asked for: everybody must be meant, not left over."""
        given = (
            self.tag,
            self.state,
            self.queue,
            self.tickets_since,
            self.tickets_until,
        )
        return not (self.customer_ids or self.everybody or any(given))


async def select_subjects(
    session: AsyncSession, principal: Principal, incident_id: UUID, query: SubjectQuery
) -> int:
    """Add the customers that a query finds to an incident; return how many are new.

    Several queries add up. Raises AppError("role_not_allowed"|"incident_not_found"|
    "incident_closed"|"subjects_query_empty").
    """
    incident = await lock_open_incident(session, principal, incident_id)
    if query.says_nothing:
        raise AppError("subjects_query_empty")
    found = sa.select(sa.literal(incident.id), Customer.id).where(*_conditions(query))
    added = await session.execute(
        insert(IncidentSubject)
        .from_select(["incident_id", "customer_id"], found)
        .on_conflict_do_nothing()
        .returning(IncidentSubject.customer_id)
    )
    count = len(added.all())
    incident.subject_count = await count_subjects(session, incident.id)
    await note_step(
        session,
        principal,
        incident,
        IncidentStepKind.SUBJECTS_SELECTED,
        details={"added": count, "total": incident.subject_count},
    )
    return count


async def count_subjects(session: AsyncSession, incident_id: UUID) -> int:
    """Return how many customers an incident reached, as far as they were selected."""
    found = await session.scalar(
        sa.select(sa.func.count()).where(IncidentSubject.incident_id == incident_id)
    )
    return found or 0


async def subjects_of(
    session: AsyncSession,
    principal: Principal,
    incident_id: UUID,
    *,
    after: UUID | None,
    limit: int,
) -> tuple[Sequence[tuple[IncidentSubject, str]], UUID | None]:
    """Return a page of an incident's subjects with their names, and where it goes on.

    Raises AppError("role_not_allowed"|"incident_not_found").
    """
    principal.require(Act.MANAGE_INCIDENTS)
    incident = await find_incident(session, principal, incident_id)
    statement = (
        sa.select(IncidentSubject, Customer.name)
        .join(Customer, Customer.id == IncidentSubject.customer_id)
        .where(IncidentSubject.incident_id == incident.id)
        .order_by(IncidentSubject.customer_id)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(IncidentSubject.customer_id > after)
    rows = [(row[0], row[1]) for row in await session.execute(statement)]
    more = rows[limit - 1][0].customer_id if len(rows) > limit else None
    return rows[:limit], more


async def standing_of(session: AsyncSession, incident: Incident) -> dict[str, int]:
    """Return how many subjects an incident has, were told, cannot be reached, and wait.

    Whose letter could not be delivered was not told, and cannot be reached.
    """
    came_back = letter_came_back()
    told = sa.func.count(IncidentSubject.told_at).filter(~came_back)
    unreachable = sa.func.count().filter(sa.or_(IncidentSubject.unreachable, came_back))
    row = (
        await session.execute(
            sa.select(sa.func.count(), told, unreachable).where(
                IncidentSubject.incident_id == incident.id
            )
        )
    ).one()
    total, done, lost = row
    return {"total": total, "told": done, "unreachable": lost, "waiting": total - done - lost}


def letter_came_back() -> sa.ColumnElement[bool]:
    """Return the condition that the letter to a subject was given up after it was posted."""
    key = sa.func.concat("incident:", IncidentSubject.incident_id, ":", IncidentSubject.customer_id)
    return sa.exists().where(
        OutboxMessage.topic == MAIL,
        OutboxMessage.status == OutboxStatus.DEAD,
        OutboxMessage.resource_key == key,
        OutboxMessage.finished_at > IncidentSubject.told_at,
    )


def _conditions(query: SubjectQuery) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Customer.removed_at.is_(None)]
    if query.customer_ids:
        conditions.append(Customer.id.in_(query.customer_ids))
    if query.tag is not None:
        tagged = sa.exists().where(
            CustomerTag.customer_id == Customer.id, CustomerTag.tag == query.tag
        )
        conditions.append(tagged)
    if query.state is not None:
        conditions.append(Customer.state == query.state.upper())
    if query.queue or query.tickets_since or query.tickets_until:
        conditions.append(_with_tickets(query))
    return conditions


def _with_tickets(query: SubjectQuery) -> sa.ColumnElement[bool]:
    tickets = sa.exists().where(Ticket.customer_id == Customer.id)
    if query.queue is not None:
        named = sa.select(TicketQueue.id).where(TicketQueue.name == query.queue)
        tickets = tickets.where(Ticket.queue_id.in_(named))
    if query.tickets_since is not None:
        tickets = tickets.where(Ticket.created_at >= query.tickets_since)
    if query.tickets_until is not None:
        tickets = tickets.where(Ticket.created_at < query.tickets_until)
    return tickets
