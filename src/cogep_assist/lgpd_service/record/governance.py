"""What a controller instructs (art. 39), which policies hold, who was trained (art. 50)."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import GovernanceKind, GovernanceRecord
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.record.governance_schemas import NewGovernance

NOW = sa.func.clock_timestamp()


async def record_governance(
    session: AsyncSession, principal: Principal, new: NewGovernance
) -> GovernanceRecord:
    """Put an instruction, a policy or a training on record.

    Raises AppError("role_not_allowed"|"request_invalid").
    """
    principal.require(Act.MANAGE_ROPA)
    _check(new)
    row = GovernanceRecord(**new.model_dump(), recorded_by=principal.label)
    session.add(row)
    await session.flush()
    await session.refresh(row)
    details = {"kind": row.kind.value}
    await audit.record(session, principal, "governance_recorded", "governance", row.id, details)
    return row


async def withdraw_governance(
    session: AsyncSession, principal: Principal, record_id: UUID
) -> GovernanceRecord:
    """Say that a record holds no longer; it is kept. Raises AppError("governance_not_found")."""
    principal.require(Act.MANAGE_ROPA)
    row = await session.get(GovernanceRecord, record_id, with_for_update=True)
    if row is None or row.withdrawn_at is not None:
        raise AppError("governance_not_found")
    row.withdrawn_by, row.withdrawn_at = principal.label, NOW
    await session.flush()
    await session.refresh(row)
    await audit.record(session, principal, "governance_withdrawn", "governance", row.id)
    return row


async def list_governance(
    session: AsyncSession, principal: Principal, *, withdrawn: bool = False
) -> Sequence[GovernanceRecord]:
    """Return what is on record, the newest first; ``withdrawn`` adds what holds no longer."""
    principal.require(Act.READ_ROPA)
    statement = sa.select(GovernanceRecord).order_by(
        GovernanceRecord.held_on.desc(), GovernanceRecord.id.desc()
    )
    if not withdrawn:
        statement = statement.where(GovernanceRecord.withdrawn_at.is_(None))
    return (await session.scalars(statement)).all()


async def require_instruction(session: AsyncSession, activity: str) -> None:
    """Refuse what an operator was not told to do (art. 39). Raises "instruction_missing"."""
    stands = sa.exists().where(
        GovernanceRecord.kind == GovernanceKind.INSTRUCTION,
        GovernanceRecord.activity == activity,
        GovernanceRecord.withdrawn_at.is_(None),
    )
    if not await session.scalar(sa.select(stands)):
        raise AppError("instruction_missing", activity=activity)


def _check(new: NewGovernance) -> None:
    if new.kind is GovernanceKind.INSTRUCTION and not new.activity:
        raise invalid_field("activity", "diga a atividade do registro que a instrução autoriza")
    if (new.kind is GovernanceKind.TRAINING) != (new.people is not None):
        raise invalid_field("people", "diga quantas pessoas, e só em um treinamento")
    if new.review_on is not None and new.review_on < new.held_on:
        raise invalid_field("review_on", "a revisão vem depois da data")
