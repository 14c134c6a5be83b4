"""The audit: what is written, and that no change to it stays unseen."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, secret_key, signing
from cogep_assist.core.audit_chain import CHECKPOINT, LINE, seal_waiting
from cogep_assist.core.audit_checkpoints import keep_checkpoint, kept_checkpoints
from cogep_assist.core.audit_report import VerifyReport
from cogep_assist.core.audit_restored import note_restored
from cogep_assist.core.audit_verify import verify_audit
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import AUDIT_PENDING, AuditEvent, AuditSeal, Collection
from cogep_assist.core.principal import SYSTEM
from cogep_assist.worker_service.sealer import Sealer

AsOwner = Callable[..., Any]


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    secret_key.load(settings)


@pytest.fixture
def as_owner(database_url: URL) -> AsOwner:
    def run(statement: str, *values: object) -> Any:
        with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
            cursor = owner.execute(statement, values)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else cursor.rowcount

    return run


async def write(database: Database, count: int = 3, first: int = 0) -> None:
    async with database.begin() as session:
        for number in range(first, first + count):
            details = {"órgão": 'C"O\\GEP\n', "b": [1, {"z": None, "a": True}], "n": number}
            await audit.record(
                session, SYSTEM, "document_deleted", "document", f"d{number}", details
            )


async def chained(database: Database, links: int = 4, acts: int = 3) -> None:
    """Write ``links`` links of ``acts`` acts each."""
    for link in range(links):
        await write(database, acts, link * acts)
        async with database.begin() as session:
            assert await seal_waiting(session)


def verify(database: Database, **checkpoints: Any) -> VerifyReport:
    return verify_audit(database.url, checkpoints)


async def end(database: Database, settings: Settings) -> dict[str, Any]:
    return await Sealer(database, settings.data_dir).newest()


async def test_what_was_written_verifies_sealed_or_not(
    database: Database, settings: Settings
) -> None:
    assert verify(database).intact
    await chained(database, 2, 700)
    await write(database, 3, 1400)
    document = await end(database, settings)
    await write(database, 2, 1403)
    report = verify(database, mine=document)
    assert report.intact, report
    assert (report.checked, report.sealed, report.waiting, report.newest) == (1405, 1403, 2, 3)
    assert kept_checkpoints(settings.data_dir) == {"checkpoint.json": document}


async def test_an_act_that_commits_late_is_sealed_all_the_same(database: Database) -> None:
    async with database.begin() as late:
        # Its moment and its id are of now; others commit before it.
        await audit.record(late, SYSTEM, "document_deleted", "document", "tardio")
        await chained(database, 2)
        assert (await late.scalar(sa.select(sa.func.count()).select_from(AUDIT_PENDING))) == 0
    await chained(database, 1)
    report = verify(database)
    assert report.intact, report
    assert (report.sealed, report.waiting) == (10, 0)


async def test_acts_share_the_fate_of_their_transaction(
    database: Database, as_owner: AsOwner
) -> None:
    async def act(session: AsyncSession, name: str) -> None:
        await audit.record(session, SYSTEM, "document_deleted", "document", name)

    async def undone() -> None:
        async with database.begin() as session:
            await act(session, "desfeito")
            raise ZeroDivisionError

    async def undone_to_savepoint(session: AsyncSession) -> None:
        async with session.begin_nested():
            await session.execute(sa.text("SELECT 1"))
            await act(session, "no ponto desfeito")
            async with session.begin_nested():
                await act(session, "dentro dele")
            raise ZeroDivisionError

    async def refused() -> None:
        async with database.begin() as session:
            session.add(Collection(name="sem-o-ato"))
            await act(session, "recusado")

    with pytest.raises(ZeroDivisionError):
        await undone()
    async with database.begin() as session:
        await act(session, "antes")
        with pytest.raises(ZeroDivisionError):
            await undone_to_savepoint(session)
        async with session.begin_nested():
            await act(session, "no ponto mantido")
        # A mapped row that no flush has written yet, and nothing else after it.
        session.add(Collection(name="com-o-ato"))
        await act(session, "depois")
    kept = {one for (one,) in as_owner("SELECT object_id FROM lgpd.audit_event")}
    assert kept == {"antes", "no ponto mantido", "depois"}
    # An act that the database refuses takes its transaction along, as an error of the mapper's.
    as_owner("ALTER TABLE lgpd.audit_event ADD CHECK (object_id <> 'recusado')")
    with pytest.raises(IntegrityError):
        await refused()
    names = "('com-o-ato', 'sem-o-ato')"
    assert as_owner(f"SELECT name FROM ai.collection WHERE name IN {names}") == [("com-o-ato",)]


@pytest.mark.parametrize("sealed", [True, False])
async def test_each_way_of_changing_a_row_is_found(
    database: Database, as_owner: AsOwner, *, sealed: bool
) -> None:
    await (chained(database) if sealed else write(database, 12))
    row = "lgpd.audit_event WHERE object_id = 'd4'"
    [(kept, event)] = as_owner(f"SELECT to_jsonb(e), e.id FROM {row.replace(' WHERE', ' e WHERE')}")
    for change in (
        "details = jsonb_set(details, '{n}', '7')",
        "actor = 'outro'",
        "object_id = 'd9'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "act = 'document_kept'",
        "request_id = 'x'",
        "mac = mac || '\\x00'",
    ):
        assert as_owner(f"UPDATE lgpd.audit_event SET {change} WHERE id = %s", event) == 1
        report = verify(database)
        assert not report.intact, change
        assert report.altered == [event], change
        as_owner("DELETE FROM lgpd.audit_event WHERE id = %s", event)
        assert verify(database).missing == [event]
        _put_back(as_owner, kept)
        assert verify(database).intact


def _put_back(as_owner: AsOwner, row: dict[str, Any]) -> None:
    as_owner(
        "INSERT INTO lgpd.audit_event SELECT * FROM jsonb_populate_record"
        "(NULL::lgpd.audit_event, %s::jsonb)",
        json.dumps(row),
    )
    # The trigger noted it once more, which the forger takes away.
    as_owner(
        "DELETE FROM lgpd.audit_pending WHERE ctid IN (SELECT max(ctid) FROM lgpd.audit_pending"
        " WHERE event_id = %s GROUP BY event_id HAVING count(*) > 1 OR EXISTS (SELECT FROM"
        " lgpd.audit_seal WHERE position(uuid_send(%s::uuid) IN events) > 0))",
        row["id"],
        row["id"],
    )


async def test_each_way_of_changing_the_chain_is_found(
    database: Database, as_owner: AsOwner, settings: Settings
) -> None:
    await chained(database)
    document = await end(database, settings)
    as_owner("CREATE TABLE public.kept AS SELECT * FROM lgpd.audit_seal")
    ids = [event for (event,) in as_owner("SELECT id FROM lgpd.audit_event ORDER BY id")]
    swapped = b"".join(event.bytes for event in (ids[1], ids[0], ids[2]))
    for change, values in {
        "UPDATE lgpd.audit_seal SET events = %s WHERE number = 1": (swapped,),
        "UPDATE lgpd.audit_seal SET position = position + 1 WHERE number = 2": (),
        "UPDATE lgpd.audit_seal SET body = sha256(body) WHERE number = 3": (),
        "UPDATE lgpd.audit_seal SET link = sha256(link) WHERE number = 4": (),
        "UPDATE lgpd.audit_seal SET signature = sha256(link) WHERE number = 4": (),
        "UPDATE lgpd.audit_seal SET sealed_at = now() WHERE number = 2": (),
        "UPDATE lgpd.audit_seal SET refused = ARRAY[%s]::uuid[] WHERE number = 2": (ids[0],),
        "UPDATE lgpd.audit_seal SET key_id = 'x' WHERE number = 4": (),
        "UPDATE lgpd.audit_seal SET number = number + 1 WHERE number = 4": (),
        "DELETE FROM lgpd.audit_seal WHERE number = 2": (),
        "DELETE FROM lgpd.audit_seal WHERE number = 1": (),
    }.items():
        assert as_owner(change, *values) == 1
        assert not verify(database).intact, change
        as_owner("DELETE FROM lgpd.audit_seal")
        as_owner("INSERT INTO lgpd.audit_seal SELECT * FROM public.kept")
    assert verify(database, mine=document).intact


async def test_a_cut_of_the_end_is_found_by_a_checkpoint(
    database: Database, as_owner: AsOwner, settings: Settings
) -> None:
    await chained(database)
    document = await end(database, settings)
    as_owner("DELETE FROM lgpd.audit_seal WHERE number > 2")
    as_owner("DELETE FROM lgpd.audit_event WHERE object_id > 'd5' OR object_id ~ '..0|..1'")
    report = verify(database, mine=document)
    assert (report.intact, report.cut) == (False, 6)
    # New acts do not hide it: the sealer sets the checkpoint aside that it cannot go on from.
    await chained(database, 3, 5)
    await write(database, 1)
    await Sealer(database, settings.data_dir).seal_all()
    kept = kept_checkpoints(settings.data_dir)
    assert set(kept) == {"checkpoint.json", "conflict-4.json"}
    report = verify_audit(database.url, kept)
    assert [c.name for c in report.checkpoints if not c.good] == ["conflict-4.json"]
    assert not report.intact
    # A forged checkpoint is told from a good one.
    told = verify(database, other={**document, "position": 1}).checkpoints
    assert not told[0].genuine


async def test_a_restore_explains_what_it_took_off_and_nothing_else(
    database: Database, as_owner: AsOwner, settings: Settings
) -> None:
    sealer = Sealer(database, settings.data_dir)
    await chained(database, 2)
    await sealer.newest()
    as_owner("CREATE TABLE public.old AS SELECT * FROM lgpd.audit_event")
    as_owner("CREATE TABLE public.old_seal AS SELECT * FROM lgpd.audit_seal")
    await chained(database, 3)
    lost = await sealer.newest()
    # The backup of two links ago comes back.
    as_owner("TRUNCATE lgpd.audit_event, lgpd.audit_seal, lgpd.audit_pending")
    as_owner("INSERT INTO lgpd.audit_event SELECT * FROM public.old")
    as_owner("TRUNCATE lgpd.audit_pending")
    as_owner("INSERT INTO lgpd.audit_seal SELECT * FROM public.old_seal")
    assert verify(database, kept=lost).cut == 9
    await note_restored(database.url, settings.data_dir, datetime.now(UTC))
    report = verify(database, kept=lost)
    assert report.intact, report
    assert (report.cut, report.checkpoints[0].restored_at is not None) == (0, True)
    # The chain grows the same numbers again: their checkpoints no restore explains.
    await chained(database, 2)
    later = await Sealer(database, settings.data_dir).newest()
    assert verify(database, old=lost, new=later).intact
    as_owner("DELETE FROM lgpd.audit_seal WHERE number > 3")
    assert verify(database, new=later).cut > 0
    # Nor does an act that somebody without the key put in.
    as_owner("UPDATE lgpd.audit_event SET mac = sha256(mac) WHERE act = 'database_restored'")
    assert verify(database, kept=lost).checkpoints[0].restored_at is None


async def test_whoever_reckons_the_chain_anew_lacks_the_key(
    database: Database, as_owner: AsOwner
) -> None:
    await chained(database)
    as_owner("UPDATE lgpd.audit_event SET actor = 'outro' WHERE object_id = 'd4'")
    [(event,)] = as_owner("SELECT id FROM lgpd.audit_event WHERE object_id = 'd4'")
    secret_key_of_ours = signing.public_key()
    async with database.begin() as session:
        seals = list(await session.scalars(sa.select(AuditSeal).order_by(AuditSeal.number)))
    previous = bytes(32)
    for seal in seals:
        ids = [UUID(bytes=seal.events[n : n + 16]) for n in range(0, len(seal.events), 16)]
        lines = as_owner(
            f"SELECT {LINE} FROM lgpd.audit_event e WHERE id = ANY(%s) ORDER BY id", ids
        )
        body = hashlib.sha256(b"".join(line.encode() + b"\n" for (line,) in lines)).digest()
        header = {
            "number": seal.number,
            "position": seal.position,
            "previous": previous.hex(),
            "body": body.hex(),
            "refused": [],
            "sealed_at": seal.sealed_at.isoformat(timespec="microseconds"),
        }
        previous = hashlib.sha256(signing.canonical(header)).digest()
        as_owner(
            "UPDATE lgpd.audit_seal SET body = %s, link = %s WHERE number = %s",
            body,
            previous,
            seal.number,
        )
    report = verify(database)
    assert (report.altered, report.broken) == ([event], [2, 4])
    assert signing.public_key() == secret_key_of_ours


async def test_rows_put_in_or_changed_before_their_seal_are_refused_for_good(
    database: Database, as_owner: AsOwner, settings: Settings
) -> None:
    await write(database)
    as_owner("UPDATE lgpd.audit_event SET act = 'outro' WHERE object_id = 'd1'")
    as_owner("DELETE FROM lgpd.audit_event WHERE object_id = 'd2'")
    await Sealer(database, settings.data_dir).seal_all()
    report = verify(database)
    assert (len(report.refused), report.sealed) == (2, 2)
    assert not report.intact
    as_owner("ALTER TABLE lgpd.audit_event DISABLE TRIGGER ALL")
    as_owner(
        "INSERT INTO lgpd.audit_event SELECT gen_random_uuid(), occurred_at, actor_kind, actor,"
        " act, object_type, object_id, details, request_id, mac FROM lgpd.audit_event LIMIT 1"
    )
    assert len(verify(database).unsealed) == 1


async def test_rows_of_another_key_are_told_apart(database: Database) -> None:
    await chained(database, 1)
    secret_key.load(load_settings(secret_key="outra-chave-de-mais-de-trinta-e-dois-bytes"))
    report = verify(database)
    assert (report.other_key, report.altered, report.newest_of_another_key) == (3, [], True)
    await chained(database, 1)
    report = verify(database)
    assert (report.checked, report.other_key, report.intact) == (6, 3, True)


async def test_two_sealers_make_one_chain(database: Database, settings: Settings) -> None:
    await write(database, 40)
    sealers = [Sealer(database, settings.data_dir) for _ in range(3)]
    await asyncio.gather(*(sealer.seal_all() for sealer in sealers))
    await sealers[0].seal_all()
    report = verify(database, **kept_checkpoints(settings.data_dir))
    assert (report.intact, report.sealed, report.waiting) == (True, 40, 0)


async def test_a_checkpoint_is_checked_by_the_public_key_alone(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    await chained(database, 2)
    document = await end(database, settings)
    key = signing.public_key()
    secret_key.load(load_settings(secret_key="outra-chave-de-mais-de-trinta-e-dois-bytes"))
    assert signing.check_document(CHECKPOINT, document) is None
    checked = signing.check_document(CHECKPOINT, document, key)
    assert checked is not None
    assert (checked["number"], checked["position"]) == (2, 6)
    # A folder's checkpoint of a former key is left alone.
    keep_checkpoint(tmp_path, document)
    assert kept_checkpoints(tmp_path) == {}


async def test_the_application_can_neither_change_nor_delete(database: Database) -> None:
    await chained(database, 1)
    for statement in (
        sa.update(AuditEvent).values(act="x"),
        sa.delete(AuditEvent),
        sa.update(AuditSeal).values(number=7),
        sa.delete(AuditSeal),
        sa.insert(AUDIT_PENDING).values(event_id=UUID(int=1)),
    ):
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
    report = verify(database)
    assert (report.checked, report.waiting) == (0, 0)


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
