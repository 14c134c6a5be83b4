"""The dossier of what the assistant decides about a person without a person (art. 20).

Called where such a thing happens, in its transaction. What an agent takes over from a suggestion is
the agent's own decision, and is not recorded here.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.models import AutomatedDecision, DecisionKind
from cogep_assist.core.principal import SYSTEM


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, about whom, from what, by which rule or model, and with which effect.

    ``basis`` is what was decided upon; its hash alone is kept. ``model`` names a language model, or
    a rule of ours with its version. ``sources`` and ``effect`` are JSON of ids, keys and whole
    numbers, free of personal data. ``confidence``: from 0 to 1, where there is one.
    """

    kind: DecisionKind
    object_type: str
    object_id: UUID
    subject: str
    basis: str
    model: str
    effect: Mapping[str, Any]
    customer_id: UUID | None = None
    prompt_version: str | None = None
    sources: Sequence[Any] = field(default_factory=tuple)
    confidence: float | None = None


async def record_decision(session: AsyncSession, decided: Decided) -> UUID:
    """Write the dossier of a decision and return its id."""
    share = decided.confidence
    made = AutomatedDecision(
        kind=decided.kind,
        object_type=decided.object_type,
        object_id=decided.object_id,
        customer_id=decided.customer_id,
        subject=decided.subject,
        input_sha256=hashlib.sha256(decided.basis.encode("utf-8", "replace")).digest(),
        model=decided.model,
        prompt_version=decided.prompt_version,
        sources=list(decided.sources),
        confidence_permille=None if share is None else round(min(max(share, 0.0), 1.0) * 1000),
        effect=dict(decided.effect),
    )
    session.add(made)
    await session.flush()
    details = {"kind": decided.kind.value, "model": decided.model}
    await audit.record(
        session, SYSTEM, "decision_automated", decided.object_type, decided.object_id, details
    )
    return made.id
