"""What people are told of deadlines: each once at each stage, in the desk and, if wished, by mail.

Who holds the ticket is told; while nobody does, the queue's team. A missed deadline is told to
who leads the team as well, or to the administrators where nobody leads it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cogep_assist.core import audit
from cogep_assist.core.access_absence import is_away
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.errors import AppError
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import (
    BusinessCalendar,
    Role,
    SlaNotice,
    SlaPolicy,
    SlaStage,
    SlaTargetName,
    SubjectFence,
    TeamMember,
    Ticket,
    TicketQueue,
    TicketSla,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.sla.business_calendars import hours_with, own_days
from cogep_assist.crm_service.sla.business_time import counted_time
from cogep_assist.crm_service.sla.sla_letters import SLA_LETTERS
from cogep_assist.crm_service.tickets.ticket_access import may_see, shown_subject
from cogep_assist.crm_service.tickets.ticket_notices import NOTICE

# Above the list of tickets, which they must not push out of sight; the rest is among the notices.
MOST_NOTICES = 3
MOST_SHOWN = 50
RUNNING = (TicketStatus.NEW, TicketStatus.OPEN)
_NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class DeadlineNotice:
    """What somebody is told of a ticket: how long in business time until ``due_at``, or since."""

    ticket_id: UUID
    protocol: str
    subject: str
    assignee_id: UUID | None
    assignee: str | None
    target: SlaTargetName
    stage: SlaStage
    span: timedelta
    due_at: datetime


async def tell_people(
    session: AsyncSession,
    ticket: Ticket,
    target: SlaTargetName,
    stage: SlaStage,
    *,
    due_at: datetime,
    left: timedelta,
    escalates: bool,
) -> None:
    """Tell whom it concerns that a target is near or was missed, and of no target twice.

    ``left`` is in time that counts, negative once it is missed.
    """
    people = _holders(ticket)
    if escalates and stage is SlaStage.MISSED:
        people = sa.or_(people, _leaders(ticket))
    told = sa.select(
        sa.literal(ticket.id, sa.Uuid()),
        User.id,
        sa.literal(target, SlaNotice.target.type),
        sa.literal(stage, SlaNotice.stage.type),
        sa.literal(due_at, sa.DateTime(timezone=True)),
        sa.literal(int(left.total_seconds() // 60)),
        User.deadline_mail,
    ).where(
        people,
        User.disabled_at.is_(None),
        User.role.in_([Role.AGENT, Role.ADMIN]),
        # Of who is shut away nothing is told.
        ~sa.exists().where(SubjectFence.customer_id == ticket.customer_id),
    )
    names = ["ticket_id", "user_id", "target", "stage", "due_at", "minutes_left", "by_mail"]
    wishes = await session.execute(
        insert(SlaNotice)
        .from_select(names, told)
        .on_conflict_do_nothing()
        .returning(SlaNotice.user_id, SlaNotice.by_mail)
    )
    rows = wishes.all()
    for user_id, _ in rows:
        await announce(session, NOTICE, user_id)
    if any(by_mail for _, by_mail in rows):
        await enqueue_background(session, SLA_LETTERS, str(ticket.id))


async def deadline_notices(
    session: AsyncSession, principal: Principal, most: int = MOST_NOTICES
) -> list[DeadlineNotice]:
    """Return what somebody was told of and is still owed, the most pressing first.

    Nothing of tickets that have gone out of their sight, or whose clock stands.
    """
    if principal.user_id is None:
        return []
    due_at = _due_at()
    rows = await session.execute(
        sa.select(
            Ticket.id,
            Ticket.protocol,
            shown_subject(principal),
            Ticket.assignee_id,
            User.name,
            SlaNotice.target,
            due_at.label("due_at"),
            BusinessCalendar,
            own_days().label("days"),
            _NOW.label("now"),
        )
        .select_from(SlaNotice)
        .join(Ticket, Ticket.id == SlaNotice.ticket_id)
        .join(TicketSla, TicketSla.ticket_id == Ticket.id)
        .outerjoin(User, User.id == Ticket.assignee_id)
        .join(SlaPolicy, SlaPolicy.id == TicketSla.policy_id)
        .join(BusinessCalendar, BusinessCalendar.id == SlaPolicy.calendar_id)
        .where(_owed(principal))
        .order_by(sa.text("due_at"), Ticket.id)
        .limit(most)
    )
    return [_notice(row) for row in rows]


async def count_deadline_notices(session: AsyncSession, principal: Principal) -> int:
    """Count what somebody was told of and is still owed."""
    counted = await session.scalar(
        sa.select(sa.func.count())
        .select_from(SlaNotice)
        .join(Ticket, Ticket.id == SlaNotice.ticket_id)
        .join(TicketSla, TicketSla.ticket_id == Ticket.id)
        .where(_owed(principal), TicketSla.policy_id.is_not(None))
    )
    return counted or 0


async def close_notices(session: AsyncSession, principal: Principal, ticket_id: UUID) -> None:
    """Put aside what one was told of a ticket. Raises AppError("ticket_not_found")."""
    principal.require(Act.WORK_TICKETS)
    closed = await session.scalars(
        sa.update(SlaNotice)
        .where(SlaNotice.ticket_id == ticket_id, SlaNotice.user_id == principal.user_id)
        .values(closed_at=sa.func.coalesce(SlaNotice.closed_at, _NOW))
        .returning(SlaNotice.ticket_id)
    )
    if not closed.all():
        raise AppError("ticket_not_found")
    assert principal.user_id is not None
    await announce(session, NOTICE, principal.user_id)
    await audit.record(session, principal, "deadline_notice_closed", "deadline_notice", ticket_id)


def _holders(ticket: Ticket) -> sa.ColumnElement[bool]:
    """Who attends it, or, while nobody does or they are away, everybody whose work it is."""
    team = _team_of(ticket)
    members = sa.exists().where(TeamMember.team_id == team, TeamMember.user_id == User.id)
    everybody = sa.and_(team.is_(None), User.role == Role.AGENT)
    if ticket.assignee_id is None:
        return sa.or_(members, everybody)
    holder = aliased(User)
    away = sa.exists().where(holder.id == ticket.assignee_id, is_away(holder))
    return sa.or_(User.id == ticket.assignee_id, sa.and_(away, sa.or_(members, everybody)))


def _leaders(ticket: Ticket) -> sa.ColumnElement[bool]:
    leader = aliased(User)
    leads = sa.select(TeamMember.user_id).where(
        TeamMember.team_id == _team_of(ticket), TeamMember.leader
    )
    active = sa.exists().where(leader.id.in_(leads), leader.disabled_at.is_(None))
    return sa.or_(User.id.in_(leads), sa.and_(User.role == Role.ADMIN, ~active))


def _team_of(ticket: Ticket) -> sa.ScalarSelect[UUID | None]:
    return sa.select(TicketQueue.team_id).where(TicketQueue.id == ticket.queue_id).scalar_subquery()


def _owed(principal: Principal) -> sa.ColumnElement[bool]:
    """Return what holds for notices that stand: of a running clock, in sight, not put aside."""
    return sa.and_(
        SlaNotice.user_id == principal.user_id,
        SlaNotice.closed_at.is_(None),
        Ticket.status.in_(RUNNING),
        Ticket.merged_into_id.is_(None),
        _due_at().is_not(None),
        may_see(principal),
    )


def _due_at() -> sa.Case[datetime | None]:
    """Return when what a notice tells is due or was, None where it is owed no more."""
    reply, solution = SlaTargetName.FIRST_REPLY, SlaTargetName.RESOLUTION
    return sa.case(
        (
            _tells(reply, SlaStage.NEAR) & TicketSla.first_reply_warned_at.is_not(None),
            TicketSla.first_reply_due_at,
        ),
        (
            _tells(reply, SlaStage.MISSED) & Ticket.first_replied_at.is_(None),
            TicketSla.first_reply_missed_at,
        ),
        (
            _tells(solution, SlaStage.NEAR) & TicketSla.resolution_warned_at.is_not(None),
            TicketSla.resolution_due_at,
        ),
        (_tells(solution, SlaStage.MISSED), TicketSla.resolution_missed_at),
    )


def _tells(target: SlaTargetName, stage: SlaStage) -> sa.ColumnElement[bool]:
    return sa.and_(SlaNotice.target == target, SlaNotice.stage == stage)


def _notice(row: sa.Row[Any]) -> DeadlineNotice:
    due_at, now = row.due_at, row.now
    hours = hours_with(row.BusinessCalendar, row.days)
    # What the clock passed a moment ago is late, whether or not the ticker has told it yet.
    late = due_at <= now
    return DeadlineNotice(
        ticket_id=row.id,
        protocol=row.protocol,
        subject=row.subject,
        assignee_id=row.assignee_id,
        assignee=row.name,
        target=row.target,
        stage=SlaStage.MISSED if late else SlaStage.NEAR,
        span=counted_time(hours, due_at, now) if late else counted_time(hours, now, due_at),
        due_at=due_at,
    )
