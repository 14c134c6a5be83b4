"""Chain the audit within a second of each act: one sealer at a time, whichever worker that is."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks
from cogep_assist.core.audit_chain import BATCH, Seal, chain_end, seal_waiting
from cogep_assist.core.audit_checkpoints import keep_checkpoint, newest_checkpoint, set_aside
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import AUDIT_PENDING, AuditSeal
from cogep_assist.worker_service.reaper import takes_lock

SEAL_EVERY_SECONDS = 0.5
log = get_logger(__name__)


class Sealer:
    """Seal what waits, and keep each new end of the chain in the data folder."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database = database
        self._data_dir = data_dir
        self._known = newest_checkpoint(data_dir)

    async def run(self) -> None:
        """Seal twice a second, for ever."""
        while True:
            await asyncio.sleep(SEAL_EVERY_SECONDS)
            try:
                await self.seal_all()
            except (DBAPIError, psycopg.Error, OSError) as error:
                log.warning("sealer_missed", error=type(error).__name__)

    async def seal_all(self) -> None:
        """Seal everything that waits now; nothing is made while another worker seals.

        A link that is not full took all there was. What came while it was made waits for the next
        time: each link costs two waits for the disk, in which nobody's commit goes on.
        """
        while (seal := await self.seal_some(BATCH)) is not None and seal.taken == BATCH:
            pass

    async def newest(self) -> dict[str, Any]:
        """Seal what waits and return the chain's end as a signed document.

        Raises AppError("audit_empty") before the first act.
        """
        await self.seal_all()
        async with self._database.begin() as session:
            await self._compare(session)
            end = await chain_end(session)
        if end is None:
            raise AppError("audit_empty")
        return await self._keep(end)

    async def seal_some(self, most: int) -> Seal | None:
        """Make one link of at most so many acts; None where none waits."""
        async with self._database.begin() as session:
            waiting = await session.scalar(sa.select(sa.exists().select_from(AUDIT_PENDING)))
            if not waiting or not await takes_lock(session, advisory_locks.SEALER):
                return None
            await self._compare(session)
            seal = await seal_waiting(session, most)
        if seal is not None:
            # After the commit: a checkpoint must never know more than the database.
            await self._keep(seal)
            if seal.refused:
                log.error("audit_rows_refused", link=seal.number, rows=len(seal.refused))
        return seal

    async def _keep(self, seal: Seal) -> dict[str, Any]:
        self._known = seal.checkpoint()
        await asyncio.to_thread(keep_checkpoint, self._data_dir, self._known)
        return self._known

    async def _compare(self, session: AsyncSession) -> None:
        """Set the folder's checkpoint aside where the chain does not hold it any more."""
        if self._known is None:
            return
        number = self._known.get("number")
        header = sa.select(AuditSeal.position, AuditSeal.body).where(AuditSeal.number == number)
        found = (await session.execute(header)).first() if isinstance(number, int) else None
        told = (self._known.get("position"), self._known.get("body"))
        if found is None or (found.position, found.body.hex()) != told:
            log.error("audit_chain_contradicts_checkpoint", link=number)
            await asyncio.to_thread(set_aside, self._data_dir, self._known)
            self._known = None
