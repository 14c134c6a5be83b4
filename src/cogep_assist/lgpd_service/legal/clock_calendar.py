"""The encarregado's clocks as a calendar holds them: number and kind, never whose request it is."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.icalendar import Deadline
from cogep_assist.core.models import (
    ClockObject,
    DeadlineRule,
    Incident,
    LegalClock,
    SubjectRequest,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.legal_clocks import RUNNING

MOST_CLOCKS = 1000
WORDS = {
    ClockObject.REQUEST: ("pedido", "/protecao-de-dados/pedidos"),
    ClockObject.INCIDENT: ("incidente", "/protecao-de-dados/incidentes"),
}


async def running_clocks(
    session: AsyncSession, principal: Principal, base: str
) -> Sequence[Deadline]:
    """Return the clocks that run, the nearest end first. ``base``: where links begin."""
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    number = sa.func.coalesce(SubjectRequest.protocol, Incident.number)
    rows = await session.execute(
        sa.select(LegalClock, DeadlineRule.name, number)
        .join(DeadlineRule, DeadlineRule.key == LegalClock.rule_key)
        .outerjoin(SubjectRequest, _is(SubjectRequest.id, ClockObject.REQUEST))
        .outerjoin(Incident, _is(Incident.id, ClockObject.INCIDENT))
        .where(RUNNING)
        .order_by(LegalClock.due_at, LegalClock.id)
        .limit(MOST_CLOCKS)
    )
    return [_deadline(clock, name, number, base) for clock, name, number in rows]


def _is(key: sa.SQLColumnExpression[UUID], kind: ClockObject) -> sa.ColumnElement[bool]:
    return sa.and_(LegalClock.object_kind == kind, key == LegalClock.object_id)


def _deadline(clock: LegalClock, name: str, number: str, base: str) -> Deadline:
    what, place = WORDS[clock.object_kind]
    return Deadline(
        uid=f"{clock.id}@cogep-assist",
        summary=f"{name}: {what} {number}",
        # A legal term ends with its day.
        due=clock.due_on,
        changed_at=clock.created_at,
        url=f"{base}{place}/{clock.object_id}",
    )
