"""The master key and the background work: what is wrong with either is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from cogep_assist.core import audit, secret_key
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.audit_chain import seal_waiting
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.diagnosis.finding import Finding
from cogep_assist.core.diagnosis.master_key import check_master_key
from cogep_assist.core.diagnosis.services_health import check_services
from cogep_assist.core.models import BackgroundJob, BackgroundStatus

MOVE = """
UPDATE lgpd.audit_seal SET sealed_at = sealed_at - make_interval(days => %s)
WHERE number = (SELECT max(number) FROM lgpd.audit_seal)
"""
OURS, OTHERS = "chave-da-organizacao-de-teste-12345678", "outra-chave-bem-diferente-123456789012"


@pytest.fixture(autouse=True)
def _key_put_back() -> Iterator[None]:
    ring = list(secret_key._ring)
    yield
    secret_key._ring[:] = ring
    secret_key._derived.clear()
    secret_key._begun.clear()


async def look(database: Database, folder: Path, **settings: Any) -> Finding:
    async with await database.connect() as connection:
        return await check_master_key(connection, load_settings(data_dir=folder, **settings))


async def seal(database: Database, owner: URL, key: str, days_ago: int = 0) -> None:
    """Let an act be sealed under a key, as its worker's sealer does."""
    secret_key.load(load_settings(secret_key=key))
    async with database.begin() as session:
        await audit.record(session, SYSTEM, "base_restored", "database", "cogep")
    async with database.begin() as session:
        assert await seal_waiting(session) is not None
    # The application may not write there: the database's owner moves the time.
    with psycopg.connect(conninfo(owner)) as connection:
        connection.execute(MOVE, [days_ago])


async def test_the_key_that_the_database_knows(
    database: Database, database_url: URL, tmp_path: Path
) -> None:
    assert (await look(database, tmp_path)).code == "doctor_key_not_yet"
    assert (await look(database, tmp_path, secret_key=OURS)).code == "doctor_key_ok"
    await seal(database, database_url, OURS, days_ago=50)
    assert (await look(database, tmp_path)).code == "doctor_key_missing"
    assert not (tmp_path / "secret.key").exists()
    assert (await look(database, tmp_path, secret_key=OURS)).code == "doctor_key_ok"
    assert (await look(database, tmp_path, secret_key=OTHERS)).code == "doctor_key_other"
    # The wrong key has begun to seal, and whoever has it sees that it was not always so.
    await seal(database, database_url, OTHERS, days_ago=2)
    assert (await look(database, tmp_path, secret_key=OTHERS)).code == "doctor_key_changed"
    assert (await look(database, tmp_path, secret_key=OURS)).code == "doctor_key_ok"
    await seal(database, database_url, OTHERS)
    assert (await look(database, tmp_path, secret_key=OURS)).code == "doctor_key_two"


async def test_background_work_that_waits_or_failed_is_named(database: Database) -> None:
    async def found() -> dict[str, Finding]:
        async with await database.connect() as connection:
            return {one.code: one for one in await check_services(connection)}

    assert set(await found()) == {"doctor_services_ok"}
    async with database.begin() as session:
        old = sa.text("clock_timestamp() - interval '1 hour'")
        session.add(BackgroundJob(kind="merge_segments", created_at=old, available_at=old))
        session.add(BackgroundJob(kind="merge_segments"))
        session.add(
            BackgroundJob(
                kind="deliver",
                status=BackgroundStatus.FAILED,
                finished_at=sa.func.now(),
                error_code="database_disk_full",
            )
        )
    told = await found()
    assert "merge_segments (1)" in told["doctor_services_late"].text
    assert "deliver (1)" in told["doctor_services_failed"].text
    assert "[database_disk_full]" in told["doctor_services_failed"].text
