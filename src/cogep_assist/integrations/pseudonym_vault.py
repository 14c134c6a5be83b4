"""Vaults in PostgreSQL: what the markers of a conversation stand for, sealed under its own key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import Database
from cogep_assist.core.models import PseudonymVault
from cogep_assist.core.pii.pseudonyms import Pseudonyms
from cogep_assist.core.sealing import seal, unseal

PURPOSE = "pseudonym-vault"
_NOW = sa.func.clock_timestamp()


class Vaults:
    """The vaults of this installation; each lasts for ``hours`` after it was last written to."""

    def __init__(self, database: Database, hours: int) -> None:
        self._database = database
        self._lasts = timedelta(hours=hours)

    @asynccontextmanager
    async def opened(self, conversation_id: UUID | None) -> AsyncIterator[Pseudonyms]:
        """Give the pseudonyms of a conversation, and keep what the block adds to them.

        Committed as the block ends, before anything leaves; two questions of one conversation
        wait for one another. Without a conversation they last as long as the request.
        """
        if conversation_id is None:
            yield Pseudonyms()
            return
        async with self._database.begin() as session:
            pseudonyms = await self._read(session, conversation_id)
            yield pseudonyms
            await session.execute(
                sa.update(PseudonymVault)
                .where(PseudonymVault.conversation_id == conversation_id)
                .values(
                    sealed=seal(PURPOSE, pseudonyms.dump(), str(conversation_id), own_key=True),
                    expires_at=_NOW + self._lasts,
                )
            )

    async def _read(self, session: AsyncSession, conversation_id: UUID) -> Pseudonyms:
        fresh = seal(PURPOSE, Pseudonyms().dump(), str(conversation_id), own_key=True)
        await session.execute(
            insert(PseudonymVault)
            .values(conversation_id=conversation_id, sealed=fresh, expires_at=_NOW + self._lasts)
            .on_conflict_do_nothing()
        )
        row = (
            await session.execute(
                sa.select(PseudonymVault.sealed, (PseudonymVault.expires_at > _NOW).label("live"))
                .where(PseudonymVault.conversation_id == conversation_id)
                .with_for_update()
            )
        ).one()
        if not row.live:
            # What the sweep has not come to yet is over all the same.
            return Pseudonyms()
        return Pseudonyms.load(unseal(PURPOSE, row.sealed, str(conversation_id), own_key=True))


async def sweep_vaults(session: AsyncSession) -> None:
    """Remove the vaults whose time is over."""
    await session.execute(sa.delete(PseudonymVault).where(PseudonymVault.expires_at <= _NOW))
