"""A worker hears the bell at once, hears which queue it rings for, and hears that it is deaf."""

import asyncio
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.notify_bell import CHANNEL
from cogep_assist.core.queue import BACKGROUND, INGESTION, Claim
from cogep_assist.worker_service import outage
from cogep_assist.worker_service.drain import Drainer
from cogep_assist.worker_service.job_line import Work
from cogep_assist.worker_service.process import make_registration


class Told:
    """A log that keeps what it is told."""

    def __init__(self, told: list[dict[str, object]]) -> None:
        self._told = told

    def info(self, event: str, **fields: object) -> None:
        self._told.append({"event": event, **fields})

    warning = info


def test_a_database_that_is_away_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(outage, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    told: list[dict[str, object]] = []
    monkeypatch.setattr(outage, "log", Told(told))
    away = outage.Outage()
    for _ in range(200):
        away.goes_on(psycopg.OperationalError("senha errada de Conceição"))
        clock[0] += 0.25
    away.goes_on(psycopg.errors.UndefinedTable("x"))
    away.ends()
    assert [line.get("seconds") for line in told] == [0.0, 30.0, 50.0, 50.0]
    assert [line.get("sqlstate") for line in told[:3]] == [None, None, "42P01"]
    assert [line["event"] for line in told] == ["database_away"] * 3 + ["database_back"]
    assert "Conceição" not in str(told)
    outage.Outage().ends()
    assert len(told) == 4


async def test_rings_are_heard_until_the_connection_is_lost(
    settings: Settings, database: Database, database_url: URL
) -> None:
    registration = make_registration(settings, database)
    await registration.open()
    heard: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.create_task(registration.listen(heard.put_nowait))
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        for ring in ("", "ingestion_queue"):
            await asyncio.to_thread(owner.execute, "SELECT pg_notify(%s, %s)", [CHANNEL, ring])
            assert await asyncio.wait_for(heard.get(), 10) == ring
        assert registration._connection is not None
        victim = registration._connection.info.backend_pid
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", [victim])
    with pytest.raises(psycopg.OperationalError):
        await asyncio.wait_for(listening, 10)
    await registration.close()


async def test_a_ring_that_names_a_queue_wakes_that_one_alone(
    settings: Settings, database: Database
) -> None:
    async def run(_: Claim) -> bool:
        raise AssertionError

    works = [Work(INGESTION, run, 4), Work(BACKGROUND, run, 4)]
    drainer = Drainer(
        database,
        make_registration(settings, database),
        works,
        lease_seconds=60,
        poll_seconds=60,
    )
    for ring, woken in (
        ("ingestion_queue", [True, False]),
        ("background_job", [False, True]),
        ("", [True, True]),
        ("sources", [False, False]),
    ):
        for work in works:
            work.look = False
        drainer.wake(ring)
        assert [work.look for work in works] == woken, ring
