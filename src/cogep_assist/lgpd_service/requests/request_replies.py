"""Requests as the API shows them: whole to the encarregado, less to who asked."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    ClockObject,
    Receipt,
    RequestDocument,
    RequestStatus,
    RequestStep,
    SubjectRequest,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.clock_words import clock_readings, clock_replies
from cogep_assist.lgpd_service.legal.legal_clocks import clocks_of
from cogep_assist.lgpd_service.requests.receipts import receipts_of
from cogep_assist.lgpd_service.requests.refusal_grounds import APPEAL, GROUNDS
from cogep_assist.lgpd_service.requests.request_access import find_request, public_code, steps_of
from cogep_assist.lgpd_service.requests.request_documents import documents_of
from cogep_assist.lgpd_service.requests.request_fulfilment import copy_of
from cogep_assist.lgpd_service.requests.request_list import ListedRequest
from cogep_assist.lgpd_service.requests.request_rights import RIGHTS
from cogep_assist.lgpd_service.requests.request_schemas import (
    ClockReply,
    DocumentItem,
    PublicRequestReply,
    ReceiptItem,
    RequestItem,
    RequestReply,
    StepReply,
)
from cogep_assist.lgpd_service.requests.request_words import label

PUBLIC_RECEIPT = "/lgpd/public/receipts"


async def request_reply(
    session: AsyncSession, principal: Principal, request_id: UUID, zone: ZoneInfo
) -> RequestReply:
    """Return a whole request. Raises AppError("subject_request_not_found")."""
    request = await find_request(session, principal, request_id)
    manages = principal.may(Act.MANAGE_SUBJECT_REQUESTS)
    clocks = (await clocks_of(session, ClockObject.REQUEST, [request.id]))[request.id]
    steps = await steps_of(session, request.id, internal=manages)
    documents = await documents_of(session, request.id)
    receipts = await receipts_of(session, "subject_request", request.id)
    (item,) = await item_replies(session, [ListedRequest(request, clocks)], zone)
    shown = dict(item)
    if not manages:
        shown["assignee_id"] = None
    return RequestReply(
        **shown,
        code=public_code(principal, request),
        requester_email=request.requester_email,
        requester_cpf=request.requester_cpf,
        description=request.description,
        wanted=request.wanted,
        delivery=request.delivery,
        representative_kind=request.representative_kind,
        representative_name=request.representative_name,
        ticket_id=request.ticket_id,
        decision_id=request.decision_id,
        answer=request.answer,
        refusal_ground=request.refusal_ground,
        refusal_article=refusal_article(request),
        revision=request.revision,
        steps=[_step(step) for step in steps],
        documents=[_document(one) for one in documents],
        receipts=[receipt_item(one) for one in receipts],
    )


async def item_replies(
    session: AsyncSession, listed: Sequence[ListedRequest], zone: ZoneInfo
) -> list[RequestItem]:
    """Return requests as lists show them, in two queries for all."""
    clocks = await clock_readings(session, {one.request.id: one.clocks for one in listed}, zone)
    return [item_with(one.request, clocks[one.request.id]) for one in listed]


def item_with(request: SubjectRequest, clocks: Sequence[Mapping[str, Any]]) -> RequestItem:
    """Return a request as lists show it, with the readings of its clocks."""
    facts = RIGHTS[request.right]
    return RequestItem(
        id=request.id,
        protocol=request.protocol,
        right=request.right,
        right_label=facts.title,
        article=facts.article,
        form=request.form,
        regime=request.regime,
        channel=request.channel,
        status=request.status,
        status_label=label(request.status),
        outcome=request.outcome,
        requester_name=request.requester_name,
        customer_id=request.customer_id,
        assignee_id=request.assignee_id,
        identity_proven=request.identity_checked_at is not None,
        received_at=request.received_at,
        closed_at=request.closed_at,
        clocks=[ClockReply(**one) for one in clocks],
        links={"self": f"/lgpd/requests/{request.id}"},
    )


async def public_reply(
    session: AsyncSession, request: SubjectRequest, zone: ZoneInfo
) -> PublicRequestReply:
    """Return what somebody with the protocol and its code may see."""
    return PublicRequestReply(**await public_facts(session, request, zone))


async def public_facts(
    session: AsyncSession, request: SubjectRequest, zone: ZoneInfo
) -> dict[str, Any]:
    """Return the fields of a request's public page.

    The answer may hold personal data: it is shown only where the identity was proven.
    """
    clocks = (await clocks_of(session, ClockObject.REQUEST, [request.id]))[request.id]
    receipts = await receipts_of(session, "subject_request", request.id)
    facts = RIGHTS[request.right]
    proven = request.identity_checked_at is not None
    answered = proven and request.status is RequestStatus.ANSWERED
    kept = await copy_of(session, request) if answered else None
    return {
        "protocol": request.protocol,
        "right": request.right,
        "right_label": facts.title,
        "article": facts.article,
        "status": request.status,
        "status_label": label(request.status),
        "outcome_label": request.outcome and label(request.outcome),
        "identity_proven": proven,
        "received_at": request.received_at,
        "closed_at": request.closed_at,
        "clocks": [ClockReply(**one) for one in await clock_replies(session, clocks, zone)],
        "answer": request.answer if proven or request.refusal_ground else None,
        "refusal_article": refusal_article(request),
        "appeal": APPEAL if request.refusal_ground else None,
        "steps": [_step(step) for step in await steps_of(session, request.id, internal=False)],
        "receipts": [receipt_item(one, PUBLIC_RECEIPT) for one in receipts],
        "copy_until": kept and kept.expires_at,
    }


def refusal_article(request: SubjectRequest) -> str | None:
    """Return the article of a refusal."""
    return GROUNDS[request.refusal_ground].article if request.refusal_ground else None


def receipt_item(receipt: Receipt, base: str = "/lgpd/receipts") -> ReceiptItem:
    """Return a receipt by its number."""
    return ReceiptItem(
        number=receipt.number,
        kind=receipt.kind.value,
        sha256=receipt.sha256.hex(),
        issued_at=receipt.issued_at,
        links={"self": f"{base}/{receipt.number}", "pdf": f"{base}/{receipt.number}/pdf"},
    )


def _step(step: RequestStep) -> StepReply:
    return StepReply(
        kind=step.kind,
        status=step.status,
        body=step.body,
        details=step.details,
        occurred_at=step.occurred_at,
    )


def _document(document: RequestDocument) -> DocumentItem:
    return DocumentItem(
        id=document.id,
        purpose=document.purpose,
        name=document.file_name,
        size=document.size,
        sha256=document.sha256.hex(),
        added_at=document.added_at,
        deleted_at=document.deleted_at,
    )
