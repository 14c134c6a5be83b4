"""Whether somebody's consent to a purpose stands: asked when something is done, not only before.

Any job whose legal basis is consent asks here in the transaction in which it acts. A revocation
that is committed before that stops it, however long ago the job was queued.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    ConsentAct,
    ConsentEvent,
    ConsentPurpose,
    Customer,
    PurposeVersion,
)


async def consent_stands(session: AsyncSession, customer_id: UUID, purpose: str) -> bool:
    """Tell whether a customer's last word on a purpose is yes, to words that still hold.

    What was said under another record of the same person, merged since, is said by them too. A
    grant falls with the first later version that asks for renewal (art. 8, par. 6), and with the
    purpose itself.
    """
    last = (
        sa.select(ConsentEvent.act, ConsentEvent.version_id, ConsentEvent.purpose_id)
        .join(ConsentPurpose, ConsentPurpose.id == ConsentEvent.purpose_id)
        .where(
            ConsentPurpose.key == purpose,
            ConsentPurpose.archived_at.is_(None),
            ConsentEvent.customer_id.in_(same_person(customer_id)),
        )
        .order_by(ConsentEvent.sequence.desc())
        .limit(1)
        .subquery()
    )
    granted = sa.orm.aliased(PurposeVersion)
    renewed = sa.exists().where(
        PurposeVersion.purpose_id == last.c.purpose_id,
        PurposeVersion.version > granted.version,
        PurposeVersion.renewal,
    )
    found: bool | None = await session.scalar(
        sa.select(sa.and_(last.c.act == ConsentAct.GRANTED, ~renewed)).join(
            granted, granted.id == last.c.version_id
        )
    )
    return bool(found)


def same_person(customer_id: UUID) -> sa.Select[UUID]:
    """Select the ids of every record of a person: those merged into one, and the one they are."""
    chain = (
        sa.select(Customer.id, Customer.merged_into_id)
        .where(Customer.id == customer_id)
        .cte("chain", recursive=True)
    )
    upwards = sa.select(Customer.id, Customer.merged_into_id).where(
        Customer.id == chain.c.merged_into_id
    )
    chain = chain.union(upwards)
    family = sa.select(chain.c.id).cte("family", recursive=True)
    family = family.union(sa.select(Customer.id).where(Customer.merged_into_id == family.c.id))
    # A customer who was erased has no row any more, and what they said still holds.
    return sa.select(family.c.id).union(sa.select(sa.literal(customer_id)))  # type: ignore[return-value]
