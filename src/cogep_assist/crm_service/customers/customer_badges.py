"""What stands beside customers in lists: open tickets, last contact, what they consented to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cogep_assist.core.models import (
    ConsentAct,
    ConsentEvent,
    Customer,
    CustomerRelation,
    HoldTarget,
    LegalHold,
    RelationKind,
    Ticket,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import may_see
from cogep_assist.crm_service.tickets.ticket_assignment import UNFINISHED


@dataclass(frozen=True, slots=True)
class CustomerBadges:
    """``granted`` and ``withdrawn``: purposes, by the last word on each.

    ``organization`` is where a person works; ``held``: a legal hold keeps the record as it is.
    """

    open_tickets: int = 0
    last_contact_at: datetime | None = None
    granted: int = 0
    withdrawn: int = 0
    organization: str | None = None
    held: bool = False


async def customer_badges(
    session: AsyncSession, principal: Principal, customer_ids: Sequence[UUID]
) -> dict[UUID, CustomerBadges]:
    """Return the badges of customers that were found visible, in one query.

    Tickets are counted as far as this person may see them.
    """
    principal.require(Act.SEE_EVERY_CUSTOMER)
    if not customer_ids:
        return {}
    mine = sa.and_(
        Ticket.customer_id == Customer.id, Ticket.merged_into_id.is_(None), may_see(principal)
    )
    unfinished = sa.select(sa.func.count()).where(mine, Ticket.status.in_(UNFINISHED))
    last = sa.select(sa.func.max(Ticket.last_entry_at)).where(mine)
    said = (
        sa.select(ConsentEvent.act)
        .ext(distinct_on(ConsentEvent.purpose_id))
        .where(ConsentEvent.customer_id == Customer.id)
        .order_by(ConsentEvent.purpose_id, ConsentEvent.sequence.desc())
        .correlate(Customer)
        .subquery()
    )
    granted = sa.select(sa.func.count()).where(said.c.act == ConsentAct.GRANTED)
    withdrawn = sa.select(sa.func.count()).where(said.c.act == ConsentAct.REVOKED)
    held = sa.exists().where(
        HoldTarget.hold_id == LegalHold.id,
        HoldTarget.kind == "customer",
        HoldTarget.key == sa.cast(Customer.id, sa.Text),
        LegalHold.released_at.is_(None),
    )
    rows = await session.execute(
        sa.select(
            Customer.id,
            unfinished.correlate(Customer).scalar_subquery(),
            last.correlate(Customer).scalar_subquery(),
            granted.scalar_subquery(),
            withdrawn.scalar_subquery(),
            _organization().correlate(Customer).scalar_subquery(),
            held.correlate(Customer),
        ).where(Customer.id.in_(customer_ids))
    )
    return {found: CustomerBadges(*told) for found, *told in rows}


def _organization() -> sa.Select[str]:
    """Select where the person of the outer query works; of several, the first that was said."""
    employer = aliased(Customer)
    return (
        sa.select(employer.name)
        .join(CustomerRelation, CustomerRelation.other_id == employer.id)
        .where(
            CustomerRelation.customer_id == Customer.id,
            CustomerRelation.kind == RelationKind.WORKS_AT,
            employer.removed_at.is_(None),
        )
        .order_by(CustomerRelation.created_at, CustomerRelation.id)
        .limit(1)
    )
