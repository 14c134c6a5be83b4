"""What an administrator set for the server, the database or the user changes nothing of ours."""

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from cogep_assist.core import schema
from cogep_assist.core.db import Database, connect_arguments, conninfo
from cogep_assist.core.models import Collection

# Each was seen to break something: wrong answers, errors at every turn, a listener that is cut off.
SET_BY_OTHERS = {
    "timezone": "Asia/Tokyo",
    "datestyle": "SQL, DMY",
    "intervalstyle": "iso_8601",
    "standard_conforming_strings": "off",
    "default_transaction_isolation": "serializable",
    "idle_session_timeout": "1s",
    "client_encoding": "LATIN1",
    "search_path": "crm, ai, public",
    "bytea_output": "escape",
    "statement_timeout": "9s",
    "lock_timeout": "8s",
    "idle_in_transaction_session_timeout": "7s",
}
EVERY_SESSION = {
    "TimeZone": "UTC",
    "IntervalStyle": "postgres",
    "standard_conforming_strings": "on",
    "transaction_isolation": "read committed",
    "idle_session_timeout": "0",
    "client_encoding": "UTF8",
}
SAID = "Avisos — “férias” de 30 dias: 10 € 😀"


@pytest.fixture
def headstrong(database_url: URL) -> URL:
    """A database whose administrator has settings of his own."""
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        for name, value in SET_BY_OTHERS.items():
            parts = [part.strip() for part in value.split(",")]
            owner.execute(
                sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                    sql.Identifier(database_url.database or ""),
                    sql.Identifier(name),
                    sql.SQL(", ").join(map(sql.Literal, parts)),
                )
            )
    return database_url


def shown(connection: psycopg.Connection, *names: str) -> dict[str, str]:
    asked = {name: connection.execute("SELECT current_setting(%s)", [name]) for name in names}
    return {name: str((cursor.fetchone() or [""])[0]) for name, cursor in asked.items()}


async def test_every_session_of_the_application_is_as_we_know_it(headstrong: URL) -> None:
    database = Database(headstrong)
    worker = Database(headstrong)
    worker.let_go_when_asleep(60)
    asked = sa.func.current_setting
    try:
        for opened in (database, worker):
            async with opened.begin() as session:
                session.add(Collection(name=SAID))
                for name, expected in EVERY_SESSION.items():
                    assert (name, await session.scalar(sa.select(asked(name)))) == (name, expected)
                assert await session.scalar(sa.select(sa.func.current_user())) == "cogep_app"
                limit = await session.scalar(sa.select(asked("statement_timeout")))
                # People's acts keep the administrator's limit; a worker has none.
                assert limit == ("9s" if opened is database else "0")
                await session.rollback()
        async with await database.connect() as own:
            row = await (await own.execute("SHOW idle_session_timeout")).fetchone()
            assert row == ("0",)
    finally:
        await database.close()
        await worker.close()


def test_the_owner_has_all_the_time_and_migrates_as_ever(headstrong: URL) -> None:
    arguments = connect_arguments(headstrong, as_app=False)
    with psycopg.connect(conninfo(headstrong), **arguments) as owner:
        limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        assert shown(owner, *EVERY_SESSION, *limits) == EVERY_SESSION | dict.fromkeys(limits, "0")
    assert schema.differences(headstrong) == []
    schema.downgrade(headstrong, "-1")
    schema.upgrade(headstrong)
    assert schema.differences(headstrong) == []


def test_what_the_address_asks_for_arrives(database_url: URL) -> None:
    asked = {"options": "-c work_mem=7MB", "application_name": "com lugar e + mais"}
    url = database_url.update_query_dict(asked)
    assert make_url(conninfo(url)).query == asked
    with psycopg.connect(conninfo(url)) as opened:
        assert shown(opened, "application_name") == {"application_name": "com lugar e + mais"}
    with psycopg.connect(conninfo(url), **connect_arguments(url)) as opened:
        assert shown(opened, "work_mem", "TimeZone") == {"work_mem": "7MB", "TimeZone": "UTC"}
