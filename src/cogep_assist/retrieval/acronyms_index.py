"""The acronyms that passages explain, written in the transaction that makes them visible."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import AcronymUse
from cogep_assist.retrieval.acronyms import Acronym

Mined = Sequence[tuple[UUID, Acronym]]


async def add_acronyms(session: AsyncSession, collection_id: UUID, mined: Mined) -> None:
    """Write which passage explains which acronym; the passages' rows are there already."""
    rows = [
        {
            "chunk_id": chunk_id,
            "short_key": acronym.short_key,
            "long_key": acronym.long_key,
            "collection_id": collection_id,
            "short": acronym.short,
            "long": acronym.long,
        }
        for chunk_id, acronym in mined
    ]
    if rows:
        await session.execute(sa.insert(AcronymUse), rows)
