"""A server that takes fewer connections than our processes may ask for is told of in time."""

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.diagnosis.connection import open_connection
from cogep_assist.core.diagnosis.connection_room import check_room
from cogep_assist.core.diagnosis.finding import Finding, State
from cogep_assist.core.models import Worker


async def looked_at(url: URL, pool_size: int) -> list[Finding]:
    opened = await open_connection(url)
    assert not isinstance(opened, Finding)
    async with opened:
        return await check_room(opened, pool_size)


@pytest.fixture
def narrow(database_url: URL) -> URL:
    """A database that takes twenty connections."""
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        name = sql.Identifier(database_url.database or "")
        owner.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 20").format(name))
    return database_url


async def test_the_usual_server_has_room(database_url: URL) -> None:
    assert await looked_at(database_url, 8) == []


async def test_a_narrow_one_is_told_with_the_size_that_fits(narrow: URL) -> None:
    (found,) = await looked_at(narrow, 8)
    assert (found.state, found.code) == (State.WARNING, "doctor_database_room")
    assert found.details == {"room": 20, "processes": 2, "needed": 40, "fitting": 3}
    assert "COGEP_DATABASE_POOL_SIZE=3" in found.remedy
    assert await looked_at(narrow, 3) == []


async def test_the_workers_of_this_moment_are_counted(narrow: URL, database: Database) -> None:
    at = sa.func.clock_timestamp()
    seen = [at, at, at - sa.text("interval '1 hour'")]
    async with database.begin() as session:
        for number, moment in enumerate(seen):
            session.add(
                Worker(
                    id=uuid7(),
                    host="servidor",
                    process_id=number,
                    release="0",
                    schema_revision="0",
                    capacity=1,
                    busy=0,
                    lock_key=number,
                    seen_at=moment,
                )
            )
    (found,) = await looked_at(narrow, 2)
    assert found.details == {"room": 20, "processes": 3, "needed": 24, "fitting": 1}


async def test_a_database_without_tables_is_looked_at_too(server_url: URL) -> None:
    opened = await open_connection(server_url)
    assert not isinstance(opened, Finding)
    async with opened:
        assert await check_room(opened, 1) == []
