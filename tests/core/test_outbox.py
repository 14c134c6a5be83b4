"""The outbox: in the act's transaction, in order, again after a failure, given up in the end."""

import asyncio
import contextlib

import pytest
import sqlalchemy as sa

from cogep_assist.core import outbox
from cogep_assist.core import outbox_delivery as delivery
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OutboxAttempt, OutboxMessage, OutboxStatus
from cogep_assist.core.principal import SYSTEM


class Courier:
    """Take parcels, or refuse them as scripted."""

    def __init__(self, *errors: AppError | None) -> None:
        self.errors = list(errors)
        self.got: list[str] = []

    async def __call__(self, parcel: outbox.Parcel) -> str:
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.got.append(parcel.payload["text"])
        return "250"


async def deliver(database: Database, courier: outbox.Courier, lane: str = "mail") -> int:
    return await delivery.Deliverer(database, {"mail": courier}).deliver(lane)


async def post(database: Database, *texts: str, key: str = "user:1") -> None:
    async with database.begin() as session:
        for text in texts:
            await outbox.post(session, "mail", key, {"text": text})


async def due_now(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(
            sa.update(OutboxMessage).values(available_at=sa.func.clock_timestamp())
        )


async def standing(database: Database) -> list[str]:
    async with database.begin() as session:
        rows = await session.scalars(
            sa.select(OutboxMessage.status).order_by(OutboxMessage.sequence)
        )
        return [status.value for status in rows]


async def test_messages_go_out_in_order_and_only_once_committed(
    database: Database, settings: Settings
) -> None:
    courier = Courier(None, AppError("mail_unavailable", reply="421"))
    async with database.sessions() as session:
        await outbox.post(session, "mail", "user:1", {"text": "desfeito"})
        await session.rollback()
    await post(database, "primeiro", "segundo: João", "terceiro")
    assert await deliver(database, courier) == 1
    # The second waits for its next try, and the third for the second.
    assert await deliver(database, courier) == 0
    assert await standing(database) == ["delivered", "pending", "pending"]
    async with database.begin() as session:
        stored = list(await session.scalars(sa.select(OutboxMessage.payload)))
        assert stored.count(None) == 1
        assert not any(b"segundo" in payload for payload in stored if payload)
        # What stands in line behind it is looked at again, and found to have to wait.
        assert await delivery.due_lanes(session) == ["mail"]
    await due_now(database)
    async with database.begin() as session:
        assert await delivery.due_lanes(session) == ["mail"]
    assert await deliver(database, courier) == 2
    assert courier.got == ["primeiro", "segundo: João", "terceiro"]
    async with database.begin() as session:
        tried = (await session.execute(sa.select(OutboxAttempt.error_code))).scalars().all()
    assert sorted(tried, key=str) == [None, None, None, "mail_unavailable"]


async def test_what_is_refused_for_good_is_given_up_lets_others_pass_and_is_resent(
    database: Database, settings: Settings
) -> None:
    courier = Courier(AppError("mail_refused", reply="550", retryable=False))
    await post(database, "recusado", "seguinte")
    await deliver(database, courier)
    assert await standing(database) == ["dead", "delivered"]
    async with database.begin() as session:
        dead, done = (await outbox.list_messages(session, SYSTEM))[::-1]
        await outbox.resend(session, SYSTEM, dead.id)
        with pytest.raises(AppError, match="outbox_empty"):
            await outbox.resend(session, SYSTEM, done.id)
    await deliver(database, courier)
    assert courier.got == ["seguinte", "recusado"]


async def test_a_crash_is_tried_again_and_given_up_after_eight_more(
    database: Database, settings: Settings
) -> None:
    async def broken(_: outbox.Parcel) -> str:
        raise RuntimeError("boom")

    await post(database, "azarado")
    for _ in range(delivery.MAX_ATTEMPTS):
        assert await standing(database) == [OutboxStatus.PENDING.value]
        await due_now(database)
        await deliver(database, broken)
    assert await standing(database) == ["dead"]


async def test_resources_go_side_by_side_each_in_its_order_whoever_delivers(
    database: Database, settings: Settings
) -> None:
    got: list[str] = []
    at_once = busiest = 0

    async def slow(parcel: outbox.Parcel) -> str:
        nonlocal at_once, busiest
        at_once += 1
        busiest = max(busiest, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        got.append(parcel.payload["text"])
        return "250"

    for key in range(12):
        await post(database, *(f"{key}:{n}" for n in range(3)), key=f"ticket:{key}")
    # Two processes at once, the first asked twice: a lane is never wider than it may be.
    here = delivery.Deliverer(database, {"mail": slow})
    there = delivery.Deliverer(database, {"mail": slow})
    sent = await asyncio.gather(here.deliver("mail"), here.deliver("mail"), there.deliver("mail"))
    assert sum(sent) == len(got) == len(set(got)) == 36
    assert 1 < busiest <= 2 * delivery.LANE_WIDTH
    for key in range(12):
        assert [text for text in got if text.startswith(f"{key}:")] == [
            f"{key}:{n}" for n in range(3)
        ]


async def test_a_commit_rings_and_a_rollback_does_not(
    database: Database, settings: Settings
) -> None:
    rung: list[bool] = []

    async def ring() -> None:
        rung.append(True)

    database.ring = ring
    with contextlib.suppress(LookupError):
        async with database.begin() as session:
            await outbox.post(session, "mail", "user:1", {"text": "desfeito"})
            raise LookupError
    assert rung == []
    await post(database, "Olá, João")
    assert rung == [True]
