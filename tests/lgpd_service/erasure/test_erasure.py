"""Erasing people who are in many places: nothing is left of them, and everything of the others."""

import json
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from documents import make_pdf
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.cli.lgpd_scenario import LoadedSubject
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import Erasure, ErasureOutcome, ErasureStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.signing import check_document
from cogep_assist.lgpd_service.erasure.erased_values import ErasedValues
from cogep_assist.lgpd_service.erasure.erasure_certificate import KIND
from cogep_assist.lgpd_service.erasure.erasure_replay import replay_tombstones
from cogep_assist.lgpd_service.erasure.erasure_residue import dead_in_index
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasure_tombstones import digests_of
from cogep_assist.lgpd_service.erasure.erasures import confirm_erasure, plan_erasure
from cogep_assist.lgpd_service.subject_data.identity import Doubt, Subject, subject_of_customer
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind

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


# As lines are broken, as scanners read and as lists are sorted; none a sentinel of the scenario.
HIDDEN_FORMS = (
    "Visita de Zuleide Concei-\nção d'Ávila, CPF 38747O17OO7, fone (6l) 987OO-43Zl.",
    "D'ÁVILA, Zuleide C.; d’Ávila,\nZuleide Conceição",
)

GUARDED = ("crm.ticket_entry", "ai.document_version", "ai.blob")


def hide_further(url: URL) -> tuple[UUID, UUID]:
    """Write the first subject in other spellings, and into a PDF of which only streams tell.

    Returns the other person's entry and the blob of the PDF. One of the two minutes is held.
    """
    blob = uuid7()
    with psycopg.connect(conninfo(url)) as owner:
        # All this was there before the hold was placed.
        guards = [f"{name} {{}} TRIGGER lgpd_guard" for name in GUARDED]
        for guard in guards:
            owner.execute(f"ALTER TABLE {guard.format('DISABLE')}")
        entry = owner.execute(
            "UPDATE crm.ticket_entry SET body = body || %s WHERE id = (SELECT id FROM "
            "crm.ticket_entry WHERE body IS NOT NULL AND body !~* 'zuleide' AND ticket_id IN "
            "(SELECT t.id FROM crm.ticket t JOIN crm.customer c ON c.id = t.customer_id "
            " WHERE c.name ~ 'Roney') LIMIT 1) RETURNING id",
            [" ".join(HIDDEN_FORMS)],
        ).fetchone()
        content = make_pdf([["x"]]) + zlib.compress(b"Declaramos que Zuleide Conceicao compareceu.")
        for one, title in ((blob, "Ata 4"), (uuid7(), "Ata 1")):
            owner.execute(
                "INSERT INTO ai.blob (id, sha256, size, content) VALUES (%s, sha256(%s), %s, %s)",
                [one, content, len(content), content],
            )
            placed = owner.execute(
                "UPDATE ai.document_version SET blob_id = %s WHERE title = %s", [one, title]
            ).rowcount
            assert placed == 1
        for guard in guards:
            owner.execute(f"ALTER TABLE {guard.format('ENABLE')}")
    assert entry is not None
    return entry[0], blob


def seen_of_hidden(url: URL, entry: UUID, blob: UUID) -> tuple[str, int]:
    """Return what is left of the other spellings, and how many of the PDFs are still there."""
    with psycopg.connect(conninfo(url)) as owner:
        body = owner.execute("SELECT body FROM crm.ticket_entry WHERE id = %s", [entry]).fetchone()
        blobs = owner.execute(
            "SELECT count(*) FROM ai.blob WHERE id = %s OR position('%%PDF' IN content) = 1",
            [blob],
        ).fetchone()
    assert body is not None
    assert blobs is not None
    left = re.findall(r"zuleide|vila|ção|38747|987OO", body[0], re.IGNORECASE)
    return " ".join(left), blobs[0]


async def test_the_scenario_ends_as_it_says(
    people: list[LoadedSubject], settings: Settings, database: Database, database_url: URL
) -> None:
    hidden = hide_further(database_url)
    assert seen_of_hidden(database_url, *hidden)[1] == 2
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
    assert seen_of_hidden(database_url, *hidden) == ("", 0)
    after = everything(database_url)
    for person in people:
        left = [value for value in person.sentinels if value.lower() in after]
        if person.expected == "eliminacao":
            assert left == [], left
            assert (settings.data_dir / "tombstones").is_dir()
        else:
            assert left == person.sentinels


def decided_spot(url: URL) -> tuple[UUID, Doubt]:
    """Write what somebody decided to be the last subject's into another person's entry."""
    with psycopg.connect(conninfo(url)) as owner:
        entry = owner.execute(
            "UPDATE crm.ticket_entry SET body = 'Iracema M. veio, Iraci não.' WHERE id = ("
            "SELECT e.id FROM crm.ticket_entry e JOIN crm.ticket t ON t.id = e.ticket_id "
            "JOIN crm.customer c"
            " ON c.id = t.customer_id WHERE c.name ~ 'Roney' LIMIT 1) RETURNING id"
        ).fetchone()
    assert entry is not None
    key = {"id": str(entry[0])}
    spot = Doubt(1, "crm.ticket_entry", key, "body", "Iracema M", "initials", "", beside=False)
    return entry[0], replace(spot, erase=True)


def test_a_tombstone_knows_a_person_in_other_spellings() -> None:
    whose = uuid7()
    known = Subject(
        values=(
            KnownValue(ValueKind.NAME, "Iná Moreira da Rocha e Sá"),
            KnownValue(ValueKind.CPF, "38747017007"),
        )
    )
    values = ErasedValues({whose: digests_of(known)})
    for text in (
        "ROCHA e Sá, Iná Moreira da",
        "Iná M. R. Sá",
        "In&aacute; Morei-\nra da Rocha e Sá",
        "cpf 387.47O.l7O-O7",
    ):
        assert list(values.in_text(text)), text
    for text in ("Iná Rocha", "Sá Moreira", "387.470.170-08"):
        assert not list(values.in_text(text)), text


async def test_a_restored_database_is_erased_again_by_tombstones_alone(
    people: list[LoadedSubject], settings: Settings, database: Database, database_url: URL
) -> None:
    by_row, by_value = people[0], people[4]
    async with database.begin() as session:
        told = digests_of(await subject_of_customer(session, by_row.customer_id))
        subject = await subject_of_customer(session, by_value.customer_id)
        # A backup from before the record was made: only texts name the person.
        entry, spot = decided_spot(database_url)
        values_alone = {**digests_of(replace(subject, doubts=(spot,))), "rows": []}
    assert not any(v in json.dumps([told, values_alone]) for v in by_row.sentinels)
    tombstones = {uuid7(): told, uuid7(): values_alone}
    assert await replay_tombstones(database_url, settings.data_dir, tombstones) == 2
    with psycopg.connect(conninfo(database_url)) as owner:
        body = owner.execute("SELECT body FROM crm.ticket_entry WHERE id = %s", [entry]).fetchone()
    assert body is not None
    assert "Iracema M" not in body[0]
    assert "Iraci" in body[0]
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
