"""A statement that libpq alone runs: its result, its refusals, and a connection that breaks."""

import asyncio
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL

from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.lone_statement import LoneStatement

ECHO = LoneStatement(b"SELECT $1::text, $2::integer + 1")
SLOW = LoneStatement(b"SELECT pg_sleep(60)")
SLEEPING = " WHERE wait_event = 'PgSleep' AND datname = current_database()"
# More than a socket takes at once, there and back.
LONG = b"\xc3\xa7" * 8_000_000


async def test_values_come_back_and_a_refusal_leaves_the_connection_good(
    database: Database,
) -> None:
    async with await database.connect() as connection:
        for text in (b"S\xc3\xa3o Jo\xc3\xa3o", None, LONG):
            result = await ECHO.run(connection, [text, b"1"])
            assert (result.get_value(0, 0), result.get_value(0, 1)) == (text, b"2")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            await ECHO.run(connection, [None, b"um"])
        together = [ECHO.run(connection, [b"%d" % n, b"%d" % n]) for n in range(20)]
        results = await asyncio.gather(*together)
        assert [r.get_value(0, 1) for r in results] == [b"%d" % (n + 1) for n in range(20)]


async def test_a_result_nobody_waits_for_is_never_that_of_the_next_statement(
    database: Database, database_url: URL
) -> None:
    async with await database.connect() as connection:
        await ECHO.run(connection, [b"um", b"1"])
        waiting = asyncio.create_task(SLOW.run(connection, []))
        with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
            await _until_it_sleeps(owner, connection)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity" + SLEEPING)
        assert connection.closed
        with pytest.raises(psycopg.OperationalError):
            await ECHO.run(connection, [b"dois", b"2"])


async def test_a_server_that_goes_away_is_told_of_at_once(
    database: Database, database_url: URL
) -> None:
    async with await database.connect() as connection:
        waiting = asyncio.create_task(SLOW.run(connection, []))
        with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
            await _until_it_sleeps(owner, connection)
            owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity" + SLEEPING)
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(waiting, 10)
        assert connection.closed


async def _until_it_sleeps(
    owner: psycopg.Connection, connection: psycopg.AsyncConnection[Any]
) -> None:
    pid = connection.info.backend_pid
    async with asyncio.timeout(10):
        while (pid,) not in owner.execute("SELECT pid FROM pg_stat_activity" + SLEEPING).fetchall():
            await asyncio.sleep(0.01)
