"""Imports whose job was given up: they say so, and do not go on running for ever."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.models import BackgroundJob, BackgroundStatus, CustomerImport, ImportStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_import import IMPORT

UNDER_WAY = (BackgroundStatus.PENDING, BackgroundStatus.PROCESSING)
GIVEN_UP = (BackgroundStatus.FAILED, BackgroundStatus.CANCELLED)


def imports_given_up() -> sa.Select[UUID]:
    """Select unfinished imports whose job failed for good, by an error, a crash or a person.

    One that a command line goes through has no job, and is not among them.
    """
    jobs = sa.exists().where(
        BackgroundJob.kind == IMPORT,
        BackgroundJob.subject == sa.cast(CustomerImport.id, sa.Text),
    )
    return sa.select(CustomerImport.id).where(
        CustomerImport.status.in_((ImportStatus.PENDING, ImportStatus.RUNNING)),
        jobs.where(BackgroundJob.status.in_(GIVEN_UP)),
        ~jobs.where(BackgroundJob.status.in_(UNDER_WAY)),
    )


async def fail_given_up(session: AsyncSession) -> int:
    """Mark such imports failed; what they wrote stays, and can be taken back. Return how many."""
    failed = await session.scalars(
        sa.update(CustomerImport)
        .where(CustomerImport.id.in_(imports_given_up()))
        .values(status=ImportStatus.FAILED, finished_at=sa.func.clock_timestamp())
        .returning(CustomerImport.id)
        .execution_options(synchronize_session=False)
    )
    ids = failed.all()
    for import_id in ids:
        await audit.record(session, SYSTEM, "customer_import_failed", "customer_import", import_id)
    return len(ids)
