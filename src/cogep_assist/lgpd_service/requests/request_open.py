"""Take in a request of a data subject: protocol, clocks, receipt, proof of identity, letters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_customers import sees_customer
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import (
    AccessForm,
    AnswerDelivery,
    AutomatedDecision,
    ClockObject,
    Customer,
    IdentityMethod,
    LegalClock,
    ReceiptKind,
    RepresentativeKind,
    RequestChannel,
    RequestRegime,
    RequestStatus,
    RequestStepKind,
    SubjectRequest,
    SubjectRight,
    User,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.lgpd_service.legal.decision_access import sees_decision
from cogep_assist.lgpd_service.legal.legal_clocks import local_today, start_clock
from cogep_assist.lgpd_service.legal.officers import officer_addresses
from cogep_assist.lgpd_service.requests.numbering import code_of, next_number
from cogep_assist.lgpd_service.requests.receipts import SERIES
from cogep_assist.lgpd_service.requests.request_fulfilment import record_digest
from cogep_assist.lgpd_service.requests.request_identity import pass_identity, start_email_check
from cogep_assist.lgpd_service.requests.request_letters import request_arrived, request_received
from cogep_assist.lgpd_service.requests.request_receipts import issue_request_receipt
from cogep_assist.lgpd_service.requests.request_rights import RIGHTS, form_of, rules_of
from cogep_assist.lgpd_service.requests.request_steps import note_step
from cogep_assist.lgpd_service.requests.request_words import (
    clean_cpf,
    clean_email,
    clean_name,
    clean_text,
)

# So many requests of one address may wait for its proof at once: nobody's mailbox is flooded.
MAX_UNPROVEN = 5
PAGE = "/privacidade"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What is known of a request when it comes in.

    ``customer_id`` and ``identity`` are the desk's to say: whom somebody at the counter is, and by
    which proof. ``identity_note`` names the kind of document, never its number.
    """

    right: SubjectRight
    name: str
    email: str | None = None
    cpf: str | None = None
    description: str = ""
    form: AccessForm | None = None
    regime: RequestRegime = RequestRegime.LGPD
    delivery: AnswerDelivery = AnswerDelivery.ELECTRONIC
    wanted: Mapping[str, str] = field(default_factory=dict)
    representative_kind: RepresentativeKind | None = None
    representative_name: str | None = None
    decision_id: UUID | None = None
    customer_id: UUID | None = None
    identity: IdentityMethod | None = None
    identity_note: str = ""


async def open_request(
    session: AsyncSession,
    principal: Principal,
    new: NewRequest,
    settings: Settings,
    channel: RequestChannel,
) -> SubjectRequest:
    """Take in a request and return it; its code is ``numbering.code_of`` its protocol.

    The clock starts today, whether or not the identity is proven yet (art. 19, II: from the date
    of the request). Somebody with an account of their own is who they are; for others a code goes
    to the address that they gave. Raises AppError("role_not_allowed"|"text_missing"|
    "text_too_long"|"email_invalid"|"cpf_invalid"|"customer_not_found"|"contact_missing"|
    "representative_incomplete"|"decision_not_found"|"too_many_unproven").
    """
    # The public page is open to everybody, who is nobody in particular there.
    if channel is not RequestChannel.PORTAL:
        principal.require(Act.OPEN_SUBJECT_REQUESTS)
    request = await _checked(session, principal, new, channel)
    request.protocol = await next_number(session, SERIES, settings.timezone)
    session.add(request)
    await session.flush()
    zone = ZoneInfo(settings.timezone)
    clock = await _start_clocks(session, request, zone)
    right = {
        "right": new.right.value,
        "channel": channel.value,
        **await record_digest(session, request),
    }
    await note_step(session, principal, request, RequestStepKind.RECEIVED, body=None, details=right)
    await issue_request_receipt(
        session,
        principal,
        request,
        ReceiptKind.REQUEST_RECEIVED,
        settings.timezone,
        number=request.protocol,
    )
    await _prove(session, principal, request, new, settings, clock)
    await _tell_officer(session, request, clock, zone)
    return request


async def _checked(
    session: AsyncSession, principal: Principal, new: NewRequest, channel: RequestChannel
) -> SubjectRequest:
    serving = principal.may(Act.SEE_EVERY_CUSTOMER)
    if not serving and (new.customer_id is not None or new.identity is not None):
        raise AppError("role_not_allowed")
    email, email_key = clean_email(new.email)
    if email is None and not serving:
        email, email_key = await _own_email(session, principal)
    customer_id = await _customer(session, principal, new, own=not serving)
    if email_key is None and new.delivery is AnswerDelivery.ELECTRONIC and customer_id is None:
        raise AppError("contact_missing")
    if channel is RequestChannel.PORTAL and email_key is not None:
        await _refuse_flood(session, email_key)
    if (new.representative_kind is None) is not (new.representative_name is None):
        raise AppError("representative_incomplete")
    await _check_decision(session, principal, new.decision_id)
    return SubjectRequest(
        protocol="",
        right=new.right,
        form=form_of(new.right, new.form),
        regime=new.regime,
        channel=channel,
        status=RequestStatus.IDENTITY_PENDING,
        delivery=new.delivery,
        requester_name=clean_name(new.name),
        requester_email=email,
        email_key=email_key,
        requester_cpf=clean_cpf(new.cpf),
        description=clean_text(new.description, "description", obligatory=False),
        wanted=_wanted(new.wanted),
        representative_kind=new.representative_kind,
        representative_name=new.representative_name
        and clean_name(new.representative_name, "representative_name"),
        decision_id=new.decision_id,
        customer_id=customer_id,
        opened_by=principal.label,
    )


async def _start_clocks(
    session: AsyncSession, request: SubjectRequest, zone: ZoneInfo
) -> LegalClock:
    """Start the terms of a request, on the day of its arrival; return the LGPD's own."""
    today = await local_today(session, zone)
    clocks = [
        await start_clock(session, ClockObject.REQUEST, request.id, rule, today, zone)
        for rule in rules_of(request.right, request.form, request.regime)
    ]
    return clocks[0]


async def _prove(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    new: NewRequest,
    settings: Settings,
    clock: LegalClock,
) -> None:
    """Find out who asks, as far as it can be known at once, and write to them."""
    method = new.identity
    if method is None and await _is_own(session, principal, request):
        method = IdentityMethod.ACCOUNT
    email_code = None
    if method is None and request.requester_email is not None:
        email_code = await start_email_check(session, principal, request)
    if request.requester_email is not None:
        letter = request_received(
            request.requester_name,
            request.protocol,
            code_of(request.protocol),
            RIGHTS[request.right].title,
            clock.due_on,
            email_code,
            f"{link_base(settings)}{PAGE}",
        )
        payload = mail_payload(letter, request.requester_email)
        await post(session, MAIL, f"subject_request:{request.id}", payload)
    if method is not None:
        await pass_identity(session, principal, request, method, settings, new.identity_note)


async def _is_own(session: AsyncSession, principal: Principal, request: SubjectRequest) -> bool:
    """Whether somebody asks for themselves, and came in as themselves.

    An account proves the record that it belongs to and its own address, not one that was typed:
    by another's the encarregado would take whoever typed it for the other.
    """
    if request.representative_kind is not None:
        return False
    if principal.customer_id is not None:
        return principal.customer_id == request.customer_id
    if principal.user_id is None or principal.may(Act.SEE_EVERY_CUSTOMER):
        return False
    _, own_key = await _own_email(session, principal)
    return own_key is not None and request.email_key == own_key


async def _own_email(session: AsyncSession, principal: Principal) -> tuple[str | None, str | None]:
    """Return the address of whoever has an account and gave none."""
    if principal.user_id is None:
        return None, None
    return clean_email(
        await session.scalar(sa.select(User.email).where(User.id == principal.user_id))
    )


async def _customer(
    session: AsyncSession, principal: Principal, new: NewRequest, *, own: bool
) -> UUID | None:
    """Return whose data it is about: oneself, or the customer that the desk names."""
    if own:
        return principal.customer_id if new.representative_kind is None else None
    if new.customer_id is None:
        return None
    known = await session.scalar(
        sa.select(Customer.id).where(Customer.id == new.customer_id, sees_customer(principal))
    )
    if known is None:
        raise AppError("customer_not_found")
    return known


async def _refuse_flood(session: AsyncSession, email_key: str) -> None:
    waiting = await session.scalar(
        sa.select(sa.func.count()).where(
            SubjectRequest.email_key == email_key,
            SubjectRequest.status == RequestStatus.IDENTITY_PENDING,
            SubjectRequest.received_at
            > sa.func.clock_timestamp() - sa.literal_column("interval '24 hours'"),
        )
    )
    if (waiting or 0) >= MAX_UNPROVEN:
        raise AppError("too_many_unproven", maximum=MAX_UNPROVEN)


async def _check_decision(
    session: AsyncSession, principal: Principal, decision_id: UUID | None
) -> None:
    if decision_id is None:
        return
    known = await session.scalar(
        sa.select(AutomatedDecision.id).where(
            AutomatedDecision.id == decision_id, sees_decision(principal)
        )
    )
    if known is None:
        raise AppError("decision_not_found")


def _wanted(wanted: Mapping[str, str]) -> dict[str, Any]:
    return {
        clean_name(name, "wanted"): clean_text(value, "wanted") for name, value in wanted.items()
    }


async def _tell_officer(
    session: AsyncSession, request: SubjectRequest, clock: LegalClock, zone: ZoneInfo
) -> None:
    right = RIGHTS[request.right].title
    for name, address in await officer_addresses(session, zone):
        letter = request_arrived(name, request.protocol, right, clock.due_on)
        await post(session, MAIL, f"officer:{request.id}", mail_payload(letter, address))
