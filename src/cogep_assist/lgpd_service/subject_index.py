"""In which stores a customer's data lie: what the simplified answer says at once (art. 19, I)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Base, Conversation, Customer, User
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY

_CUSTOMER: sa.FromClause = Customer.__table__


@dataclass(frozen=True, slots=True)
class Store:
    """A kind of record, in Portuguese, and how many of them are a person's."""

    title: str
    count: int


async def stores_of(session: AsyncSession, customer_id: UUID) -> list[Store]:
    """Return the stores that hold rows of a customer: whatever points to one, found in the models.

    A table that is added later is told of without anybody thinking of it.
    """
    found = [Store(REGISTRY["crm.customer"].title, 1)]
    for table, column in _references():
        rule = REGISTRY.get(table.fullname)
        if rule is None or not rule.exported:
            continue
        count = await session.scalar(
            sa.select(sa.func.count()).select_from(table).where(column == customer_id)
        )
        if count:
            found.append(Store(rule.title, count))
    asked = await session.scalar(
        sa.select(sa.func.count())
        .select_from(Conversation)
        .join(User, Conversation.owner == sa.func.concat("user:", User.id))
        .where(User.customer_id == customer_id)
    )
    if asked:
        found.append(Store(REGISTRY["ai.conversation"].title, asked))
    return found


def _references() -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is _CUSTOMER for key in column.foreign_keys):
                yield table, column
                break
