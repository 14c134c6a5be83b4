"""The journal of batches: what of an origin came over already, and what a batch made.

A slice holds the origin's lock to its commit: two batches of one origin, or two that resume one,
take turns, and each sees what the other wrote.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BatchStatus,
    Customer,
    ImportBatch,
    ImportRecord,
    RecordKind,
    RecordOutcome,
)
from cogep_assist.crm_service.importers.report import Report


async def lock_batch(
    session: AsyncSession, batch_id: UUID, *, standing: BatchStatus = BatchStatus.RUNNING
) -> ImportBatch:
    """Return a batch that is the caller's until the commit.

    Raises AppError("import_not_found"|"import_not_running").
    """
    batch = await session.get(ImportBatch, batch_id, populate_existing=True)
    if batch is None:
        raise AppError("import_not_found")
    key = sa.func.hashtextextended(f"import:{batch.origin}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    await session.refresh(batch, with_for_update=True)
    if batch.status is not standing:
        raise AppError("import_not_running")
    return batch


async def known_records(
    session: AsyncSession, origin: str, kind: RecordKind, keys: Sequence[str]
) -> set[str]:
    """Return which of some records came over before; what was refused is looked at anew."""
    rows = await session.scalars(
        _records(origin, kind)
        .with_only_columns(ImportRecord.external_id)
        .where(ImportRecord.external_id.in_(keys))
    )
    return set(rows)


async def customers_by_key(
    session: AsyncSession, origin: str, keys: Iterable[str]
) -> dict[str, UUID | None]:
    """Return whom of ours the people of some keys are; None for one who is there no more."""
    rows = await session.execute(
        _records(origin, RecordKind.CUSTOMER)
        .with_only_columns(ImportRecord.external_id, Customer.id, Customer.merged_into_id)
        .outerjoin(
            Customer,
            sa.and_(
                Customer.id == ImportRecord.customer_id,
                sa.or_(Customer.removed_at.is_(None), Customer.merged_into_id.is_not(None)),
            ),
        )
        .where(ImportRecord.external_id.in_(set(keys)))
    )
    return {row.external_id: row.merged_into_id or row.id for row in rows}


async def note_records(
    session: AsyncSession,
    batch: ImportBatch,
    kind: RecordKind,
    rows: Sequence[dict[str, Any]],
    counted: Report,
) -> None:
    """Write what became of some records, in place of an earlier refusal, and count them."""
    if rows:
        await session.execute(
            sa.delete(ImportRecord).where(
                ImportRecord.batch_id == batch.id,
                ImportRecord.kind == kind,
                ImportRecord.outcome == RecordOutcome.REFUSED,
                ImportRecord.external_id.in_([row["external_id"] for row in rows]),
            )
        )
        whose = {"batch_id": batch.id, "kind": kind}
        await session.execute(sa.insert(ImportRecord), [{**whose, **row} for row in rows])
    batch.counts = dict(Counter(batch.counts) + counted.counts)
    await session.flush()


def _records(origin: str, kind: RecordKind) -> sa.Select[Any]:
    return (
        sa.select(ImportRecord)
        .join(ImportBatch, ImportBatch.id == ImportRecord.batch_id)
        .where(
            ImportBatch.origin == origin,
            ImportRecord.kind == kind,
            ImportRecord.outcome != RecordOutcome.REFUSED,
        )
    )
