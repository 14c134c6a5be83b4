"""Where the measurement stands that was asked for: waiting, running, or failed and why."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import BackgroundJob, BackgroundStatus
from cogep_assist.rag_service.question_set_schemas import MeasurementReply, MeasurementStatus

EVALUATE = "evaluate_questions"
_STATUSES = {
    BackgroundStatus.PENDING: MeasurementStatus.WAITING,
    BackgroundStatus.PROCESSING: MeasurementStatus.RUNNING,
    BackgroundStatus.FAILED: MeasurementStatus.FAILED,
}


async def measurement_of(session: AsyncSession, set_id: UUID) -> MeasurementReply | None:
    """Return how the last measurement stands that a worker was asked for; None where it is done.

    One that waits after a failure says what that was: it will be tried again.
    """
    found = (
        await session.execute(
            sa.select(
                BackgroundJob.status,
                BackgroundJob.error_code,
                BackgroundJob.error_details,
                BackgroundJob.failures,
            )
            .where(BackgroundJob.kind == EVALUATE, BackgroundJob.subject == str(set_id))
            .order_by(BackgroundJob.sequence.desc())
            .limit(1)
        )
    ).one_or_none()
    if found is None or found.status not in _STATUSES:
        return None
    status = _STATUSES[found.status]
    failed = status is MeasurementStatus.FAILED or found.failures > 0
    problem = AppError(found.error_code or "unexpected", **(found.error_details or {}))
    return MeasurementReply(
        status=status,
        code=problem.code if failed else None,
        message=problem.message if failed else None,
    )
