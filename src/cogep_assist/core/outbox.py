"""The outbox: what leaves the house is written beside the act, and delivered at least once.

Messages of one resource key go out in the order in which they were written; one that waits for
its next try holds back those behind it, one that was given up does not. ``outbox_delivery``
carries them.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.db import RING
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OutboxAttempt, OutboxMessage, OutboxStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.sealing import seal, unseal

DELIVER = "deliver_outbox"
MAIL = "mail"
KEEP = timedelta(days=30)
NOW = sa.func.clock_timestamp()


@dataclass(slots=True)
class DeliveryLog:
    """What a courier notes of one try: the request without secrets, the reply as it came."""

    request: dict[str, Any] | None = None
    status_code: int | None = None
    reply_body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as its courier gets it; ``id`` stays the same at every try.

    ``last_try``: nobody tries again after this one. ``consent``: the customer and the purpose
    whose consent it takes to deliver it.
    """

    id: UUID
    topic: str
    resource_key: str
    payload: Mapping[str, Any]
    attempt: int
    webhook_id: UUID | None = None
    last_try: bool = False
    consent: tuple[UUID, str] | None = None
    log: DeliveryLog = field(default_factory=DeliveryLog)


Courier = Callable[[Parcel], Awaitable[str]]
"""Deliver a parcel and return what the other side replied. Raises AppError: tried again later
where it is ``retryable``, given up where it is not, kept back where it is ``delivery_held``."""


async def post(
    session: AsyncSession,
    topic: str,
    resource_key: str,
    payload: Mapping[str, Any],
    *,
    lane: str | None = None,
    event: str | None = None,
    webhook_id: UUID | None = None,
    held: bool = False,
    consent: tuple[UUID, str] | None = None,
) -> UUID:
    """Put a message into the outbox, in the caller's transaction. The payload is JSON.

    ``lane``: what it shares its way out with (by default, its topic). ``held``: it waits until
    somebody lets it go. ``consent``: a customer and a purpose; it leaves only where the consent
    stands in the moment of delivery.
    """
    message_id = uuid7()
    sealed = seal("outbox", json.dumps(payload, ensure_ascii=False).encode(), str(message_id))
    way = lane or topic
    session.add(
        OutboxMessage(
            id=message_id,
            topic=topic,
            lane=way,
            resource_key=resource_key,
            payload=sealed,
            event=event,
            webhook_id=webhook_id,
            consent_customer_id=consent and consent[0],
            consent_purpose=consent and consent[1],
            status=OutboxStatus.HELD if held else OutboxStatus.PENDING,
        )
    )
    await session.flush()
    if not held:
        await deliver_soon(session, way)
    return message_id


async def deliver_soon(session: AsyncSession, lane: str) -> None:
    """Have what is due in a lane delivered once this transaction is committed."""
    await enqueue_background(session, DELIVER, lane)
    session.info[RING] = True


def open_payload(message: OutboxMessage) -> dict[str, Any] | None:
    """Return what a message says, or None once that was forgotten."""
    if message.payload is None:
        return None
    opened: dict[str, Any] = json.loads(unseal("outbox", message.payload, str(message.id)))
    return opened


async def list_messages(
    session: AsyncSession,
    principal: Principal,
    status: OutboxStatus | None = None,
    limit: int = 50,
    *,
    webhook_id: UUID | None = None,
    before: int | None = None,
) -> Sequence[OutboxMessage]:
    """Return messages, the newest first; ``before``: the sequence number to go on after."""
    principal.require(Act.MANAGE_OUTBOX)
    statement = sa.select(OutboxMessage).order_by(OutboxMessage.sequence.desc()).limit(limit)
    if status is not None:
        statement = statement.where(OutboxMessage.status == status)
    if webhook_id is not None:
        statement = statement.where(OutboxMessage.webhook_id == webhook_id)
    if before is not None:
        statement = statement.where(OutboxMessage.sequence < before)
    return (await session.scalars(statement)).all()


async def find_message(
    session: AsyncSession, principal: Principal, message_id: UUID
) -> OutboxMessage:
    """Return one message. Raises AppError("outbox_not_found")."""
    principal.require(Act.MANAGE_OUTBOX)
    message = await session.get(OutboxMessage, message_id)
    if message is None:
        raise AppError("outbox_not_found")
    return message


async def attempts_of(
    session: AsyncSession, principal: Principal, message_id: UUID
) -> Sequence[OutboxAttempt]:
    """Return the delivery log of a message. Raises AppError("outbox_not_found")."""
    await find_message(session, principal, message_id)
    statement = sa.select(OutboxAttempt).where(OutboxAttempt.outbox_id == message_id)
    return (await session.scalars(statement.order_by(OutboxAttempt.attempt))).all()


def reply_body_of(attempt: OutboxAttempt) -> str:
    """Return what the other side said in a try, as text."""
    if attempt.reply_body is None:
        return ""
    said = unseal("outbox-reply", attempt.reply_body, str(attempt.outbox_id))
    return said.decode("utf-8", "replace")


async def resend(session: AsyncSession, principal: Principal, message_id: UUID) -> None:
    """Put a message that ended back in line. Raises AppError("outbox_not_found"|"outbox_empty").

    One that waits for its next try has its turn now.
    """
    principal.require(Act.MANAGE_OUTBOX)
    message = await session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None:
        raise AppError("outbox_not_found")
    if message.payload is None:
        raise AppError("outbox_empty")
    message.status, message.finished_at = OutboxStatus.PENDING, None
    message.attempts = 0
    await session.flush()
    await session.execute(
        sa.update(OutboxMessage).where(OutboxMessage.id == message_id).values(available_at=NOW)
    )
    await deliver_soon(session, message.lane)
    await audit.record(session, principal, "outbox_resent", "outbox", message_id)


async def release_held(session: AsyncSession, webhook_id: UUID) -> int:
    """Let go what was held for a webhook, in its order; return how many messages."""
    freed = await session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.webhook_id == webhook_id, OutboxMessage.status == OutboxStatus.HELD)
        .values(status=OutboxStatus.PENDING, attempts=0, available_at=NOW)
        .returning(OutboxMessage.lane)
    )
    lanes = list(freed.scalars())
    for lane in sorted(set(lanes)):
        await deliver_soon(session, lane)
    return len(lanes)


async def hold_pending(session: AsyncSession, webhook_id: UUID) -> int:
    """Hold what waits for a webhook; return how many messages."""
    held = await session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.webhook_id == webhook_id, OutboxMessage.status == OutboxStatus.PENDING)
        .values(status=OutboxStatus.HELD)
        .returning(OutboxMessage.id)
    )
    return len(held.all())


async def sweep_outbox(session: AsyncSession) -> int:
    """Delete messages that ended, or were held, long ago; return how many."""
    old = NOW - sa.literal(KEEP)
    gone = await session.execute(
        sa.delete(OutboxMessage)
        .where(
            sa.or_(
                OutboxMessage.finished_at < old,
                sa.and_(OutboxMessage.status == OutboxStatus.HELD, OutboxMessage.created_at < old),
            )
        )
        .returning(OutboxMessage.id)
    )
    return len(gone.all())
