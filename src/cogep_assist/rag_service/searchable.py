"""Which collections a question may look into."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access import visible_collections
from cogep_assist.core.collection_name import known_collection_name
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, Visibility
from cogep_assist.core.principal import Principal


async def searchable_collections(
    session: AsyncSession,
    principal: Principal,
    name: str | None,
    visibility: Visibility | None = None,
) -> Sequence[UUID]:
    """Return the collection of a name, or all lasting ones that somebody may see.

    With a visibility, only those of it. A temporary collection, such as an evaluation's, is
    looked into only by its name.
    Raises AppError("collection_not_found").
    """
    statement = sa.select(Collection.id).where(Collection.id.in_(visible_collections(principal)))
    if visibility is not None:
        statement = statement.where(Collection.visibility == visibility)
    if name is None:
        statement = statement.where(Collection.expires_at.is_(None))
        return (await session.scalars(statement)).all()
    found = await session.scalar(statement.where(Collection.name == known_collection_name(name)))
    if found is None:
        raise AppError("collection_not_found", name=name)
    return [found]
