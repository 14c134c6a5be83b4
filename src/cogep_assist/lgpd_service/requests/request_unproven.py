"""Requests whose identity nobody ever proved: refused in the end, so that keeping them ends too.

Art. 18, par. 3: rights are exercised by the data subject or a representative, which is to be shown.
How long an organisation waits for that is no number of the law: it is a setting.
"""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.automated_decision import Decided, record_decision
from cogep_assist.core.config import get_settings
from cogep_assist.core.models import DecisionKind, RequestStatus, SubjectRequest
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.requests.request_ends import refuse_request

AT_ONCE = 200
ANSWER = (
    "A identidade de quem pediu não foi comprovada em {days} dias. O pedido pode ser feito de novo "
    "a qualquer momento, sem custo. O sistema o recusou no fim do prazo: você pode pedir ao "
    "encarregado que uma pessoa a reveja (LGPD, art. 20)."
)
RULE = "regra:identidade-nao-comprovada/1"
GROUND = "identity_not_proven"


async def refuse_unproven(session: AsyncSession) -> int:
    """Refuse what has waited for a proof longer than the settings say; return how many."""
    settings = get_settings()
    waited = sa.func.clock_timestamp() - timedelta(days=settings.unproven_request_days)
    due = await session.scalars(
        sa.select(SubjectRequest.id)
        .where(
            SubjectRequest.status == RequestStatus.IDENTITY_PENDING,
            SubjectRequest.received_at < waited,
        )
        .order_by(SubjectRequest.id)
        .limit(AT_ONCE)
    )
    answer = ANSWER.format(days=settings.unproven_request_days)
    ids = list(due)
    for request_id in ids:
        refused = await refuse_request(session, SYSTEM, request_id, GROUND, answer, settings)
        await _note_decision(session, refused, settings.unproven_request_days)
    return len(ids)


async def _note_decision(session: AsyncSession, request: SubjectRequest, days: int) -> None:
    """Write the dossier of a refusal that no person weighed (art. 20)."""
    decided = Decided(
        kind=DecisionKind.REQUEST_REFUSED,
        object_type="subject_request",
        object_id=request.id,
        subject=request.opened_by,
        customer_id=request.customer_id,
        basis=request.protocol,
        model=RULE,
        effect={"refused": GROUND, "days": days},
    )
    await record_decision(session, decided)
