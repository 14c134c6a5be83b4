"""In which stores a customer's data lie: what the simplified answer says at once (art. 19, I)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.lgpd_service.export.export_sharing import accesses_by_day
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from cogep_assist.lgpd_service.subject_data.owned_rows import own_rows
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY


@dataclass(frozen=True, slots=True)
class Store:
    """A kind of record, in Portuguese, and how many of them are a person's."""

    title: str
    count: int


async def stores_of(session: AsyncSession, customer_id: UUID) -> list[Store]:
    """Return the stores that hold rows of a person: those of the copy, by the same inventory.

    Records of accesses are told as well, which the copy only counts. What other people's texts say
    of the person is looked for by the complete answer alone: this one is given at once.
    """
    subject = await subject_of_customer(session, customer_id)
    rows = await own_rows(session, subject)
    found = [Store(one.rule.title, one.count) for one in rows if one.rule.exported]
    accesses = sum(day["records"] for day in await accesses_by_day(session, subject.actors))
    if accesses:
        found.append(Store(REGISTRY["lgpd.access_record"].title, accesses))
    return found
