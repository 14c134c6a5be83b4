"""Steps of a request as rows, each audited; and which state may follow which."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import (
    RequestStatus,
    RequestStep,
    RequestStepKind,
    SubjectRequest,
)
from cogep_assist.core.principal import Principal
from cogep_assist.lgpd_service.requests.request_words import label

NOW = sa.func.clock_timestamp()
ENDED = frozenset({RequestStatus.ANSWERED, RequestStatus.REFUSED, RequestStatus.CANCELLED})
_OPEN_ENDS = frozenset({RequestStatus.REFUSED, RequestStatus.CANCELLED})
# What somebody asked to be undone cannot be: a cancelled request is asked anew.
NEXT: Mapping[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.IDENTITY_PENDING: _OPEN_ENDS | {RequestStatus.RECEIVED, RequestStatus.ANSWERED},
    RequestStatus.RECEIVED: _OPEN_ENDS | {RequestStatus.IN_PROGRESS, RequestStatus.ANSWERED},
    RequestStatus.IN_PROGRESS: _OPEN_ENDS | {RequestStatus.ANSWERED},
    RequestStatus.ANSWERED: frozenset({RequestStatus.IN_PROGRESS}),
    RequestStatus.REFUSED: frozenset({RequestStatus.IN_PROGRESS}),
    RequestStatus.CANCELLED: frozenset(),
}

# What other systems may be told of; the rest is the house's own business.
EVENT_OF = {
    RequestStepKind.RECEIVED: "lgpd.request_created",
    RequestStepKind.ALERTED: "lgpd.deadline",
    RequestStepKind.ANSWERED: "lgpd.completed",
    RequestStepKind.REFUSED: "lgpd.completed",
    RequestStepKind.CANCELLED: "lgpd.completed",
}


def check_revision(request: SubjectRequest, expected: int | None) -> None:
    """Raise AppError("changed_meanwhile") unless a locked request is as the client read it."""
    if expected is not None and expected != request.revision:
        raise AppError("changed_meanwhile", current=request.revision)


def move(request: SubjectRequest, status: RequestStatus) -> None:
    """Give a locked request its next state. Raises AppError("request_move_not_allowed")."""
    if status not in NEXT[request.status]:
        raise AppError(
            "request_move_not_allowed", before=label(request.status), after=label(status)
        )
    request.status = status
    request.closed_at = NOW if status in ENDED else None


async def note_step(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    kind: RequestStepKind,
    *,
    body: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> RequestStep:
    """Write what happened to a request, and its audit; the request counts one more change.

    ``details`` hold ids and keys, no personal data: they go into the audit as well.
    """
    step = RequestStep(
        request_id=request.id,
        kind=kind,
        status=request.status,
        body=body,
        details=dict(details or {}),
        actor=principal.label,
    )
    session.add(step)
    request.revision = SubjectRequest.revision + 1
    await session.flush()
    await session.refresh(request)
    told = {**(details or {}), "status": request.status.value}
    await audit.record(
        session, principal, f"request_{kind.value}", "subject_request", request.id, told
    )
    await announce(session, "lgpd")
    if (event := EVENT_OF.get(kind)) is not None:
        facts = {"right": request.right.value, "status": request.status.value}
        await publish(session, event, request.id, ids={"request_id": request.id}, facts=facts)
    return step
