"""What the encarregado is told in the bell: terms that end soon or have ended, and new requests.

Rows of what stands, not of what was told: a legal term goes from the bell when it is met, never
because somebody has seen it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    ClockObject,
    DeadlineRule,
    Incident,
    LegalClock,
    RequestStatus,
    SubjectRequest,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.legal_clocks import NOW, RUNNING

# From the first warning by mail on.
NEAR_DAYS = 7
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ClockNotice:
    """A term that runs: of what, how many local days are left, and whether it is over."""

    kind: ClockObject
    object_id: UUID
    number: str
    rule: str
    due_on: date
    days_left: int
    late: bool
    # A request whose sender is proven and that nobody has taken.
    unclaimed: bool


async def clock_notices(
    session: AsyncSession, principal: Principal, zone: ZoneInfo
) -> Sequence[ClockNotice]:
    """Return the terms that press whoever answers for them, the first to end before the others."""
    if not principal.may(Act.MANAGE_SUBJECT_REQUESTS):
        return []
    left = LegalClock.due_on - sa.cast(sa.func.timezone(zone.key, NOW), sa.Date)
    number = sa.func.coalesce(SubjectRequest.protocol, Incident.number)
    rows = await session.execute(
        _pressing(
            zone,
            LegalClock.object_kind,
            LegalClock.object_id,
            number,
            DeadlineRule.name,
            LegalClock.due_on,
            left,
            LegalClock.due_at <= NOW,
            sa.func.coalesce(_unclaimed(), sa.false()),
        )
        .join(DeadlineRule, DeadlineRule.key == LegalClock.rule_key)
        .order_by(LegalClock.due_at, LegalClock.id)
        .limit(MOST_SHOWN)
    )
    return [ClockNotice(*row) for row in rows]


async def count_clock_notices(session: AsyncSession, principal: Principal, zone: ZoneInfo) -> int:
    """Count the same."""
    if not principal.may(Act.MANAGE_SUBJECT_REQUESTS):
        return 0
    return await session.scalar(_pressing(zone, sa.func.count())) or 0


def _pressing(zone: ZoneInfo, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
    near = LegalClock.due_on - sa.cast(sa.func.timezone(zone.key, NOW), sa.Date) <= NEAR_DAYS
    return (
        sa.select(*columns)
        .select_from(LegalClock)
        .outerjoin(SubjectRequest, _is(SubjectRequest.id, ClockObject.REQUEST))
        .outerjoin(Incident, _is(Incident.id, ClockObject.INCIDENT))
        .where(RUNNING, sa.or_(near, _unclaimed()))
    )


def _unclaimed() -> sa.ColumnElement[bool]:
    return sa.and_(
        SubjectRequest.status == RequestStatus.RECEIVED, SubjectRequest.assignee_id.is_(None)
    )


def _is(key: sa.SQLColumnExpression[UUID], kind: ClockObject) -> sa.ColumnElement[bool]:
    return sa.and_(LegalClock.object_kind == kind, key == LegalClock.object_id)
