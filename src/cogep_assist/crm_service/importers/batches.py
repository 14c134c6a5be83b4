"""Run a batch: begin, try out, go through, go on after a stop.

What the journal knows of an origin already is left alone, by a later batch too: so a second run
writes nothing twice, and a resumed one goes on where the first stopped.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BatchStatus,
    ImportBatch,
    ImportRecord,
    PastSystem,
    RecordKind,
    RecordOutcome,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.erased_people import checked_reason, reason_details
from cogep_assist.crm_service.importers.desk import desk_for
from cogep_assist.crm_service.importers.journal import lock_batch
from cogep_assist.crm_service.importers.slices import Run, go_through

NOW = sa.func.clock_timestamp()


async def begin_batch(
    session: AsyncSession,
    principal: Principal,
    system: PastSystem,
    origin: str,
    source: str,
    mapping: Mapping[str, Any],
) -> ImportBatch:
    """Write a batch down before its first record. Raises AppError("role_not_allowed")."""
    principal.require(Act.IMPORT_CUSTOMERS)
    made = ImportBatch(
        id=uuid7(),
        system=system,
        origin=origin,
        source=source[:200],
        mapping=dict(mapping),
        created_by=principal.label,
    )
    session.add(made)
    await session.flush()
    details = {"system": system.value}
    await audit.record(session, principal, "import_started", "import_batch", made.id, details)
    await session.refresh(made)
    return made


async def readmits_erased(
    session: AsyncSession, principal: Principal, batch_id: UUID | None, reason: str | None
) -> bool:
    """Tell whether who was erased before comes in, and keep a reason with the batch.

    A batch that goes on keeps the exception that it began with. ``batch_id`` None: a trial.
    Raises AppError("role_not_allowed"|"readmission_without_reason"|"import_not_found").
    """
    words = checked_reason(principal, reason)
    if batch_id is None:
        return words is not None
    batch = await find_batch(session, principal, batch_id)
    if words is not None and words != batch.readmit_reason:
        batch.readmit_reason = words
        await audit.record(
            session,
            principal,
            "import_readmitted_erased",
            "import_batch",
            batch_id,
            reason_details(words),
        )
    return batch.readmit_reason is not None


async def find_batch(session: AsyncSession, principal: Principal, batch_id: UUID) -> ImportBatch:
    """Return a batch. Raises AppError("role_not_allowed"|"import_not_found")."""
    principal.require(Act.IMPORT_CUSTOMERS)
    found = await session.get(ImportBatch, batch_id, populate_existing=True)
    if found is None:
        raise AppError("import_not_found")
    return found


async def list_batches(
    session: AsyncSession, principal: Principal, *, limit: int
) -> Sequence[ImportBatch]:
    """Return the newest batches."""
    principal.require(Act.IMPORT_CUSTOMERS)
    statement = sa.select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def told_records(
    session: AsyncSession,
    principal: Principal,
    batch_id: UUID,
    *,
    after: tuple[RecordKind, str] | None = None,
    limit: int,
) -> Sequence[ImportRecord]:
    """Return the records of a batch that were refused or lost something, in a fixed order."""
    principal.require(Act.IMPORT_CUSTOMERS)
    place = sa.tuple_(ImportRecord.kind, ImportRecord.external_id)
    statement = (
        sa.select(ImportRecord)
        .where(
            ImportRecord.batch_id == batch_id,
            sa.or_(
                ImportRecord.outcome == RecordOutcome.REFUSED,
                sa.func.cardinality(ImportRecord.problems) > 0,
            ),
        )
        .order_by(ImportRecord.kind, ImportRecord.external_id)
        .limit(limit)
    )
    if after is not None:
        kind, external_id = after
        statement = statement.where(
            place > sa.tuple_(sa.literal(kind, ImportRecord.kind.type), external_id)
        )
    return (await session.scalars(statement)).all()


async def record_count(session: AsyncSession, principal: Principal, batch_id: UUID) -> int:
    """Return how many records of a batch the journal holds."""
    principal.require(Act.IMPORT_CUSTOMERS)
    statement = sa.select(sa.func.count()).where(ImportRecord.batch_id == batch_id)
    return int(await session.scalar(statement) or 0)


async def run_batch(run: Run) -> None:
    """Go through an export, or try that out.

    Raises AppError("import_unmapped") before anything is written, and "import_not_running",
    "import_map_invalid".
    """
    run.principal.require(Act.IMPORT_CUSTOMERS)
    if run.report.unmapped and run.batch_id is not None:
        raise AppError("import_unmapped", names="; ".join(run.report.unmapped[:10]))
    async with run.database.begin() as session:
        desk = await desk_for(session, run.mapping, writes=run.batch_id is not None)
    await go_through(run, desk)
    if run.batch_id is not None:
        async with run.database.begin() as session:
            await finish_batch(session, run.principal, run.batch_id)


async def finish_batch(session: AsyncSession, principal: Principal, batch_id: UUID) -> None:
    """Say that a batch went through all of its export. Raises AppError("import_not_running")."""
    batch = await lock_batch(session, batch_id)
    batch.status, batch.finished_at = BatchStatus.COMPLETED, NOW
    await session.flush()
    details = {name: int(count) for name, count in batch.counts.items()}
    await audit.record(session, principal, "import_finished", "import_batch", batch_id, details)
