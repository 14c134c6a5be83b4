"""Policies of service levels: which tickets are promised what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BusinessCalendar,
    Customer,
    SlaPolicy,
    SlaTarget,
    Ticket,
    TicketPriority,
    TicketQueue,
    TicketSla,
    TicketStatus,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.queues import find_queue
from cogep_assist.crm_service.sla.business_calendars import (
    checked_name,
    find_calendar,
    hours_with,
    own_days,
)
from cogep_assist.crm_service.sla.business_time import BusinessHours
from cogep_assist.crm_service.sla.sla_schemas import PolicyBody, PolicyReply, TargetBody

RECOUNT = "recount_sla"


async def list_policies(session: AsyncSession, principal: Principal) -> list[PolicyReply]:
    """Return every policy, in the order in which they are tried."""
    principal.require(Act.WORK_TICKETS)
    rows = await session.execute(
        sa.select(SlaPolicy, BusinessCalendar.name, TicketQueue.name)
        .join(BusinessCalendar, BusinessCalendar.id == SlaPolicy.calendar_id)
        .outerjoin(TicketQueue, TicketQueue.id == SlaPolicy.queue_id)
        .order_by(SlaPolicy.position, SlaPolicy.name)
        .execution_options(populate_existing=True)
    )
    found = rows.all()
    targets = await _targets_of(session, [policy.id for policy, _, _ in found])
    return [_said(*row, targets[row[0].id]) for row in found]


async def set_policy(
    session: AsyncSession, principal: Principal, name: str, body: PolicyBody
) -> tuple[PolicyReply, bool]:
    """Create a policy or replace it; every ticket that has not ended is worked out anew.

    Raises AppError("role_not_allowed"|"calendar_not_found"|"queue_not_found"|
    "sla_without_target"|"request_invalid").
    """
    principal.require(Act.MANAGE_DESK)
    if not any(_promises(target) for target in body.targets.values()):
        raise AppError("sla_without_target")
    name = checked_name(name)
    queue = None if body.queue is None else await find_queue(session, principal, body.queue)
    values = {
        "position": body.position,
        "queue_id": None if queue is None else queue.id,
        "customer_class": body.customer_class,
        "calendar_id": (await find_calendar(session, body.calendar)).id,
        "warn_percent": body.warn_percent,
        "escalates": body.escalates,
    }
    row = (
        await session.execute(
            insert(SlaPolicy)
            .values(name=name, **values)
            .on_conflict_do_update(
                index_elements=["name"], set_={**values, "revision": SlaPolicy.revision + 1}
            )
            .returning(SlaPolicy.id, SlaPolicy.revision)
        )
    ).one()
    await session.execute(sa.delete(SlaTarget).where(SlaTarget.policy_id == row.id))
    session.add_all(
        SlaTarget(policy_id=row.id, priority=priority, **target.model_dump())
        for priority, target in body.targets.items()
        if _promises(target)
    )
    await session.flush()
    act = "sla_policy_created" if row.revision == 1 else "sla_policy_changed"
    await audit.record(session, principal, act, "sla_policy", row.id)
    await enqueue_background(session, RECOUNT, "")
    listed = await list_policies(session, principal)
    return next(policy for policy in listed if policy.id == row.id), row.revision == 1


async def remove_policy(session: AsyncSession, principal: Principal, name: str) -> None:
    """Promise no more. Raises AppError("role_not_allowed"|"sla_policy_not_found")."""
    principal.require(Act.MANAGE_DESK)
    gone = await session.scalar(
        sa.delete(SlaPolicy).where(SlaPolicy.name == name.strip()).returning(SlaPolicy.id)
    )
    if gone is None:
        raise AppError("sla_policy_not_found", name=name[:60])
    await audit.record(session, principal, "sla_policy_removed", "sla_policy", gone)
    await enqueue_background(session, RECOUNT, "")


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, in which hours, and what the database's clock shows."""

    policy: SlaPolicy
    target: SlaTarget
    calendar: BusinessCalendar
    read_at: datetime
    days: list[Any] | None

    @property
    def hours(self) -> BusinessHours:
        """The hours in which its time counts."""
        return hours_with(self.calendar, self.days)


async def promise_to(
    session: AsyncSession, queue_id: UUID, priority: TicketPriority, customer_id: UUID | None
) -> Promise | None:
    """Return the first policy that fits and promises something to a priority, or None."""
    customer_class = (
        sa.select(Customer.customer_class).where(Customer.id == customer_id).scalar_subquery()
    )
    row = (
        await session.execute(
            sa.select(SlaPolicy, SlaTarget, BusinessCalendar, sa.func.clock_timestamp(), own_days())
            .join(SlaTarget, SlaTarget.policy_id == SlaPolicy.id)
            .join(BusinessCalendar, BusinessCalendar.id == SlaPolicy.calendar_id)
            .where(
                SlaTarget.priority == priority,
                sa.or_(SlaPolicy.queue_id.is_(None), SlaPolicy.queue_id == queue_id),
                sa.or_(
                    SlaPolicy.customer_class.is_(None),
                    SlaPolicy.customer_class == customer_class,
                ),
            )
            .order_by(SlaPolicy.position, SlaPolicy.name)
            .limit(1)
            .execution_options(populate_existing=True)
        )
    ).first()
    return None if row is None else Promise(*row)


async def mark_for_recount(session: AsyncSession, subject: str) -> None:
    """Let the ticker look at every unfinished ticket, or at those of one policy, at once.

    Tickets that never had a reading get an empty one, so that the ticker finds them.
    """
    unfinished = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING)
    live = sa.select(Ticket.id).where(
        Ticket.status.in_(unfinished), Ticket.merged_into_id.is_(None)
    )
    if not subject:
        empty = insert(TicketSla).from_select(
            ["ticket_id", "next_check_at"],
            live.add_columns(sa.func.clock_timestamp()),
        )
        await session.execute(
            empty.on_conflict_do_update(
                index_elements=["ticket_id"], set_={"next_check_at": sa.func.clock_timestamp()}
            )
        )
        return
    await session.execute(
        sa.update(TicketSla)
        .where(TicketSla.policy_id == sa.cast(subject, sa.Uuid()), TicketSla.ticket_id.in_(live))
        .values(next_check_at=sa.func.clock_timestamp())
    )


def _promises(target: TargetBody) -> bool:
    return target.first_reply_minutes is not None or target.resolution_minutes is not None


async def _reply(
    session: AsyncSession, policy: SlaPolicy, calendar: str, queue: str | None
) -> PolicyReply:
    targets = await _targets_of(session, [policy.id])
    return _said(policy, calendar, queue, targets[policy.id])


async def _targets_of(
    session: AsyncSession, policies: Sequence[UUID]
) -> dict[UUID, list[SlaTarget]]:
    found: dict[UUID, list[SlaTarget]] = {policy: [] for policy in policies}
    for target in await session.scalars(
        sa.select(SlaTarget).where(SlaTarget.policy_id.in_(policies))
    ):
        found[target.policy_id].append(target)
    return found


def _said(
    policy: SlaPolicy, calendar: str, queue: str | None, targets: Sequence[SlaTarget]
) -> PolicyReply:
    return PolicyReply(
        id=policy.id,
        name=policy.name,
        calendar=calendar,
        position=policy.position,
        queue=queue,
        customer_class=policy.customer_class,
        warn_percent=policy.warn_percent,
        escalates=policy.escalates,
        targets={
            target.priority: TargetBody(
                first_reply_minutes=target.first_reply_minutes,
                resolution_minutes=target.resolution_minutes,
            )
            for target in targets
        },
    )
