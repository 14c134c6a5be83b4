"""Queues: where tickets wait, whose team they are, who gets the next one."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import AssignmentRule, Team, Ticket, TicketQueue, TicketStatus
from cogep_assist.core.principal import SYSTEM, Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import visible_queues
from cogep_assist.crm_service.tickets.ticket_schemas import QueueChange, QueueReply
from cogep_assist.edge.validation_words import invalid_field

MAX_NAME_CHARS = 60
FIRST_QUEUE = "Atendimento"


async def default_queue(session: AsyncSession) -> TicketQueue:
    """Return the queue for tickets that name none; the first ticket makes it."""
    found = await session.scalar(sa.select(TicketQueue).where(TicketQueue.is_default))
    if found is not None:
        return found
    # Two first tickets at once: one makes the queue, the other waits here and finds it.
    made = await session.scalar(
        insert(TicketQueue)
        .values(name=FIRST_QUEUE, is_default=True)
        .on_conflict_do_nothing()
        .returning(TicketQueue.id)
    )
    if made is not None:
        await audit.record(session, SYSTEM, "queue_created", "queue", made)
    return (await session.scalars(sa.select(TicketQueue).where(TicketQueue.is_default))).one()


async def find_queue(session: AsyncSession, principal: Principal, name: str) -> TicketQueue:
    """Return a live queue by name. Raises AppError("queue_not_found")."""
    found = await session.scalar(
        sa.select(TicketQueue).where(
            TicketQueue.name == name.strip(),
            TicketQueue.archived_at.is_(None),
            TicketQueue.id.in_(visible_queues(principal)),
        )
    )
    if found is None:
        raise AppError("queue_not_found", name=name[:MAX_NAME_CHARS])
    return found


async def list_queues(session: AsyncSession, principal: Principal) -> list[QueueReply]:
    """Return the queues that somebody works on, by name, with what waits in each."""
    principal.require(Act.WORK_TICKETS)
    waiting = (
        sa.select(sa.func.count())
        .where(
            Ticket.queue_id == TicketQueue.id,
            Ticket.status.in_([TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING]),
        )
        .correlate(TicketQueue)
        .scalar_subquery()
    )
    rows = await session.execute(
        sa.select(TicketQueue, Team.name, waiting)
        .outerjoin(Team, Team.id == TicketQueue.team_id)
        .where(TicketQueue.id.in_(visible_queues(principal)))
        .order_by(TicketQueue.archived_at.is_not(None), TicketQueue.name)
        .execution_options(populate_existing=True)
    )
    return [_reply(*row) for row in rows]


async def set_queue(
    session: AsyncSession, principal: Principal, name: str, change: QueueChange
) -> tuple[QueueReply, bool]:
    """Create a queue or change it; return it, and whether it is new.

    Raises AppError("role_not_allowed"|"team_not_found"|"queue_is_default"|"request_invalid").
    """
    principal.require(Act.MANAGE_DESK)
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
        raise invalid_field("name", f"deve ter de 1 a {MAX_NAME_CHARS} caracteres visíveis")
    created = await session.scalar(
        insert(TicketQueue).values(name=name).on_conflict_do_nothing().returning(TicketQueue.id)
    )
    queue = (
        await session.scalars(
            sa.select(TicketQueue).where(TicketQueue.name == name).with_for_update()
        )
    ).one()
    await _apply(session, queue, change)
    act = "queue_created" if created else "queue_changed"
    await audit.record(session, principal, act, "queue", queue.id)
    listed = await list_queues(session, principal)
    return next(reply for reply in listed if reply.id == queue.id), created is not None


async def _apply(session: AsyncSession, queue: TicketQueue, change: QueueChange) -> None:
    given = change.model_fields_set
    if "team" in given:
        queue.team_id = None if change.team is None else await _team(session, change.team)
    if change.assignment is not None:
        queue.assignment = change.assignment
    if change.is_default and not queue.is_default:
        await session.execute(
            sa.update(TicketQueue).where(TicketQueue.is_default).values(is_default=False)
        )
        queue.is_default, queue.archived_at = True, None
    if change.archived is not None:
        if change.archived and queue.is_default:
            raise AppError("queue_is_default")
        queue.archived_at = sa.func.clock_timestamp() if change.archived else None
    await session.flush()


async def _team(session: AsyncSession, name: str) -> UUID:
    found = await session.scalar(sa.select(Team.id).where(Team.name == name.strip()))
    if found is None:
        raise AppError("team_not_found")
    return found


def _reply(queue: TicketQueue, team: str | None, waiting: int) -> QueueReply:
    return QueueReply(
        id=queue.id,
        name=queue.name,
        team=team,
        assignment=AssignmentRule(queue.assignment),
        is_default=queue.is_default,
        archived=queue.archived_at is not None,
        unfinished=waiting,
    )
