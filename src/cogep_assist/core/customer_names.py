"""The names of the organisation's customers, as a detector that is kept fresh."""

import asyncio
import time
from datetime import datetime, timedelta

import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.models import Customer
from cogep_assist.core.models.crm_customers import CustomerKind
from cogep_assist.core.pii.known_names import KnownNames

FRESH_SECONDS = 30.0
# Names that are gone are hidden a while longer, which harms nobody; then all is read anew.
WHOLE_SECONDS = 3_600.0
_BATCH = 5_000


class CustomerNames:
    """Gives a detector of the customers who are persons.

    A name that was registered a moment ago is known after ``FRESH_SECONDS`` at the latest: what
    changed is read and joined to what is known.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._detector = KnownNames(())
        self._newest: datetime | None = None
        self._looked_at = self._read_at = float("-inf")
        self._looking = asyncio.Lock()

    async def detector(self) -> KnownNames:
        """Return the detector. Raises the database's errors: then nobody's names are known."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= FRESH_SECONDS:
                await self._refresh()
                self._looked_at = time.monotonic()
            return self._detector

    async def _refresh(self) -> None:
        whole = time.monotonic() - self._read_at >= WHOLE_SECONDS
        names, newest = await self._changed(None if whole else self._newest)
        if whole:
            self._detector = await asyncio.to_thread(KnownNames, names)
            self._read_at = time.monotonic()
        elif names:
            more = await asyncio.to_thread(KnownNames, names)
            self._detector = self._detector.joined(more)
        self._newest = newest or self._newest

    async def _changed(self, since: datetime | None) -> tuple[list[str], datetime | None]:
        """Return the names that changed at a moment or after it, and the newest change."""
        wanted = sa.select(Customer.name, Customer.social_name, Customer.updated_at).where(
            Customer.kind == CustomerKind.PERSON, Customer.removed_at.is_(None)
        )
        if since is not None:
            # A change may commit a little after one that was made later.
            wanted = wanted.where(Customer.updated_at > since - timedelta(seconds=FRESH_SECONDS))
        names: list[str] = []
        newest = since
        async with self._database.begin() as session:
            rows = await session.stream(wanted.execution_options(yield_per=_BATCH))
            async for row in rows:
                names += [name for name in (row.name, row.social_name) if name]
                newest = max(newest or row.updated_at, row.updated_at)
        return names, newest
