"""Who is a child or an adolescent (art. 14): by the birth date, or by what was declared."""

import enum
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.consent import same_person
from cogep_assist.core.models import Customer, CustomerRelation, Guardian, RelationKind
from cogep_assist.lgpd_service.legal.legal_clocks import local_today

# A child is whoever has not completed 12 years, an adolescent whoever has not completed 18
# (Lei 8.069/1990, art. 2).
CHILD_UNTIL = 12
MINOR_UNTIL = 18


class Minority(enum.StrEnum):
    """Why somebody is treated as a minor."""

    CHILD = "child"
    ADOLESCENT = "adolescent"
    # No birth date, and somebody answers for them: what is not known is taken as the law's
    # stricter case.
    DECLARED = "declared"


# For these, one of the parents or the guardian consents (art. 14, par. 1).
GUARDED = frozenset({Minority.CHILD, Minority.DECLARED})
MINORITY_WORDS: Mapping[Minority, str] = {
    Minority.CHILD: "criança",
    Minority.ADOLESCENT: "adolescente",
    Minority.DECLARED: "tem responsável, sem data de nascimento",
}


async def minority_of(session: AsyncSession, customer: Customer, timezone: str) -> Minority | None:
    """Tell whether a customer is a minor today, in the installation's time zone."""
    if customer.birth_date is not None:
        age = age_on(customer.birth_date, await local_today(session, ZoneInfo(timezone)))
        if age < CHILD_UNTIL:
            return Minority.CHILD
        return Minority.ADOLESCENT if age < MINOR_UNTIL else None
    person = same_person(customer.id)
    declared = sa.or_(
        sa.exists().where(Guardian.customer_id.in_(person)),
        sa.exists().where(
            CustomerRelation.other_id == customer.id,
            CustomerRelation.kind == RelationKind.GUARDIAN_OF,
        ),
    )
    return Minority.DECLARED if await session.scalar(sa.select(declared)) else None


async def guardians_of(session: AsyncSession, customer_id: UUID) -> Sequence[Guardian]:
    """Return who is recorded as answering for a customer, whom the caller may see."""
    statement = sa.select(Guardian).where(Guardian.customer_id.in_(same_person(customer_id)))
    return (await session.scalars(statement.order_by(Guardian.id))).all()


def age_on(birth: date, day: date) -> int:
    """Return the completed years of age; a birthday of 29 February is 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
