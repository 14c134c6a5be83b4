"""Tell those with whom data were shared what a request brought about (art. 18, par. 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_tokens import new_token, token_hash
from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import (
    ClockObject,
    RequestNotice,
    RequestStepKind,
    SubjectRequest,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.lgpd_service.legal.legal_clocks import (
    clocks_of,
    local_today,
    meet_clocks,
    start_clock,
)
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.requests.request_letters import recipient_notice
from cogep_assist.lgpd_service.requests.request_rights import TOLD_TO_RECIPIENTS
from cogep_assist.lgpd_service.requests.request_steps import note_step
from cogep_assist.lgpd_service.requests.request_words import clean_name, clean_text

RULE = "recipients_notice"
MAX_RECIPIENTS = 100
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who got the data."""

    name: str
    email: str


async def tell_recipients(
    session: AsyncSession,
    principal: Principal,
    request_id: UUID,
    recipients: Sequence[Recipient],
    asked: str,
    settings: Settings,
) -> list[RequestNotice]:
    """Write to recipients what they must do as well; each confirms with a code of its own.

    ``asked`` says what is to be corrected, eliminated, made anonymous or blocked, and for whom.
    Raises AppError("role_not_allowed"|"subject_request_not_found"|"notice_not_due"|
    "email_invalid"|"text_missing").
    """
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id, lock=True)
    if request.right not in TOLD_TO_RECIPIENTS:
        raise AppError("notice_not_due")
    asked = clean_text(asked, "asked")
    organization = (await find_profile(session)).name
    sent = [
        await _send(session, request, one, asked, organization, settings)
        for one in recipients[:MAX_RECIPIENTS]
    ]
    await _clock(session, request, ZoneInfo(settings.timezone))
    details = {"notice_ids": [str(one.id) for one in sent]}
    await note_step(session, principal, request, RequestStepKind.NOTICE_SENT, details=details)
    return sent


async def acknowledge(
    session: AsyncSession, principal: Principal, code: str, words: str = ""
) -> RequestNotice:
    """Note that a recipient has done what a notice asked. Raises AppError("notice_not_found")."""
    notice = await session.scalar(
        sa.select(RequestNotice)
        .where(RequestNotice.code_hash == token_hash(code.strip()))
        .with_for_update()
    )
    if notice is None:
        raise AppError("notice_not_found")
    if notice.acknowledged_at is None:
        notice.acknowledged_at = NOW
        notice.acknowledgement = clean_text(words, "words", obligatory=False)[:1000] or None
        request = await session.get_one(
            SubjectRequest, notice.request_id, with_for_update=True, populate_existing=True
        )
        details = {"notice_id": str(notice.id)}
        await note_step(
            session, principal, request, RequestStepKind.NOTICE_ACKNOWLEDGED, details=details
        )
    await session.refresh(notice)
    return notice


async def notices_of(
    session: AsyncSession, principal: Principal, request_id: UUID
) -> Sequence[RequestNotice]:
    """Return the log of notices. Raises AppError("subject_request_not_found")."""
    principal.require(Act.MANAGE_SUBJECT_REQUESTS)
    request = await find_request(session, principal, request_id)
    statement = sa.select(RequestNotice).where(RequestNotice.request_id == request.id)
    return (await session.scalars(statement.order_by(RequestNotice.id))).all()


async def _send(
    session: AsyncSession,
    request: SubjectRequest,
    recipient: Recipient,
    asked: str,
    organization: str,
    settings: Settings,
) -> RequestNotice:
    name = clean_name(recipient.name)
    if normalize_email(recipient.email) is None:
        raise AppError("email_invalid")
    code = new_token()
    notice = RequestNotice(
        request_id=request.id,
        recipient=name,
        recipient_email=recipient.email.strip(),
        asked=asked,
        code_hash=token_hash(code),
    )
    session.add(notice)
    await session.flush()
    page = f"{link_base(settings)}/privacidade"
    letter = recipient_notice(name, organization, asked, code, page)
    payload = mail_payload(letter, notice.recipient_email)
    await post(session, MAIL, f"request_notice:{notice.id}", payload)
    return notice


async def _clock(session: AsyncSession, request: SubjectRequest, zone: ZoneInfo) -> None:
    """Prove that recipients were told in time: the clock starts and is met by the same act."""
    clocks = (await clocks_of(session, ClockObject.REQUEST, [request.id]))[request.id]
    if all(clock.rule_key != RULE for clock in clocks):
        today = await local_today(session, zone)
        await start_clock(session, ClockObject.REQUEST, request.id, RULE, today, zone)
    await meet_clocks(session, ClockObject.REQUEST, request.id, RULE)
