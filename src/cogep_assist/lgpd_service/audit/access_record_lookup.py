"""Read records of accesses, for a reason that is written down; orders that keep them longer."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_records import Access, open_record, token
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import AccessRecord, PreservationOrder
from cogep_assist.core.principal import Act, Principal


class LookupReason(enum.StrEnum):
    """Why records may be read (Lei 12.965/2014, arts. 10, 15 and 22)."""

    COURT_ORDER = "court_order"
    AUTHORITY_REQUEST = "authority_request"
    SECURITY_INCIDENT = "security_incident"
    DATA_SUBJECT_REQUEST = "data_subject_request"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records: of a user ("user:<id>"), of an address, or both; within a period."""

    since: datetime
    until: datetime
    user: str | None = None
    ip: str | None = None


async def look_up(
    session: AsyncSession,
    principal: Principal,
    scope: Scope,
    reason: LookupReason,
    reference: str,
    limit: int,
) -> Sequence[Access]:
    """Return accesses, newest first; the look-up itself becomes an act of the audit.

    ``reference`` is the number of the order or process. Raises AppError("role_not_allowed"|
    "access_scope_missing").
    """
    principal.require(Act.READ_ACCESS_RECORDS)
    if scope.user is None and scope.ip is None:
        raise AppError("access_scope_missing")
    conditions = [
        AccessRecord.accessed_at >= scope.since,
        AccessRecord.accessed_at < scope.until,
    ]
    if scope.user is not None:
        conditions.append(AccessRecord.user_token == token("user", scope.user))
    if scope.ip is not None:
        conditions.append(AccessRecord.ip_token == token("ip", scope.ip))
    found = await session.scalars(
        sa.select(AccessRecord)
        .where(*conditions)
        .order_by(AccessRecord.accessed_at.desc(), AccessRecord.id)
        .limit(limit)
    )
    accesses = [open_record(record) for record in found]
    details = {"reason": reason.value, "reference": reference, "records": len(accesses)}
    await audit.record(session, principal, "access_records_read", "access_record", "-", details)
    return accesses


async def preserve(
    session: AsyncSession, principal: Principal, scope: Scope, authority: str, reference: str
) -> PreservationOrder:
    """Keep records beyond their term until the order ends. Raises AppError("role_not_allowed")."""
    principal.require(Act.READ_ACCESS_RECORDS)
    if scope.until <= scope.since:
        raise AppError("period_backwards")
    order = PreservationOrder(
        authority=authority,
        reference=reference,
        covers_at=scope.since,
        covers_until=scope.until,
        user_token=token("user", scope.user) if scope.user else None,
        ip_token=token("ip", scope.ip) if scope.ip else None,
        made_by=principal.label,
    )
    session.add(order)
    await session.flush()
    await session.refresh(order)
    details = {"reference": reference}
    await audit.record(
        session, principal, "preservation_ordered", "preservation_order", order.id, details
    )
    return order


async def list_orders(session: AsyncSession, principal: Principal) -> Sequence[PreservationOrder]:
    """Return every order, newest first. Raises AppError("role_not_allowed")."""
    principal.require(Act.READ_ACCESS_RECORDS)
    found = await session.scalars(
        sa.select(PreservationOrder).order_by(PreservationOrder.id.desc())
    )
    return found.all()


async def end_order(
    session: AsyncSession, principal: Principal, order_id: UUID
) -> PreservationOrder:
    """End an order: what is past its term goes with the next sweep.

    Raises AppError("role_not_allowed"|"preservation_order_not_found").
    """
    principal.require(Act.READ_ACCESS_RECORDS)
    order = await session.get(PreservationOrder, order_id, with_for_update=True)
    if order is None:
        raise AppError("preservation_order_not_found")
    if order.ended_at is None:
        order.ended_by = principal.label
        order.ended_at = await session.scalar(sa.text("SELECT clock_timestamp()"))
        await session.flush()
        await audit.record(session, principal, "preservation_ended", "preservation_order", order.id)
    return order
