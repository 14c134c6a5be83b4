"""The outbox: what leaves the house is written beside the act, and delivered at least once.

Messages of one resource key go out in the order in which they were written; one that waits for
its next try holds back those behind it, one that was given up does not.
"""

import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import OutboxAttempt, OutboxMessage, OutboxStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.sealing import seal, unseal

DELIVER = "deliver_outbox"
MAIL = "mail"
# Letters hold links that sign somebody in: once delivered, they are kept nowhere.
FORGOTTEN_WHEN_DELIVERED = frozenset({MAIL})
MAX_ATTEMPTS = 10
# A delivery that says nothing for this long is taken for dead with its process.
LEASE = timedelta(minutes=5)
FIRST_DELAY_SECONDS = 30.0
LONGEST_DELAY_SECONDS = 3600.0
KEEP = timedelta(days=30)
MAX_REPLY_CHARS = 300
NOW = sa.func.clock_timestamp()
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as its courier gets it; ``id`` stays the same at every try."""

    id: UUID
    topic: str
    resource_key: str
    payload: Mapping[str, Any]
    attempt: int


Courier = Callable[[Parcel], Awaitable[str]]
"""Deliver a parcel and return what the other side replied. Raises AppError: tried again later
where it is ``retryable``, given up where it is not."""


async def post(
    session: AsyncSession, topic: str, resource_key: str, payload: Mapping[str, Any]
) -> UUID:
    """Put a message into the outbox, in the caller's transaction. The payload is JSON."""
    message_id = uuid7()
    sealed = seal("outbox", json.dumps(payload, ensure_ascii=False).encode(), str(message_id))
    session.add(
        OutboxMessage(id=message_id, topic=topic, resource_key=resource_key, payload=sealed)
    )
    await session.flush()
    await enqueue_background(session, DELIVER, resource_key)
    return message_id


async def deliver(database: Database, couriers: Mapping[str, Courier], resource_key: str) -> int:
    """Deliver what is due of one resource key, in order; return how many went out.

    Commits as it goes: nothing is held open while the other side takes its time.
    """
    delivered = 0
    while True:
        async with database.begin() as session:
            parcel = await _claim(session, resource_key)
        if parcel is None:
            return delivered
        if not await _try(database, couriers, parcel):
            return delivered
        delivered += 1


async def due_resources(session: AsyncSession, limit: int = 500) -> Sequence[str]:
    """Return the resource keys whose first waiting message is due."""
    first = (
        sa.select(OutboxMessage.resource_key, OutboxMessage.available_at)
        .ext(distinct_on(OutboxMessage.resource_key))
        .where(OutboxMessage.status == OutboxStatus.PENDING)
        .order_by(OutboxMessage.resource_key, OutboxMessage.sequence)
        .subquery()
    )
    statement = sa.select(first.c.resource_key).where(first.c.available_at <= NOW).limit(limit)
    return (await session.scalars(statement)).all()


async def list_messages(
    session: AsyncSession, principal: Principal, status: OutboxStatus | None = None, limit: int = 50
) -> Sequence[OutboxMessage]:
    """Return messages, the newest first, without what is in them."""
    principal.require(Act.MANAGE_OUTBOX)
    statement = sa.select(OutboxMessage).order_by(OutboxMessage.sequence.desc()).limit(limit)
    if status is not None:
        statement = statement.where(OutboxMessage.status == status)
    return (await session.scalars(statement)).all()


async def attempts_of(
    session: AsyncSession, principal: Principal, message_id: UUID
) -> Sequence[OutboxAttempt]:
    """Return the delivery log of a message. Raises AppError("outbox_not_found")."""
    principal.require(Act.MANAGE_OUTBOX)
    if await session.get(OutboxMessage, message_id) is None:
        raise AppError("outbox_not_found")
    statement = sa.select(OutboxAttempt).where(OutboxAttempt.outbox_id == message_id)
    return (await session.scalars(statement.order_by(OutboxAttempt.attempt))).all()


async def resend(session: AsyncSession, principal: Principal, message_id: UUID) -> None:
    """Put a message that ended back in line. Raises AppError("outbox_not_found"|"outbox_empty")."""
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
    await enqueue_background(session, DELIVER, message.resource_key)
    await audit.record(session, principal, "outbox_resent", "outbox", message_id)


async def sweep_outbox(session: AsyncSession) -> int:
    """Delete messages that ended long ago; return how many."""
    gone = await session.execute(
        sa.delete(OutboxMessage)
        .where(OutboxMessage.finished_at < NOW - sa.literal(KEEP))
        .returning(OutboxMessage.id)
    )
    return len(gone.all())


async def _claim(session: AsyncSession, resource_key: str) -> Parcel | None:
    """Take the first waiting message if it is due. Two at once: the second finds it taken."""
    first = (
        sa.select(OutboxMessage.id)
        .where(
            OutboxMessage.resource_key == resource_key,
            OutboxMessage.status == OutboxStatus.PENDING,
        )
        .order_by(OutboxMessage.sequence)
        .limit(1)
        .scalar_subquery()
    )
    row = (
        await session.execute(
            sa.update(OutboxMessage)
            .where(
                OutboxMessage.id == first,
                OutboxMessage.status == OutboxStatus.PENDING,
                OutboxMessage.available_at <= NOW,
            )
            .values(attempts=OutboxMessage.attempts + 1, available_at=NOW + sa.literal(LEASE))
            .returning(
                OutboxMessage.id,
                OutboxMessage.topic,
                OutboxMessage.payload,
                OutboxMessage.attempts,
            )
        )
    ).first()
    if row is None:
        return None
    content = unseal("outbox", row.payload, str(row.id)) if row.payload else b"{}"
    return Parcel(row.id, row.topic, resource_key, json.loads(content), row.attempts)


async def _try(database: Database, couriers: Mapping[str, Courier], parcel: Parcel) -> bool:
    """Deliver one parcel and write what came of it; tell whether the next may follow."""
    began = time.monotonic()
    error: AppError | None = None
    reply = ""
    try:
        courier = couriers.get(parcel.topic)
        if courier is None:
            raise AppError("outbox_topic_unknown", topic=parcel.topic)
        reply = await courier(parcel)
    except AppError as raised:
        error = raised
        reply = str(raised.details.get("reply", ""))
    except Exception as raised:  # noqa: BLE001  (whatever fails is tried again, and logged)
        log.warning("outbox_delivery_crashed", topic=parcel.topic, error=type(raised).__name__)
        error = AppError("outbox_delivery_failed", retryable=True)
    took = round((time.monotonic() - began) * 1000)
    async with database.begin() as session:
        await _note(session, parcel, error, reply, took)
        return await _finish(session, parcel, error)


async def _note(
    session: AsyncSession, parcel: Parcel, error: AppError | None, reply: str, took: int
) -> None:
    last = await session.scalar(
        sa.select(sa.func.coalesce(sa.func.max(OutboxAttempt.attempt), 0)).where(
            OutboxAttempt.outbox_id == parcel.id
        )
    )
    session.add(
        OutboxAttempt(
            outbox_id=parcel.id,
            attempt=(last or 0) + 1,
            delivered=error is None,
            error_code=error.code if error else None,
            reply=reply[:MAX_REPLY_CHARS],
            duration_ms=took,
        )
    )
    await session.flush()


async def _finish(session: AsyncSession, parcel: Parcel, error: AppError | None) -> bool:
    """Write where the message stands now; a late writer, whose lease was taken, writes nothing."""
    values: dict[str, Any] = {"status": OutboxStatus.DELIVERED, "finished_at": NOW}
    if error is None and parcel.topic in FORGOTTEN_WHEN_DELIVERED:
        values["payload"] = None
    if error is not None and error.retryable and parcel.attempt < MAX_ATTEMPTS:
        values = {"available_at": NOW + sa.literal(_delay(parcel.attempt))}
    elif error is not None:
        values["status"] = OutboxStatus.DEAD
        log.warning("outbox_dead", topic=parcel.topic, code=error.code)
    await session.execute(
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.id == parcel.id,
            OutboxMessage.attempts == parcel.attempt,
            OutboxMessage.status == OutboxStatus.PENDING,
        )
        .values(values)
    )
    return "status" in values


def _delay(attempt: int) -> timedelta:
    """Return the wait before the next try: doubling from 30 s to 1 h, up to a fifth less or more.

    After Amazon's "Exponential Backoff And Jitter": without the jitter all would come at once.
    """
    seconds = min(FIRST_DELAY_SECONDS * 2 ** (attempt - 1), LONGEST_DELAY_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311  (no secret)
