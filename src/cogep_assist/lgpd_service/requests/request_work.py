"""What the encarregado does with a request on the way: assign, start, note, extend, reopen."""

from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import (
    ClockObject,
    LegalClock,
    RequestStatus,
    RequestStep,
    RequestStepKind,
    Role,
    SubjectRequest,
    User,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.lgpd_service.legal.legal_clocks import clocks_of, extend_clock, resume_clocks
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.requests.request_fulfilment import record_digest
from cogep_assist.lgpd_service.requests.request_letters import request_extended
from cogep_assist.lgpd_service.requests.request_steps import ENDED, check_revision, move, note_step
from cogep_assist.lgpd_service.requests.request_words import clean_text

ATTENDING = frozenset({Role.DPO, Role.ADMIN})


async def assign_request(
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    user_id: UUID | None,
    expected: int | None = None,
) -> SubjectRequest:
    """Give a request to somebody who may attend to it, or to nobody.

    Raises AppError("role_not_allowed"|"subject_request_not_found"|"changed_meanwhile"|
    "request_ended"|"assignee_not_allowed").
    """
    request = await _open_one(session, principal, request_id, expected)
    if user_id is not None:
        allowed = await session.scalar(
            sa.select(User.id).where(
                User.id == user_id, User.role.in_(ATTENDING), User.disabled_at.is_(None)
            )
        )
        if allowed is None:
            raise AppError("assignee_not_allowed")
    request.assignee_id = user_id
    details = {"user_id": str(user_id) if user_id else None}
    await note_step(session, principal, request, RequestStepKind.ASSIGNED, details=details)
    return request


async def start_request(
    session: AsyncSession, principal: Principal, request_id: UUID, expected: int | None = None
) -> SubjectRequest:
    """Begin to work on a request. Raises as ``assign_request``, "request_move_not_allowed"."""
    request = await _open_one(session, principal, request_id, expected)
    move(request, RequestStatus.IN_PROGRESS)
    if request.assignee_id is None:
        request.assignee_id = principal.user_id
    details = await record_digest(session, request)
    await note_step(session, principal, request, RequestStepKind.STARTED, details=details)
    return request


async def add_note(
    session: AsyncSession, principal: Principal, request_id: UUID, body: str
) -> RequestStep:
    """Write something that only those who attend to requests read.

    Raises AppError("role_not_allowed"|"subject_request_not_found"|"text_missing").
    """
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id, lock=True)
    return await note_step(
        session, principal, request, RequestStepKind.NOTE, body=clean_text(body, "body")
    )


async def extend_request(
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    rule_key: str,
    reason: str,
    settings: Settings,
) -> LegalClock:
    """Extend one of a request's terms, where its law knows an extension; who asked is told why.

    Raises AppError("role_not_allowed"|"subject_request_not_found"|"request_ended"|
    "clock_not_found"|"text_missing") and as ``extend_clock``.
    """
    request = await _open_one(session, principal, request_id, None)
    reason = clean_text(reason, "reason")
    clocks = (await clocks_of(session, ClockObject.REQUEST, [request.id]))[request.id]
    clock = next((one for one in clocks if one.rule_key == rule_key), None)
    if clock is None:
        raise AppError("clock_not_found", known=", ".join(one.rule_key for one in clocks))
    await extend_clock(session, clock, reason, ZoneInfo(settings.timezone))
    await note_step(
        session,
        principal,
        request,
        RequestStepKind.EXTENDED,
        body=reason,
        details={"rule": rule_key, "due_on": clock.due_on.isoformat()},
    )
    if request.requester_email is not None:
        page = f"{link_base(settings)}/privacidade"
        letter = request_extended(
            request.requester_name, request.protocol, clock.due_on, reason, page
        )
        payload = mail_payload(letter, request.requester_email)
        await post(session, MAIL, f"subject_request:{request.id}", payload)
    return clock


async def reopen_request(
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    reason: str,
    expected: int | None = None,
) -> SubjectRequest:
    """Take an answered or refused request up again; its terms run on with the same ends.

    Raises AppError("role_not_allowed"|"subject_request_not_found"|"changed_meanwhile"|
    "request_move_not_allowed"|"text_missing").
    """
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id, lock=True)
    check_revision(request, expected)
    move(request, RequestStatus.IN_PROGRESS)
    await resume_clocks(session, ClockObject.REQUEST, request.id)
    await note_step(
        session,
        principal,
        request,
        RequestStepKind.REOPENED,
        body=clean_text(reason, "reason"),
    )
    return request


async def _open_one(
    session: AsyncSession, principal: Principal, request_id: UUID, expected: int | None
) -> SubjectRequest:
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id, lock=True)
    check_revision(request, expected)
    if request.status in ENDED:
        raise AppError("request_ended", protocol=request.protocol)
    return request
