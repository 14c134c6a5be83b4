"""Lists of requests: the encarregado's inbox, the most pressing first; one's own, the newest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    ClockObject,
    LegalClock,
    RequestStatus,
    SubjectRequest,
    SubjectRight,
)
from cogep_assist.core.principal import Principal
from cogep_assist.lgpd_service.legal.legal_clocks import RUNNING, clocks_of
from cogep_assist.lgpd_service.requests.request_access import sees_request

NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What is listed; everything where nothing is said. ``late``: a term of it is over."""

    statuses: Sequence[RequestStatus] = field(default_factory=tuple)
    rights: Sequence[SubjectRight] = field(default_factory=tuple)
    assignee_id: UUID | None = None
    customer_id: UUID | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """A request and its clocks."""

    request: SubjectRequest
    clocks: list[LegalClock]


async def list_requests(
    session: AsyncSession,
    principal: Principal,
    asked: RequestFilter,
    *,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[list[ListedRequest], UUID | None]:
    """Return a page of the requests that somebody may see, newest first, and where it goes on."""
    statement = (
        sa.select(SubjectRequest)
        .where(sees_request(principal), *_conditions(asked))
        .order_by(SubjectRequest.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(SubjectRequest.id < after)
    rows = (await session.scalars(statement)).all()
    return await _with_clocks(session, rows[:limit]), rows[limit - 1].id if rows[limit:] else None


async def pressing_requests(
    session: AsyncSession, principal: Principal, limit: int = 100
) -> list[ListedRequest]:
    """Return the requests whose terms run, the first to end first."""
    due = (
        sa.select(LegalClock.object_id, sa.func.min(LegalClock.due_at).label("due_at"))
        .where(LegalClock.object_kind == ClockObject.REQUEST, RUNNING)
        .group_by(LegalClock.object_id)
        .subquery()
    )
    statement = (
        sa.select(SubjectRequest)
        .join(due, due.c.object_id == SubjectRequest.id)
        .where(sees_request(principal))
        .order_by(due.c.due_at, SubjectRequest.id)
        .limit(limit)
    )
    return await _with_clocks(session, (await session.scalars(statement)).all())


def _conditions(asked: RequestFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if asked.statuses:
        conditions.append(SubjectRequest.status.in_(asked.statuses))
    if asked.rights:
        conditions.append(SubjectRequest.right.in_(asked.rights))
    if asked.assignee_id is not None:
        conditions.append(SubjectRequest.assignee_id == asked.assignee_id)
    if asked.customer_id is not None:
        conditions.append(SubjectRequest.customer_id == asked.customer_id)
    if asked.late:
        late = sa.exists().where(
            LegalClock.object_kind == ClockObject.REQUEST,
            LegalClock.object_id == SubjectRequest.id,
            LegalClock.due_at <= NOW,
            RUNNING,
        )
        conditions.append(late)
    return conditions


async def _with_clocks(
    session: AsyncSession, rows: Sequence[SubjectRequest]
) -> list[ListedRequest]:
    clocks = await clocks_of(session, ClockObject.REQUEST, [row.id for row in rows])
    return [ListedRequest(row, clocks[row.id]) for row in rows]
