"""The audit: what is written, and what a change to it looks like."""

from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError

from cogep_assist.core import audit, secret_key
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import AuditEvent
from cogep_assist.core.principal import SYSTEM


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    secret_key.load(settings)


@pytest.fixture
def as_owner(database_url: URL) -> Callable[[str], None]:
    def run(statement: str) -> None:
        with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
            owner.execute(statement)  # type: ignore[call-overload]

    return run


async def write(database: Database, count: int = 3) -> None:
    async with database.begin() as session:
        for number in range(count):
            await audit.record(
                session,
                SYSTEM,
                "document_deleted",
                "document",
                f"d{number}",
                {"órgão": "COGEP", "b": [1, {"z": None, "a": True}], "n": number},
            )


async def test_rows_verify_as_they_were_written(database: Database) -> None:
    await write(database, 1500)
    async with database.begin() as session:
        report = await audit.verify(session)
    assert (report.checked, report.altered, report.other_key) == (1500, [], 0)
    assert report.intact


@pytest.mark.parametrize(
    "change",
    [
        "details = jsonb_set(details, '{n}', '7')",
        "actor = 'outro'",
        "object_id = 'd9'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "act = 'document_kept'",
        "request_id = 'x'",
        "mac = mac || '\\x00'",
    ],
)
async def test_a_changed_row_is_found(
    database: Database, as_owner: Callable[[str], None], change: str
) -> None:
    await write(database)
    as_owner(f"UPDATE lgpd.audit_event SET {change} WHERE object_id = 'd1'")
    async with database.begin() as session:
        report = await audit.verify(session)
    assert (report.checked, len(report.altered)) == (3, 1)
    assert not report.intact


async def test_rows_of_another_key_are_told_apart(database: Database, settings: Settings) -> None:
    await write(database)
    secret_key.load(load_settings(secret_key="outra-chave-de-mais-de-trinta-e-dois-bytes"))
    await write(database, 1)
    async with database.begin() as session:
        report = await audit.verify(session)
    assert (report.checked, report.other_key, report.altered) == (4, 3, [])


async def test_the_application_can_neither_change_nor_delete(database: Database) -> None:
    await write(database)
    for statement in (sa.update(AuditEvent).values(act="x"), sa.delete(AuditEvent)):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.begin() as session:
                await session.execute(statement)


async def test_an_act_undone_leaves_no_row(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as session:
            await audit.record(session, SYSTEM, "key_created", "api_key", "k")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.begin() as session:
        assert (await audit.verify(session)).checked == 0


async def test_actors_appear_under_a_pseudonym(database: Database) -> None:
    await write(database, 1)
    async with database.begin() as session:
        row = await session.scalar(sa.select(AuditEvent))
    assert row is not None
    assert row.actor == audit.pseudonym("system")
    assert "system" not in row.actor


async def test_fractions_are_refused(database: Database) -> None:
    async with database.begin() as session:
        with pytest.raises(TypeError):
            await audit.record(session, SYSTEM, "x", "y", "z", {"share": 0.5})
