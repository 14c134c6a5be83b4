"""The names of the organisation's customers, as a detector that is kept fresh."""

import asyncio
import time

import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.models import Customer
from cogep_assist.core.models.crm_customers import CustomerKind
from cogep_assist.core.pii.known_names import KnownNames

FRESH_SECONDS = 30.0
_BATCH = 5_000


class CustomerNames:
    """Gives a detector of the customers who are persons; made anew when a customer changed.

    A name that was registered a moment ago is known after ``FRESH_SECONDS`` at the latest.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._detector = KnownNames(())
        self._seen: object = None
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def detector(self) -> KnownNames:
        """Return the detector. Raises the database's errors: then nobody's names are known."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= FRESH_SECONDS:
                await self._refresh()
                self._looked_at = time.monotonic()
            return self._detector

    async def _refresh(self) -> None:
        async with self._database.begin() as session:
            changes = await session.execute(
                sa.select(sa.func.count(), sa.func.max(Customer.updated_at)).select_from(Customer)
            )
            seen = tuple(changes.one())
            if seen == self._seen:
                return
            rows = await session.stream(
                sa.select(Customer.name, Customer.social_name)
                .where(Customer.kind == CustomerKind.PERSON, Customer.removed_at.is_(None))
                .execution_options(yield_per=_BATCH)
            )
            names = [name async for row in rows for name in row if name]
        self._detector = await asyncio.to_thread(KnownNames, names)
        self._seen = seen
