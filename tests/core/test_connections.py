"""A lost connection is replaced before anybody uses it; look-ups alone need no transaction."""

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from cogep_assist.core import audit, db, secret_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import AuditEvent
from cogep_assist.core.principal import SYSTEM

PID = sa.select(sa.func.pg_backend_pid())


async def test_a_connection_that_was_ended_meanwhile_costs_nobody_an_error(
    database: Database, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.begin() as session:
        first = await session.scalar(PID)
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    for give in (database.begin, database.reading):
        async with give() as session:
            second = await session.scalar(PID)
            assert second != first
    # One that was quiet for long is asked, and goes on where it answers.
    monkeypatch.setattr(db, "ASKED_AFTER_SECONDS", -1.0)
    async with database.begin() as session:
        assert await session.scalar(PID) == second


async def test_a_reading_session_leaves_no_transaction_and_writes_its_acts(
    database: Database, settings: Settings
) -> None:
    secret_key.load(settings)
    now = sa.select(sa.func.transaction_timestamp())
    async with database.reading() as session:
        assert await session.scalar(now) != await session.scalar(now)
        await audit.record(session, SYSTEM, "sensitive_ticket_read", "ticket", "um")
    async with database.begin() as session:
        # The same connection, in a transaction again.
        assert await session.scalar(now) == await session.scalar(now)
        assert (await session.scalars(sa.select(AuditEvent.object_id))).all() == ["um"]
    with pytest.raises(ZeroDivisionError):
        await _fail_in(database)
    async with database.begin() as session:
        assert (await session.scalars(sa.select(AuditEvent.object_id))).all() == ["um"]


async def _fail_in(database: Database) -> None:
    async with database.reading() as session:
        await audit.record(session, SYSTEM, "sensitive_ticket_read", "ticket", "dois")
        raise ZeroDivisionError
