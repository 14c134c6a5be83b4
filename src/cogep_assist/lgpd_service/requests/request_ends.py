"""How a request ends: answered, refused with its article, or cancelled by who asked."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import (
    AnswerDelivery,
    ClockObject,
    DecisionReview,
    ReceiptKind,
    RequestOutcome,
    RequestStatus,
    RequestStepKind,
    SubjectRequest,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.lgpd_service.legal.legal_clocks import meet_clocks, stop_clocks
from cogep_assist.lgpd_service.requests.refusal_grounds import APPEAL, GROUNDS
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.requests.request_documents import delete_documents
from cogep_assist.lgpd_service.requests.request_fulfilment import fulfil
from cogep_assist.lgpd_service.requests.request_letters import request_ended
from cogep_assist.lgpd_service.requests.request_receipts import issue_request_receipt
from cogep_assist.lgpd_service.requests.request_steps import check_revision, move, note_step
from cogep_assist.lgpd_service.requests.request_words import clean_text, label

# Who chose paper reads the answer there, and is told by mail that it is ready.
ON_PAPER = (
    "A resposta está em papel, como você escolheu. Fale com o encarregado para retirá-la ou "
    "recebê-la pelo correio."
)


async def answer_request(
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    outcome: RequestOutcome,
    answer: str,
    settings: Settings,
    expected: int | None = None,
) -> SubjectRequest:
    """Answer a request, by mail where that is wanted, with a signed receipt.

    What is told of a person's data goes only to who proved to be that person. Raises
    AppError("role_not_allowed"|"subject_request_not_found"|"changed_meanwhile"|
    "request_move_not_allowed"|"identity_not_proven"|"review_missing"|"text_missing").
    """
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id, lock=True)
    check_revision(request, expected)
    proven = request.identity_checked_at is not None
    if not proven and outcome is not RequestOutcome.NOT_THE_CONTROLLER:
        raise AppError("identity_not_proven", protocol=request.protocol)
    await _refuse_unreviewed(session, request)
    await close_answered(session, principal, request, outcome, answer, settings)
    return request


async def close_answered(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    outcome: RequestOutcome,
    answer: str,
    settings: Settings,
) -> None:
    """End a locked request with an answer, and with the copy or the proof that belongs to it."""
    move(request, RequestStatus.ANSWERED)
    request.outcome, request.answer = outcome, clean_text(answer, "answer")
    request.refusal_ground = None
    await meet_clocks(session, ClockObject.REQUEST, request.id)
    details = {"outcome": outcome.value, **await fulfil(session, principal, request, outcome)}
    await note_step(session, principal, request, RequestStepKind.ANSWERED, details=details)
    await _finish(session, principal, request, ReceiptKind.REQUEST_ANSWERED, settings)


async def refuse_request(
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    ground: str,
    answer: str,
    settings: Settings,
    expected: int | None = None,
) -> SubjectRequest:
    """Refuse a request on a ground of the catalogue, with the reasons in words of its own.

    Raises as ``answer_request``, and AppError("refusal_ground_unknown").
    """
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id, lock=True)
    check_revision(request, expected)
    if ground not in GROUNDS:
        raise AppError("refusal_ground_unknown", known=", ".join(GROUNDS))
    move(request, RequestStatus.REFUSED)
    request.outcome, request.refusal_ground = None, ground
    request.answer = clean_text(answer, "answer")
    await meet_clocks(session, ClockObject.REQUEST, request.id)
    details = {"ground": ground}
    await note_step(session, principal, request, RequestStepKind.REFUSED, details=details)
    await _finish(session, principal, request, ReceiptKind.REQUEST_REFUSED, settings)
    return request


async def cancel_request(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    reason: str,
    settings: Settings,
) -> SubjectRequest:
    """Cancel a locked request, because who asked wants it no longer.

    The caller has made sure that it is theirs to cancel. Raises
    AppError("request_move_not_allowed"|"text_missing").
    """
    move(request, RequestStatus.CANCELLED)
    reason = clean_text(reason, "reason")
    await stop_clocks(session, ClockObject.REQUEST, request.id)
    await note_step(session, principal, request, RequestStepKind.CANCELLED, body=reason)
    await _finish(session, principal, request, ReceiptKind.REQUEST_CANCELLED, settings, reason)
    return request


async def _refuse_unreviewed(session: AsyncSession, request: SubjectRequest) -> None:
    """Refuse to answer who asked a person to look again before a person did (art. 20)."""
    waits = sa.exists().where(
        DecisionReview.request_id == request.id, DecisionReview.outcome.is_(None)
    )
    if await session.scalar(sa.select(waits)):
        raise AppError("review_missing")


async def _finish(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    kind: ReceiptKind,
    settings: Settings,
    reason: str | None = None,
) -> None:
    """Delete the papers, sign the receipt, and write to who asked."""
    await delete_documents(session, principal, request)
    await issue_request_receipt(session, principal, request, kind, settings.timezone, reason=reason)
    if request.requester_email is None:
        return
    printed = request.delivery is AnswerDelivery.PRINTED
    letter = request_ended(
        request.requester_name,
        request.protocol,
        label(request.status),
        ON_PAPER if printed else _told(request, reason),
        f"{link_base(settings)}/privacidade",
    )
    payload = mail_payload(letter, request.requester_email)
    await post(session, MAIL, f"subject_request:{request.id}", payload)


def _told(request: SubjectRequest, reason: str | None) -> str:
    if request.status is RequestStatus.CANCELLED:
        return f"Motivo: {reason}"
    if request.refusal_ground is None:
        return request.answer or ""
    ground = GROUNDS[request.refusal_ground]
    return "\n\n".join(
        [f"Fundamento: {ground.article}. {ground.told}", request.answer or "", APPEAL]
    )
