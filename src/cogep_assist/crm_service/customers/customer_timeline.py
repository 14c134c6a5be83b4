"""Everything that happened with a customer, newest first; any room notes its own events."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.models import CustomerEvent
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_labels import EVENT_KINDS
from cogep_assist.crm_service.customers.customer_schemas import EventReply


async def note_event(
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    kind: str,
    *,
    object_type: str | None = None,
    object_id: UUID | str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one event, in the act's transaction.

    ``details`` are names of fields, ids and counts, never the values of fields. ``kind``
    has its words in ``customer_labels.EVENT_KINDS``.
    """
    await session.execute(
        sa.insert(CustomerEvent).values(
            event_row(principal, customer_id, kind, object_type, object_id, details)
        )
    )


def event_row(
    principal: Principal,
    customer_id: UUID,
    kind: str,
    object_type: str | None = None,
    object_id: UUID | str | None = None,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build an event's row, for those who write many at once."""
    return {
        "id": uuid7(),
        "customer_id": customer_id,
        "kind": kind,
        "object_type": object_type,
        "object_id": None if object_id is None else str(object_id),
        "details": dict(details or {}),
        "actor": principal.label,
    }


async def list_events(
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    *,
    limit: int,
    before: UUID | None,
) -> tuple[list[EventReply], UUID | None]:
    """Return events of a customer that was found visible, and where the list goes on."""
    principal.require(Act.SEE_EVERY_CUSTOMER)
    statement = (
        sa.select(CustomerEvent)
        .where(CustomerEvent.customer_id == customer_id)
        .order_by(CustomerEvent.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        statement = statement.where(CustomerEvent.id < before)
    rows: Sequence[CustomerEvent] = (await session.scalars(statement)).all()
    more = rows[limit - 1].id if len(rows) > limit else None
    return [_reply(row) for row in rows[:limit]], more


def _reply(row: CustomerEvent) -> EventReply:
    return EventReply(
        id=row.id,
        kind=row.kind,
        label=EVENT_KINDS.get(row.kind, row.kind),
        object_type=row.object_type,
        object_id=row.object_id,
        details=row.details,
        actor=row.actor,
        occurred_at=row.occurred_at,
    )
