"""The receipts of a request: what came in, and how it ended."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ClockObject, LegalClock, Receipt, ReceiptKind, SubjectRequest
from cogep_assist.core.principal import Principal
from cogep_assist.lgpd_service.legal.legal_clocks import clocks_of
from cogep_assist.lgpd_service.requests.receipts import NewReceipt, issue_receipt
from cogep_assist.lgpd_service.requests.refusal_grounds import APPEAL, GROUNDS
from cogep_assist.lgpd_service.requests.request_rights import RIGHTS
from cogep_assist.lgpd_service.requests.request_words import label


async def issue_request_receipt(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    kind: ReceiptKind,
    timezone: str,
    *,
    number: str | None = None,
    reason: str | None = None,
) -> Receipt:
    """Sign a receipt of a request as it stands now."""
    clocks = (await clocks_of(session, ClockObject.REQUEST, [request.id]))[request.id]
    facts = {
        name: value
        for name, value in _facts(request, clocks, reason).items()
        if value not in (None, "")
    }
    new = NewReceipt(
        kind=kind,
        object_type="subject_request",
        object_id=request.id,
        legal_basis=RIGHTS[request.right].article,
        facts=facts,
        customer_id=request.customer_id,
        number=number,
    )
    return await issue_receipt(session, principal, new, timezone)


async def receipt_of(session: AsyncSession, number: str, request: SubjectRequest) -> Receipt:
    """Return one of a request's receipts, with what it says. Raises AppError("receipt_not_found").

    The caller has made sure that the request is theirs to see.
    """
    receipt = await session.scalar(
        sa.select(Receipt)
        .where(Receipt.number == number.strip().upper(), Receipt.object_id == request.id)
        .options(undefer(Receipt.content))
    )
    if receipt is None:
        raise AppError("receipt_not_found")
    return receipt


def _facts(request: SubjectRequest, clocks: list[LegalClock], reason: str | None) -> dict[str, Any]:
    ground = GROUNDS[request.refusal_ground] if request.refusal_ground else None
    return {
        "protocol": request.protocol,
        "right": RIGHTS[request.right].title,
        "form": request.form and label(request.form),
        "requester": request.requester_name,
        "representative": request.representative_name,
        "channel": label(request.channel),
        "received_at": request.received_at.isoformat(timespec="seconds"),
        "status": label(request.status),
        "due_on": clocks[0].due_on.isoformat() if clocks else None,
        "deadline": "; ".join(clock.reference for clock in clocks),
        "outcome": request.outcome and label(request.outcome),
        "ground": ground and f"{ground.title} ({ground.article})",
        "description": request.description,
        "answer": request.answer,
        "reason": reason,
        "appeal": APPEAL if ground else None,
    }
