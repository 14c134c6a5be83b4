"""Take a batch back, whatever is in it; what removes documents is handed in."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import ImportBatch, ImportRecord, PastSystem, RecordOutcome
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.importers.rollback import (
    TakenBack,
    end_rollback,
    lock_to_roll_back,
    refuse_edited,
    roll_back_batch,
)

COLLECTION = "collection"
OF_DOCUMENTS = frozenset({PastSystem.FOLDER, PastSystem.SITEMAP})


class TakeBack(Protocol):
    """Remove documents by their source keys; say how many went and which were changed."""

    async def __call__(
        self,
        session: AsyncSession,
        principal: Principal,
        collection: str,
        keys: Sequence[str],
        *,
        keep_changed: bool,
    ) -> tuple[int, list[str]]: ...


async def roll_back_any(
    session: AsyncSession,
    principal: Principal,
    batch_id: UUID,
    take_back: TakeBack,
    *,
    keep_edited: bool = False,
) -> TakenBack:
    """Undo a batch of customers and tickets, or of documents. Raises as ``roll_back_batch``."""
    principal.require(Act.IMPORT_CUSTOMERS)
    system = await session.scalar(sa.select(ImportBatch.system).where(ImportBatch.id == batch_id))
    if system not in OF_DOCUMENTS:
        return await roll_back_batch(session, principal, batch_id, keep_edited=keep_edited)
    batch = await lock_to_roll_back(session, principal, batch_id)
    rows = await session.scalars(
        sa.select(ImportRecord.external_id).where(
            ImportRecord.batch_id == batch_id, ImportRecord.outcome == RecordOutcome.CREATED
        )
    )
    removed, changed = await take_back(
        session, principal, str(batch.mapping[COLLECTION]), rows.all(), keep_changed=keep_edited
    )
    kept = [{"kind": "document", "id": "", "name": title} for title in changed]
    refuse_edited(kept, keep=keep_edited)
    await session.execute(sa.delete(ImportRecord).where(ImportRecord.batch_id == batch_id))
    taken = TakenBack(0, 0, kept, removed)
    await end_rollback(session, principal, batch, taken)
    return taken
