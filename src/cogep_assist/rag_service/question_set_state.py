"""Where the measurement stands that was asked for: waiting, running, or failed and why."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import BackgroundJob, BackgroundStatus, EvaluationRun
from cogep_assist.rag_service.question_set_schemas import MeasurementReply, MeasurementStatus

EVALUATE = "evaluate_questions"
_STATUSES = {
    BackgroundStatus.PENDING: MeasurementStatus.WAITING,
    BackgroundStatus.PROCESSING: MeasurementStatus.RUNNING,
    BackgroundStatus.FAILED: MeasurementStatus.FAILED,
}


async def measurement_of(session: AsyncSession, set_id: UUID) -> MeasurementReply | None:
    """Return how the last measurement stands that a worker was asked for; None where it is done.

    One that waits after a failure says what that was: it will be tried again. A failure is past
    once the set was measured all the same, from the command line too.
    """
    found = (
        await session.execute(
            sa.select(
                BackgroundJob.status,
                BackgroundJob.error_code,
                BackgroundJob.error_details,
                BackgroundJob.failures,
                _overcome(),
            )
            .where(BackgroundJob.kind == EVALUATE, BackgroundJob.subject == str(set_id))
            .order_by(BackgroundJob.sequence.desc())
            .limit(1)
        )
    ).one_or_none()
    if found is None or found.status not in _STATUSES or found.overcome:
        return None
    status = _STATUSES[found.status]
    failed = status is MeasurementStatus.FAILED or found.failures > 0
    problem = AppError(found.error_code or "unexpected", **(found.error_details or {}))
    return MeasurementReply(
        status=status,
        code=problem.code if failed else None,
        message=problem.message if failed else None,
    )


async def failed_sets(session: AsyncSession, set_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these sets could not be measured the last time."""
    subjects = [str(set_id) for set_id in set_ids]
    last = (
        sa.select(BackgroundJob.subject, BackgroundJob.status, _overcome())
        .where(BackgroundJob.kind == EVALUATE, BackgroundJob.subject.in_(subjects))
        .order_by(BackgroundJob.subject, BackgroundJob.sequence.desc())
        .ext(distinct_on(BackgroundJob.subject))
    )
    return {
        UUID(row.subject)
        for row in await session.execute(last)
        if row.status is BackgroundStatus.FAILED and not row.overcome
    }


def _overcome() -> sa.Label[bool]:
    later = sa.exists().where(
        sa.cast(EvaluationRun.set_id, sa.Text) == BackgroundJob.subject,
        EvaluationRun.created_at > BackgroundJob.finished_at,
    )
    return sa.and_(BackgroundJob.status == BackgroundStatus.FAILED, later).label("overcome")
