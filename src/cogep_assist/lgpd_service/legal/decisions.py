"""Automated decisions: who may see them, what they rested on, and their review by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AutomatedDecision,
    Customer,
    DecisionKind,
    DecisionReview,
    RequestChannel,
    RequestOutcome,
    ReviewOutcome,
    SubjectRequest,
    SubjectRight,
    User,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.decision_access import about_oneself, sees_decision
from cogep_assist.lgpd_service.requests.request_ends import close_answered
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request
from cogep_assist.lgpd_service.requests.request_words import clean_text

NOW = sa.func.clock_timestamp()
# What is told of the criteria and procedures (art. 20, par. 1).
CRITERIA: Mapping[DecisionKind, tuple[str, str]] = {
    DecisionKind.ANSWER_ABSTAINED: (
        "Resposta negada por falta de fonte",
        (
            "O assistente só responde com frases dos documentos que a pessoa pode ler. Se nenhum "
            "trecho sustenta a resposta, ele não responde e oferece abrir um chamado."
        ),
    ),
    DecisionKind.TICKET_CLASSIFIED: (
        "Classificação de chamado",
        (
            "A fila, as etiquetas e a prioridade vêm de chamados encerrados de assunto parecido, "
            "citados como fontes, e do quanto eles concordam."
        ),
    ),
    DecisionKind.TICKET_PRIORITIZED: (
        "Prioridade de chamado",
        (
            "A prioridade vem de uma tabela de impacto e urgência, igual para todas as pessoas; "
            "nenhum dado de quem pede é considerado."
        ),
    ),
    DecisionKind.TICKET_CLOSED: (
        "Encerramento de chamado",
        "O chamado é encerrado quando o prazo de espera por uma resposta termina.",
    ),
    DecisionKind.REQUEST_REFUSED: (
        "Recusa de pedido de titular",
        (
            "O pedido é recusado quando ninguém comprova a identidade de quem pediu até o fim do "
            "prazo de espera, que é o mesmo para todos. Ele pode ser feito de novo."
        ),
    ),
}
OUTCOMES: Mapping[ReviewOutcome, str] = {
    ReviewOutcome.UPHELD: "Uma pessoa reviu a decisão e a manteve.",
    ReviewOutcome.CHANGED: "Uma pessoa reviu a decisão e a mudou.",
    ReviewOutcome.ANNULLED: "Uma pessoa reviu a decisão e a anulou.",
}


@dataclass(frozen=True, slots=True)
class ReviewedDecision:
    """A decision and its reviews, the first first."""

    decision: AutomatedDecision
    reviews: Sequence[DecisionReview]


async def list_decisions(
    session: AsyncSession,
    principal: Principal,
    *,
    kinds: Sequence[DecisionKind] = (),
    own: bool = False,
    waiting: bool = False,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[list[ReviewedDecision], UUID | None]:
    """Return a page of the decisions that somebody may see, the newest first.

    ``own``: those about themselves alone. ``waiting``: those whose review was asked for.
    """
    principal.require(Act.READ_DECISIONS)
    statement = (
        sa.select(AutomatedDecision)
        .where(about_oneself(principal) if own else sees_decision(principal))
        .order_by(AutomatedDecision.id.desc())
        .limit(limit + 1)
    )
    if kinds:
        statement = statement.where(AutomatedDecision.kind.in_(kinds))
    if waiting:
        pending = DecisionReview.decision_id == AutomatedDecision.id
        statement = statement.where(sa.exists().where(pending, DecisionReview.outcome.is_(None)))
    if after is not None:
        statement = statement.where(AutomatedDecision.id < after)
    rows = (await session.scalars(statement)).all()
    shown = await _with_reviews(session, rows[:limit])
    return shown, rows[limit - 1].id if len(rows) > limit else None


async def find_decision(
    session: AsyncSession, principal: Principal, decision_id: UUID
) -> ReviewedDecision:
    """Return a decision that somebody may see. Raises AppError("decision_not_found")."""
    principal.require(Act.READ_DECISIONS)
    found = await session.scalar(
        sa.select(AutomatedDecision).where(
            AutomatedDecision.id == decision_id, sees_decision(principal)
        )
    )
    if found is None:
        raise AppError("decision_not_found")
    return (await _with_reviews(session, [found]))[0]


async def ask_review(
    session: AsyncSession,
    principal: Principal,
    decision_id: UUID,
    reason: str,
    settings: Settings,
) -> ReviewedDecision:
    """Ask for a person to look at a decision again: a request with protocol, clock and receipt.

    Raises AppError("decision_not_found"|"review_asked_already").
    """
    principal.require(Act.ASK_REVIEWS)
    found = await find_decision(session, principal, decision_id)
    if await _is_asked(session, decision_id):
        raise AppError("review_asked_already")
    name, email, customer_id = await _who(session, principal, found.decision)
    new = NewRequest(
        SubjectRight.AUTOMATED_REVIEW,
        name,
        email=email,
        description=clean_text(reason, "reason", obligatory=False),
        decision_id=decision_id,
        customer_id=customer_id if principal.may(Act.SEE_EVERY_CUSTOMER) else None,
    )
    request = await open_request(session, principal, new, settings, RequestChannel.API)
    review = DecisionReview(
        decision_id=decision_id, request_id=request.id, requested_by=principal.label
    )
    session.add(review)
    await session.flush()
    details = {"review_id": str(review.id), "protocol": request.protocol}
    await audit.record(session, principal, "review_asked", "decision", decision_id, details)
    return await find_decision(session, principal, decision_id)


async def review_decision(
    session: AsyncSession,
    principal: Principal,
    review_id: UUID,
    outcome: ReviewOutcome,
    explanation: str,
    settings: Settings,
) -> ReviewedDecision:
    """Write down what a person found on looking again, and why, and tell who asked for it.

    Their request is answered with it; one whose identity is not proven yet waits for that.
    Raises AppError("role_not_allowed"|"review_not_found"|"review_done_already"|"text_missing").
    """
    principal.require(Act.REVIEW_DECISIONS)
    review = await session.get(
        DecisionReview, review_id, with_for_update=True, populate_existing=True
    )
    if review is None:
        raise AppError("review_not_found")
    if review.outcome is not None:
        raise AppError("review_done_already")
    review.outcome, review.explanation = outcome, clean_text(explanation, "explanation")
    review.reviewed_by, review.reviewed_at = principal.label, NOW
    await session.flush()
    details = {"review_id": str(review.id), "outcome": outcome.value}
    await audit.record(
        session, principal, "decision_reviewed", "decision", review.decision_id, details
    )
    await _answer(session, principal, review, settings)
    return await find_decision(session, principal, review.decision_id)


async def _is_asked(session: AsyncSession, decision_id: UUID) -> bool:
    """Whether a review is under way; one whose request was ended without it is none."""
    open_request = sa.exists().where(
        SubjectRequest.id == DecisionReview.request_id, SubjectRequest.closed_at.is_(None)
    )
    asked = sa.exists().where(
        DecisionReview.decision_id == decision_id, DecisionReview.outcome.is_(None), open_request
    )
    return bool(await session.scalar(sa.select(asked)))


async def _answer(
    session: AsyncSession, principal: Principal, review: DecisionReview, settings: Settings
) -> None:
    request = await session.get(
        SubjectRequest, review.request_id, with_for_update=True, populate_existing=True
    )
    if request is None or request.closed_at is not None or request.identity_checked_at is None:
        return
    assert review.outcome is not None
    answer = f"{OUTCOMES[review.outcome]} {review.explanation}"
    await close_answered(session, principal, request, RequestOutcome.GRANTED, answer, settings)


async def _who(
    session: AsyncSession, principal: Principal, decision: AutomatedDecision
) -> tuple[str, str | None, UUID | None]:
    """Return the name, address and record of who a decision was about."""
    user = await session.get(User, principal.id) if principal.user_id else None
    if user is not None and decision.subject == principal.label:
        return user.name, user.email, None
    customer = await session.get(Customer, decision.customer_id) if decision.customer_id else None
    if customer is not None:
        return customer.name, None, customer.id
    if user is not None:
        return user.name, user.email, None
    raise AppError("contact_missing")


async def _with_reviews(
    session: AsyncSession, rows: Sequence[AutomatedDecision]
) -> list[ReviewedDecision]:
    statement = (
        sa.select(DecisionReview)
        .where(DecisionReview.decision_id.in_([row.id for row in rows]))
        .order_by(DecisionReview.id)
        .execution_options(populate_existing=True)
    )
    by_decision: dict[UUID, list[DecisionReview]] = {row.id: [] for row in rows}
    for review in await session.scalars(statement):
        by_decision[review.decision_id].append(review)
    return [ReviewedDecision(row, by_decision[row.id]) for row in rows]
