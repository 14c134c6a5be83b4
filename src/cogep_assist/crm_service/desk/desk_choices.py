"""What a person at the desk may choose from: queues, colleagues, macros, texts, in one query."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_absence import is_away
from cogep_assist.core.models import Macro, ReplyTemplate, TicketQueue, User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import visible_queues
from cogep_assist.crm_service.tickets.ticket_assignment import ATTENDING

MOST_OF_A_KIND = 300
# An absence ends with the first moment after its last day.
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something by name. ``away_until``: a colleague is away, to that day's end."""

    id: UUID
    name: str
    away_until: datetime | None = None


@dataclass(slots=True)
class DeskChoices:
    """Each list by name."""

    queues: list[Choice] = field(default_factory=list)
    people: list[Choice] = field(default_factory=list)
    macros: list[Choice] = field(default_factory=list)
    templates: list[Choice] = field(default_factory=list)


async def desk_choices(session: AsyncSession, principal: Principal) -> DeskChoices:
    """Return what may be chosen. Raises AppError("role_not_allowed")."""
    principal.require(Act.WORK_TICKETS)
    people = sa.and_(User.disabled_at.is_(None), User.role.in_(ATTENDING))
    queues = sa.and_(
        TicketQueue.archived_at.is_(None), TicketQueue.id.in_(visible_queues(principal))
    )
    parts = sa.union_all(
        _named("queues", TicketQueue, queues),
        _named("people", User, people, sa.case((is_away(), User.away_until - _MOMENT))),
        _named("macros", Macro, sa.true()),
        _named("templates", ReplyTemplate, sa.true()),
    ).subquery()
    found = DeskChoices()
    for row in await session.execute(sa.select(parts).order_by(sa.func.lower(parts.c.name))):
        getattr(found, row.kind).append(Choice(row.id, row.name, row.away_until))
    return found


def _named(
    kind: str,
    model: Any,
    condition: sa.ColumnElement[bool],
    away_until: sa.ColumnElement[datetime | None] | None = None,
) -> sa.Select[Any]:
    if away_until is None:
        away_until = sa.cast(sa.null(), sa.DateTime(timezone=True))
    return (
        sa.select(
            sa.literal(kind).label("kind"),
            model.id.label("id"),
            model.name.label("name"),
            away_until.label("away_until"),
        )
        .where(condition)
        .order_by(model.name)
        .limit(MOST_OF_A_KIND)
    )
