"""The least that a set's figures may come to, and which of them a measurement missed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.evaluation_gate import Miss, Threshold, missed
from cogep_assist.rag_service.question_set_schemas import Figure
from cogep_assist.rag_service.question_sets import held_set

# Of which less is better: the bound is the most that it may be.
FEWER_IS_BETTER = frozenset({"answers.false_abstention"})


async def set_gate(
    session: AsyncSession, principal: Principal, set_id: UUID, gate: Mapping[Figure, float]
) -> None:
    """Say what each figure must reach, from 0 to 1; a figure that is not named is not judged.

    Raises AppError("role_not_allowed"|"question_set_not_found").
    """
    principal.require(Act.MANAGE_EVALUATIONS)
    held = await held_set(session, principal, set_id)
    held.gate = dict(gate.items())
    details = {"figures": len(gate)}
    await audit.record(session, principal, "question_set_gated", "question_set", set_id, details)


def missed_of(gate: Mapping[str, float], figures: Mapping[str, Any]) -> list[Miss]:
    """Return the bounds that a measurement missed; what it did not measure is missed too."""
    thresholds = [
        Threshold(name, most=bound) if name in FEWER_IS_BETTER else Threshold(name, least=bound)
        for name, bound in gate.items()
    ]
    return missed(figures, thresholds)
