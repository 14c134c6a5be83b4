"""Erasing people who are in many places: nothing is left of them, and everything of the others."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.cli.lgpd_scenario import LoadedSubject
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import Erasure, ErasureOutcome, ErasureStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.signing import check_document
from cogep_assist.lgpd_service.erasure.erasure_certificate import KIND
from cogep_assist.lgpd_service.erasure.erasure_replay import replay_tombstones
from cogep_assist.lgpd_service.erasure.erasure_residue import dead_in_index
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasure_tombstones import digests_of
from cogep_assist.lgpd_service.erasure.erasures import confirm_erasure, plan_erasure
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer

OUTCOMES = {
    "eliminacao": ErasureOutcome.ELIMINATE,
    "bloqueio": ErasureOutcome.BLOCK_HELD,
    "bloqueio_ate_temporalidade": ErasureOutcome.BLOCK_ARCHIVE,
    "indeferido_com_fundamento_art16_I": ErasureOutcome.REFUSE,
}


async def ask(database: Database, person: LoadedSubject) -> Erasure:
    async with database.begin() as session:
        subject = await subject_of_customer(session, person.customer_id)
        planned = await plan_erasure(session, SYSTEM, subject)
    async with database.begin() as session:
        return await confirm_erasure(session, SYSTEM, planned.id, planned.protocol.lower())


def everything(url: URL) -> str:
    """Every row of every table as text; bytes as they are."""
    told: list[str] = []
    with psycopg.connect(conninfo(url)) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema IN ('ai', 'crm', 'lgpd', 'access')"
        ).fetchall()
        for schema, table in tables:
            for row in connection.execute(f'SELECT * FROM "{schema}"."{table}"'):
                told += [
                    bytes(value).decode("latin-1") + bytes(value).decode("utf-8", "ignore")
                    if isinstance(value, bytes)
                    else json.dumps(value, ensure_ascii=False, default=str)
                    for value in row
                ]
    return "\n".join(told).lower()


async def test_the_scenario_ends_as_it_says(
    people: list[LoadedSubject], settings: Settings, database: Database, database_url: URL
) -> None:
    before = everything(database_url)
    for person in people:
        assert all(value.lower() in before for value in person.sentinels)
    for person in people:
        erasure = await ask(database, person)
        assert erasure.outcome is OUTCOMES[person.expected]
        status = await run_erasure(database, settings.data_dir, erasure.id)
        assert status is ErasureStatus.COMPLETED
        async with database.begin() as session:
            done = await session.get(Erasure, erasure.id)
            assert done is not None
            assert done.certificate is not None
            assert check_document(KIND, done.certificate) is not None
            assert done.subject is None
            assert await dead_in_index(session) == 0
    after = everything(database_url)
    for person in people:
        left = [value for value in person.sentinels if value.lower() in after]
        if person.expected == "eliminacao":
            assert left == [], left
            assert (settings.data_dir / "tombstones").is_dir()
        else:
            assert left == person.sentinels


async def test_a_restored_database_is_erased_again_by_tombstones_alone(
    people: list[LoadedSubject], settings: Settings, database: Database, database_url: URL
) -> None:
    by_row, by_value = people[0], people[4]
    async with database.begin() as session:
        told = digests_of(await subject_of_customer(session, by_row.customer_id))
        subject = await subject_of_customer(session, by_value.customer_id)
        # A backup from before the record was made: only texts name the person.
        values_alone = {**digests_of(subject), "rows": []}
    assert not any(v in json.dumps([told, values_alone]) for v in by_row.sentinels)
    tombstones = {uuid7(): told, uuid7(): values_alone}
    assert await replay_tombstones(database_url, settings.data_dir, tombstones) == 2
    after = everything(database_url)
    for value in (*by_row.sentinels, *by_value.sentinels):
        assert value.lower() not in after, value
    assert await replay_tombstones(database_url, settings.data_dir, tombstones) == 0


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_killed_at_each_step_and_restored_nothing_is_left(tmp_path: Path) -> None:
    scenario = Path(__file__).with_name("scenario.json")
    (tmp_path / "cenario.json").write_bytes(scenario.read_bytes())
    ended = subprocess.run(
        [sys.executable, "-m", "cogep_assist", "lgpd", "selftest", str(tmp_path), "--json"],
        capture_output=True,
        check=False,
        timeout=550,
    )
    assert ended.returncode == 0, ended.stdout.decode() + ended.stderr.decode()
    told = json.loads(ended.stdout)
    assert set(told["kills"].values()) == {1}
    assert told["restored"]["erased_again"] == 2
