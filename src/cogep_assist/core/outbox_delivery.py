"""Carry what lies in the outbox: many resources side by side, each in its own order."""

import asyncio
import json
import random
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cogep_assist.core import audit
from cogep_assist.core.consent import consent_stands
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import OutboxAttempt, OutboxMessage, OutboxStatus
from cogep_assist.core.outbox import MAIL, NOW, Courier, Parcel
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.sealing import seal, unseal

# Letters hold links that sign somebody in: once delivered, they are kept nowhere.
FORGOTTEN_WHEN_DELIVERED = frozenset({MAIL})
MAX_ATTEMPTS = 9  # the first, and eight more
# A delivery that says nothing for this long is taken for dead with its process.
LEASE = timedelta(minutes=5)
FIRST_DELAY_SECONDS = 30.0
LONGEST_DELAY_SECONDS = 3600.0
MAX_REPLY_CHARS = 300
MAX_BODY_BYTES = 2048
# How many resources of one lane are served at once, so that no lane takes all there is.
LANE_WIDTH = 8
log = get_logger(__name__)


class Deliverer:
    """Deliver by lanes; one process has one, so that no lane is ever wider than it may be."""

    def __init__(self, database: Database, couriers: Mapping[str, Courier]) -> None:
        self._database = database
        self._couriers = couriers
        self._open: dict[str, asyncio.Event] = {}

    async def deliver(self, lane: str) -> int:
        """Deliver what is due in a lane and return how many messages went out.

        Commits as it goes: nothing is held open while the other side takes its time. Where the
        lane is open already, whoever serves it is told that there is more.
        """
        if lane in self._open:
            self._open[lane].set()
            return 0
        more = self._open[lane] = asyncio.Event()
        try:
            return await self._serve(lane, more)
        finally:
            del self._open[lane]

    async def _serve(self, lane: str, more: asyncio.Event) -> int:
        delivered = 0
        running: set[asyncio.Task[bool]] = set()
        try:
            while True:
                more.clear()
                parcels = await self._claimed(lane, LANE_WIDTH - len(running))
                running |= {asyncio.create_task(self._carry(parcel)) for parcel in parcels}
                if not running:
                    return delivered
                done, running = await _first_of(running, more)
                delivered += sum(task.result() for task in done)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _claimed(self, lane: str, limit: int) -> list[Parcel]:
        # Some at a time: a round trip for each would cost more than the delivery itself.
        if limit < LANE_WIDTH // 2:
            return []
        async with self._database.begin() as session:
            return await _claim(session, lane, limit)

    async def _carry(self, parcel: Parcel) -> bool:
        """Try one parcel and write what came of it; tell whether it was delivered."""
        began = time.monotonic()
        error: AppError | None = None
        reply = ""
        try:
            if not await self._may_leave(parcel):
                return False
            courier = self._couriers.get(parcel.topic)
            if courier is None:
                raise AppError("outbox_topic_unknown", topic=parcel.topic)
            reply = await courier(parcel)
        except AppError as raised:
            error = raised
            reply = str(raised.details.get("reply", ""))
        except Exception as raised:  # noqa: BLE001  (whatever fails is tried again, and logged)
            log.warning("outbox_crashed", topic=parcel.topic, error=type(raised).__name__)
            error = AppError("outbox_delivery_failed", retryable=True)
        took = round((time.monotonic() - began) * 1000)
        async with self._database.begin() as session:
            await _note(session, parcel, error, reply, took)
            await _finish(session, parcel, error)
        return error is None

    async def _may_leave(self, parcel: Parcel) -> bool:
        """Tell whether the consent that a parcel takes stands now; without it, it goes nowhere."""
        if parcel.consent is None:
            return True
        async with self._database.begin() as session:
            if await consent_stands(session, *parcel.consent):
                return True
            await _withhold(session, parcel)
        return False


async def due_lanes(session: AsyncSession) -> Sequence[str]:
    """Return the lanes in which something is due."""
    statement = (
        sa.select(OutboxMessage.lane)
        .where(OutboxMessage.status == OutboxStatus.PENDING, OutboxMessage.available_at <= NOW)
        .distinct()
    )
    return (await session.scalars(statement)).all()


async def _first_of(
    running: set[asyncio.Task[bool]], more: asyncio.Event
) -> tuple[set[asyncio.Task[bool]], set[asyncio.Task[bool]]]:
    """Wait until a delivery ends, or until there is more and room for it."""
    if len(running) > LANE_WIDTH // 2:
        return await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    told = asyncio.create_task(more.wait())
    try:
        await asyncio.wait({*running, told}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
    done = {task for task in running if task.done()}
    return done, running - done


async def _claim(session: AsyncSession, lane: str, limit: int) -> list[Parcel]:
    """Take first messages that are due. Two at once: the second leaves them to the first."""
    earlier = aliased(OutboxMessage)
    comes_later = sa.exists().where(
        earlier.resource_key == OutboxMessage.resource_key,
        earlier.status == OutboxStatus.PENDING,
        earlier.sequence < OutboxMessage.sequence,
    )
    first = (
        sa.select(OutboxMessage.id)
        .where(
            OutboxMessage.lane == lane,
            OutboxMessage.status == OutboxStatus.PENDING,
            OutboxMessage.available_at <= NOW,
            ~comes_later,
        )
        .order_by(OutboxMessage.available_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_(first.scalar_subquery()))
        .values(attempts=OutboxMessage.attempts + 1, available_at=NOW + sa.literal(LEASE))
        .returning(
            OutboxMessage.id,
            OutboxMessage.topic,
            OutboxMessage.resource_key,
            OutboxMessage.payload,
            OutboxMessage.attempts,
            OutboxMessage.webhook_id,
            OutboxMessage.consent_customer_id,
            OutboxMessage.consent_purpose,
        ),
        execution_options={"synchronize_session": False},
    )
    return [_parcel(row) for row in rows.all()]


async def _withhold(session: AsyncSession, parcel: Parcel) -> None:
    """Cancel a message for want of consent, and forget what it said."""
    await session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == parcel.id, OutboxMessage.attempts == parcel.attempt)
        .values(status=OutboxStatus.CANCELLED, finished_at=NOW, payload=None)
    )
    assert parcel.consent is not None
    details = {"purpose": parcel.consent[1]}
    await audit.record(session, SYSTEM, "message_withheld", "outbox", parcel.id, details)


def _parcel(row: Any) -> Parcel:
    content = unseal("outbox", row.payload, str(row.id)) if row.payload else b"{}"
    return Parcel(
        row.id,
        row.topic,
        row.resource_key,
        json.loads(content),
        row.attempts,
        row.webhook_id,
        last_try=row.attempts >= MAX_ATTEMPTS,
        consent=row.consent_purpose and (row.consent_customer_id, row.consent_purpose),
    )


async def _note(
    session: AsyncSession, parcel: Parcel, error: AppError | None, reply: str, took: int
) -> None:
    """Log a try, unless the message has gone by now, with the subscription that it was for."""
    body = parcel.log.reply_body
    said = body and seal("outbox-reply", body[:MAX_BODY_BYTES], str(parcel.id))
    number = (
        sa.select(sa.func.coalesce(sa.func.max(OutboxAttempt.attempt), 0) + 1)
        .where(OutboxAttempt.outbox_id == parcel.id)
        .scalar_subquery()
    )
    values = {
        "delivered": error is None,
        "error_code": error.code if error else None,
        "reply": reply[:MAX_REPLY_CHARS],
        "request": parcel.log.request,
        "status_code": parcel.log.status_code,
        "reply_body": said,
        "duration_ms": took,
    }
    columns = OutboxAttempt.__table__.c
    row = sa.select(
        OutboxMessage.id,
        number,
        *(sa.literal(value, columns[name].type) for name, value in values.items()),
    ).where(OutboxMessage.id == parcel.id)
    await session.execute(
        insert(OutboxAttempt)
        .from_select(["outbox_id", "attempt", *values], row, include_defaults=False)
        .on_conflict_do_nothing()
    )


async def _finish(session: AsyncSession, parcel: Parcel, error: AppError | None) -> None:
    """Write where the message stands now; a late writer, whose lease was taken, writes nothing."""
    standing = [OutboxStatus.PENDING]
    values: dict[str, Any] = {"status": OutboxStatus.DELIVERED, "finished_at": NOW}
    if error is None and parcel.topic in FORGOTTEN_WHEN_DELIVERED:
        values["payload"] = None
    if error is None:
        # Its webhook may have been paused meanwhile, and the message held.
        standing.append(OutboxStatus.HELD)
    elif error.code == "delivery_held":
        values = {"status": OutboxStatus.HELD}
    elif error.retryable and not parcel.last_try:
        values = {"available_at": NOW + sa.literal(_delay(parcel.attempt, error))}
    else:
        values["status"] = OutboxStatus.DEAD
        log.warning("outbox_dead", topic=parcel.topic, code=error.code)
    await session.execute(
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.id == parcel.id,
            OutboxMessage.attempts == parcel.attempt,
            OutboxMessage.status.in_(standing),
        )
        .values(values)
    )


def _delay(attempt: int, error: AppError) -> timedelta:
    """Return the wait before the next try: doubling from 30 s to 1 h, up to a fifth less or more.

    After Amazon's "Exponential Backoff And Jitter": without the jitter all would come at once.
    What the other side asks for (Retry-After) is waited for as well, up to an hour.
    """
    seconds = min(FIRST_DELAY_SECONDS * 2 ** (attempt - 1), LONGEST_DELAY_SECONDS)
    seconds *= random.uniform(0.8, 1.2)  # noqa: S311  (no secret)
    asked = error.details.get("retry_after")
    if isinstance(asked, int | float):
        seconds = max(seconds, min(asked, LONGEST_DELAY_SECONDS))
    return timedelta(seconds=seconds)
