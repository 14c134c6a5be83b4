"""Find out who asks, in proportion: the proof is forgotten, that it was checked is kept."""

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import (
    ContactKind,
    Customer,
    CustomerContact,
    IdentityCheck,
    IdentityMethod,
    RequestStatus,
    RequestStepKind,
    SubjectRequest,
    Ticket,
    TicketEvent,
    User,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import Act, Principal, PrincipalKind
from cogep_assist.core.public_address import link_base
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.requests.request_at_once import answer_at_once
from cogep_assist.lgpd_service.requests.request_documents import delete_documents
from cogep_assist.lgpd_service.requests.request_fulfilment import record_digest
from cogep_assist.lgpd_service.requests.request_letters import identity_code
from cogep_assist.lgpd_service.requests.request_steps import move, note_step
from cogep_assist.lgpd_service.requests.request_words import clean_text

CODE_DIGITS = 8
CODE_HOURS = timedelta(hours=24)
MAX_TRIES = 5
# Codes for one request in a day: whoever needs more writes to the encarregado.
MAX_CODES = 5
NOW = sa.func.clock_timestamp()


async def start_email_check(
    session: AsyncSession, principal: Principal, request: SubjectRequest
) -> str:
    """Make a code for a request's address, for one letter; earlier codes hold no longer."""
    await _forget_codes(session, request.id)
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    check = IdentityCheck(
        request_id=request.id,
        method=IdentityMethod.EMAIL_CODE,
        expires_at=NOW + sa.literal(CODE_HOURS),
    )
    session.add(check)
    await session.flush()
    check.code_hash = _hash(check.id, code)
    await note_step(session, principal, request, RequestStepKind.CODE_SENT)
    return code


async def send_code_again(
    session: AsyncSession, principal: Principal, request: SubjectRequest, settings: Settings
) -> None:
    """Send another code to a locked request's address.

    Raises AppError("identity_proven_already"|"contact_missing"|"too_many_codes").
    """
    _refuse_proven(request)
    if request.requester_email is None:
        raise AppError("contact_missing")
    sent = await session.scalar(
        sa.select(sa.func.count()).where(
            IdentityCheck.request_id == request.id,
            IdentityCheck.method == IdentityMethod.EMAIL_CODE,
            IdentityCheck.created_at > NOW - sa.literal(CODE_HOURS),
        )
    )
    if (sent or 0) >= MAX_CODES:
        raise AppError("too_many_codes", maximum=MAX_CODES)
    code = await start_email_check(session, principal, request)
    page = f"{link_base(settings)}/privacidade"
    letter = identity_code(request.requester_name, request.protocol, code, page)
    payload = mail_payload(letter, request.requester_email)
    await post(session, MAIL, f"subject_request:{request.id}", payload)


async def try_email_code(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    code: str,
    settings: Settings,
) -> bool:
    """Check a code against a locked request's latest; tell whether it fits.

    A wrong one counts: the caller commits either way. After five the code is forgotten.
    Raises AppError("identity_proven_already"|"identity_code_over").
    """
    _refuse_proven(request)
    check = await session.scalar(
        sa.select(IdentityCheck)
        .where(
            IdentityCheck.request_id == request.id,
            IdentityCheck.code_hash.is_not(None),
            IdentityCheck.expires_at > NOW,
        )
        .order_by(IdentityCheck.id.desc())
        .limit(1)
        .with_for_update()
    )
    if check is None or check.code_hash is None:
        raise AppError("identity_code_over")
    check.tries += 1
    given = "".join(character for character in code if character.isdigit())
    if not hmac.compare_digest(check.code_hash, _hash(check.id, given)):
        if check.tries >= MAX_TRIES:
            await _close(session, principal, check, passed=False)
        await note_step(session, principal, request, RequestStepKind.IDENTITY_FAILED)
        return False
    await _close(session, principal, check, passed=True)
    await _passed(session, principal, request, IdentityMethod.EMAIL_CODE, settings)
    return True


async def try_ticket_code(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    ticket_protocol: str,
    ticket_code: str,
    settings: Settings,
) -> bool:
    """Check the protocol and code of a ticket of the same person's; tell whether they prove it.

    Raises AppError("identity_proven_already").
    """
    _refuse_proven(request)
    written = ticket_protocol.strip()
    given = ticket_code.strip().upper().replace("-", "").encode("utf-8", "replace")
    fits = hmac.compare_digest(given, proof_of(written).encode())
    ticket = await session.scalar(sa.select(Ticket).where(Ticket.protocol == written))
    if ticket is None or not fits or not await _knew_them(session, ticket, request):
        await note_step(session, principal, request, RequestStepKind.IDENTITY_FAILED)
        return False
    request.ticket_id, request.customer_id = ticket.id, ticket.customer_id
    await pass_identity(session, principal, request, IdentityMethod.TICKET_CODE, settings)
    return True


async def record_check(
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    method: IdentityMethod,
    settings: Settings,
    *,
    passed: bool,
    note: str = "",
    customer_id: UUID | None = None,
) -> SubjectRequest:
    """Write down that somebody of the house looked at who asks, and delete the papers.

    ``customer_id`` says whose data it is about. Raises AppError("role_not_allowed"|
    "subject_request_not_found"|"identity_proven_already"|"customer_not_found").
    """
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id, lock=True)
    _refuse_proven(request)
    if customer_id is not None:
        await link_customer(session, principal, request, customer_id)
    if passed:
        await pass_identity(session, principal, request, method, settings, note)
    else:
        await _write_check(session, principal, request, method, note, passed=False)
        await note_step(session, principal, request, RequestStepKind.IDENTITY_FAILED)
    await delete_documents(session, principal, request)
    return request


async def link_customer(
    session: AsyncSession, principal: Principal, request: SubjectRequest, customer_id: UUID
) -> None:
    """Say whose data a locked request is about. Raises AppError("customer_not_found")."""
    known = await session.scalar(
        sa.select(Customer.id).where(Customer.id == customer_id, Customer.removed_at.is_(None))
    )
    if known is None:
        raise AppError("customer_not_found")
    request.customer_id = customer_id
    details = await record_digest(session, request)
    await note_step(session, principal, request, RequestStepKind.LINKED, details=details)


async def pass_identity(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    method: IdentityMethod,
    settings: Settings,
    note: str = "",
) -> None:
    """Write down that a locked request's identity is proven, and go on with it."""
    await _write_check(session, principal, request, method, note, passed=True)
    await _passed(session, principal, request, method, settings)


async def _passed(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    method: IdentityMethod,
    settings: Settings,
) -> None:
    by_code = method in {IdentityMethod.EMAIL_CODE, IdentityMethod.TICKET_CODE}
    if request.representative_kind is not None and by_code:
        # Who writes is known; that they may act for another, somebody has to read on paper.
        await note_step(
            session,
            principal,
            request,
            RequestStepKind.IDENTITY_PASSED,
            details={"method": method.value, "representation": "pending"},
        )
        return
    await _forget_codes(session, request.id)
    request.identity_checked_at = NOW
    if request.customer_id is None and method is IdentityMethod.EMAIL_CODE:
        request.customer_id = await _owner_of(session, request.email_key)
    move(request, RequestStatus.RECEIVED)
    await note_step(
        session,
        principal,
        request,
        RequestStepKind.IDENTITY_PASSED,
        details={"method": method.value},
    )
    await answer_at_once(session, principal, request, settings)


async def _write_check(
    session: AsyncSession,
    principal: Principal,
    request: SubjectRequest,
    method: IdentityMethod,
    note: str,
    *,
    passed: bool,
) -> None:
    check = IdentityCheck(
        request_id=request.id,
        method=method,
        passed=passed,
        note=clean_text(note, "note", obligatory=False),
        checked_by=principal.label,
        checked_at=NOW,
    )
    session.add(check)
    await session.flush()


async def _knew_them(session: AsyncSession, ticket: Ticket, request: SubjectRequest) -> bool:
    """Tell whether the house knew whose a ticket was as it handed out the ticket's code.

    Whoever opens a ticket is shown its code. One that an unknown person opened, and that the desk
    put down to a customer later for the name it gives, proves nothing: anybody can give a name.
    """
    if ticket.customer_id is None or request.customer_id not in {None, ticket.customer_id}:
        return False
    kind, _, key = ticket.opened_by.partition(":")
    if kind == PrincipalKind.USER.value:
        own = sa.select(User.customer_id).where(sa.cast(User.id, sa.Text) == key)
        if await session.scalar(own) == ticket.customer_id:
            return True
    put_down = sa.select(TicketEvent.id).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.details.has_key("customer_id")
    )
    return await session.scalar(put_down.limit(1)) is None


async def _owner_of(session: AsyncSession, email_key: str | None) -> UUID | None:
    """Return the one living customer with an address, or None where there is none, or several."""
    if email_key is None:
        return None
    rows = await session.scalars(
        sa.select(Customer.id)
        .join(CustomerContact, CustomerContact.customer_id == Customer.id)
        .where(
            CustomerContact.kind == ContactKind.EMAIL,
            CustomerContact.canonical == email_key,
            Customer.removed_at.is_(None),
        )
        .distinct()
        .limit(2)
    )
    found = rows.all()
    return found[0] if len(found) == 1 else None


async def _close(
    session: AsyncSession, principal: Principal, check: IdentityCheck, *, passed: bool
) -> None:
    check.code_hash, check.passed = None, passed
    check.checked_by, check.checked_at = principal.label, NOW
    await session.flush()


async def _forget_codes(session: AsyncSession, request_id: UUID) -> None:
    await session.execute(
        sa.update(IdentityCheck)
        .where(IdentityCheck.request_id == request_id, IdentityCheck.code_hash.is_not(None))
        .values(code_hash=None)
    )


def _refuse_proven(request: SubjectRequest) -> None:
    if request.status is not RequestStatus.IDENTITY_PENDING:
        raise AppError("identity_proven_already", protocol=request.protocol)


def _hash(check_id: UUID, code: str) -> bytes:
    """Return what is kept of a code: keyed, for eight digits alone could be tried out."""
    key = secret_key.derive("subject-request-email-code")
    return hmac.digest(key, f"{check_id}:{code}".encode(), "sha256")
