"""A whole base, copied while it changes and brought back elsewhere: equal, or nothing touched."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL

from cogep_assist.core import schema, secret_key
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.backup import programs, restore, verify
from cogep_assist.core.backup.contents import read_contents, table_sizes
from cogep_assist.core.backup.create import write_backup
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.backup.restore import check_backup, restore_backup
from cogep_assist.core.backup.sealed_file import DUMP, MANIFEST, SealedWriter, read_frames
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection
from cogep_assist.ingestion_service.submission import Options, text_submission
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.retrieval.search import search
from cogep_assist.worker_service.process import drain_once

THEMES = (
    ("férias", "parceladas em três etapas", "chefia imediata"),
    ("licença-maternidade", "cento e vinte dias", "perícia médica"),
    ("auxílio-transporte", "bilhete eletrônico", "recadastramento anual"),
    ("aposentadoria", "abono de permanência", "tempo de contribuição"),
    ("ponto eletrônico", "banco de horas", "compensação mensal"),
)


def nothing(*_: object) -> None:
    return


def text_of(number: int) -> str:
    topic, rule, condition = THEMES[number % len(THEMES)]
    return (
        f"Orientação {number} da Coordenação de Gestão de Pessoas. Sobre {topic}: {rule}, "
        f"conforme {condition}. Dúvidas com Conceição Araújo, ramal {4000 + number}."
    )


QUESTIONS = [f"{topic} {part} {number}" for number in range(40) for topic, rule, part in THEMES]


@pytest.fixture
def elsewhere(server_url: URL, database_url: URL) -> Iterator[URL]:
    """An empty database, as a new installation has it."""
    name = f"{database_url.database}_outro"
    with psycopg.connect(conninfo(server_url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield server_url.set(database=name)
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@pytest.fixture
def backup_of(database_url: URL, settings: Settings, tmp_path: Path) -> Callable[[], Path]:
    def write() -> Path:
        write_backup(database_url, tmp_path / "base.cogepbk", overwrite=True, tell=nothing)
        return tmp_path / "base.cogepbk"

    return write


async def ingest(database: Database, settings: Settings, collection: str, numbers: range) -> None:
    options = Options(collection=collection)
    texts = [text_submission(text_of(n), options, settings) for n in numbers]
    await submit(database, SYSTEM, texts)
    await drain_once(settings, database)


async def top_ten(address: URL, collection: str) -> list[list[tuple[UUID, str, float]]]:
    database = Database(address, pool_size=2)
    try:
        async with database.begin() as session:
            found = await session.scalar(
                sa.select(Collection.id).where(Collection.name == collection)
            )
            assert found is not None
            return [
                [(hit.chunk_id, hit.text, hit.score) for hit in await search(session, q, [found])]
                for q in QUESTIONS
            ]
    finally:
        await database.close()


def contents(address: URL) -> dict[str, object]:
    with psycopg.connect(conninfo(address)) as connection:
        return dict(read_contents(connection, list(table_sizes(connection)), nothing))


def grants(address: URL) -> list[tuple[object, ...]]:
    """Every privilege that the application's role has, now and by default."""
    with psycopg.connect(conninfo(address)) as connection:
        return connection.execute(
            """
            SELECT c.relname, a.privilege_type
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
                 aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
            WHERE r.rolname = 'cogep_app' AND n.nspname IN ('ai', 'crm', 'lgpd', 'access')
            UNION ALL
            SELECT n.nspname || '/' || d.defaclobjtype::text, a.privilege_type
            FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace,
                 aclexplode(d.defaclacl) a JOIN pg_roles r ON r.oid = a.grantee
            WHERE r.rolname = 'cogep_app' ORDER BY 1, 2
            """
        ).fetchall()


def databases(server_url: URL, stem: str | None) -> set[str]:
    with psycopg.connect(conninfo(server_url)) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    return {str(row[0]) for row in rows if str(row[0]).startswith(str(stem)[:40])}


@pytest.mark.slow
async def test_a_copy_made_while_documents_come_in_is_equal_elsewhere(
    database: Database, database_url: URL, settings: Settings, elsewhere: URL, tmp_path: Path
) -> None:
    await ingest(database, settings, "estavel", range(25))
    going_on = asyncio.create_task(ingest(database, settings, "chegando", range(60, 100)))
    await asyncio.sleep(0.3)
    assert not going_on.done()
    path = tmp_path / "base.cogepbk"
    manifest = await asyncio.to_thread(write_backup, database_url, path, tell=nothing)
    await going_on
    done = await asyncio.to_thread(
        restore_backup, path, elsewhere, may_replace=lambda _: False, tell=nothing
    )
    assert not done.replaced
    assert contents(elsewhere) == manifest.tables
    assert manifest.tables["ai.document"].rows >= 25
    # The copy is of one moment: what came later is not in it, and nothing is half there.
    assert contents(database_url) != manifest.tables
    assert await top_ten(elsewhere, "estavel") == await top_ten(database_url, "estavel")
    assert grants(elsewhere) == grants(database_url)
    assert schema.differences(elsewhere) == []
    # The restored base goes on where the copy was made: what was in the queue is taken up.
    restored = Database(elsewhere, pool_size=4)
    await drain_once(settings, restored)
    await ingest(restored, settings, "depois", range(200, 203))
    async with restored.begin() as session:
        left = await session.scalar(
            sa.text("SELECT count(*) FROM ai.ingestion_queue WHERE status <> 'completed'")
        )
    await restored.close()
    assert left == 0


async def test_a_base_with_data_is_only_replaced_on_demand(
    database: Database,
    database_url: URL,
    server_url: URL,
    settings: Settings,
    backup_of: Callable[[], Path],
) -> None:
    await ingest(database, settings, "geral", range(3))
    path = backup_of()
    copied = contents(database_url)
    await ingest(database, settings, "geral", range(3, 6))
    await database.close()
    before = contents(database_url)
    with pytest.raises(AppError, match="restore_not_empty"):
        restore_backup(path, database_url, may_replace=lambda _: False, tell=nothing)
    assert contents(database_url) == before
    done = restore_backup(path, database_url, may_replace=lambda _: True, tell=nothing)
    assert done.replaced
    assert contents(database_url) == copied
    assert databases(server_url, database_url.database) == {database_url.database}


async def test_a_restore_that_fails_leaves_the_old_data(
    database: Database,
    database_url: URL,
    server_url: URL,
    settings: Settings,
    backup_of: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await ingest(database, settings, "geral", range(3))
    await database.close()
    path = backup_of()
    before = contents(database_url)
    monkeypatch.setattr(restore, "different_tables", lambda *_: ["ai.document"])
    with pytest.raises(AppError, match="restore_differs"):
        restore_backup(path, database_url, may_replace=lambda _: True, tell=nothing)
    assert contents(database_url) == before
    assert databases(server_url, database_url.database) == {database_url.database}


async def test_a_base_in_use_is_left_alone(
    database: Database, database_url: URL, backup_of: Callable[[], Path]
) -> None:
    path = backup_of()
    async with database.begin() as session:
        await session.execute(sa.text("SELECT 1"))
        with pytest.raises(AppError, match="restore_while_running"):
            await asyncio.to_thread(
                restore_backup, path, database_url, may_replace=lambda _: True, tell=nothing
            )


def test_a_session_of_somebody_else_is_ended_for_the_swap(
    database_url: URL, backup_of: Callable[[], Path]
) -> None:
    path = backup_of()
    with psycopg.connect(conninfo(database_url), autocommit=True) as looking:
        looking.execute("SELECT 1")
        restore_backup(path, database_url, may_replace=lambda _: True, tell=nothing)
        with pytest.raises(psycopg.OperationalError):
            looking.execute("SELECT 1")


@pytest.mark.slow
def test_a_copy_of_an_older_schema_is_upgraded_afterwards(
    database_url: URL, elsewhere: URL, backup_of: Callable[[], Path]
) -> None:
    schema.downgrade(database_url, "-1")
    older = schema.current(database_url)
    done = restore_backup(backup_of(), elsewhere, may_replace=lambda _: False, tell=nothing)
    assert done.manifest.revision == older != schema.head()
    assert schema.current(elsewhere) == schema.head() == done.upgraded_to
    assert schema.differences(elsewhere) == []


def test_a_copy_of_a_newer_release_is_refused(
    elsewhere: URL, backup_of: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backup_of()
    monkeypatch.setattr(verify, "known_revisions", lambda: {"0001"})
    with pytest.raises(AppError) as refused:
        restore_backup(path, elsewhere, may_replace=lambda _: True, tell=nothing)
    assert refused.value.code == "backup_newer_release"
    assert schema.head() in refused.value.text
    assert schema.current(elsewhere) is None


def test_a_base_of_a_newer_release_is_not_copied(
    database_url: URL, backup_of: Callable[[], Path], tmp_path: Path
) -> None:
    with psycopg.connect(conninfo(database_url), autocommit=True) as connection:
        connection.execute("UPDATE access.alembic_version SET version_num = '9999'")
    with pytest.raises(AppError, match="schema_ahead"):
        backup_of()
    assert not list(tmp_path.glob("*cogepbk*"))


@pytest.mark.parametrize("harm", ["cut", "flip", "key", "text"])
def test_a_bad_file_is_refused_before_anything_is_touched(
    harm: str,
    database_url: URL,
    server_url: URL,
    backup_of: Callable[[], Path],
    tmp_path: Path,
) -> None:
    path = backup_of()
    content = bytearray(path.read_bytes())
    if harm == "cut":
        path.write_bytes(content[:-1])
    elif harm == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif harm == "key":
        other = "chave-de-outra-casa-com-mais-de-trinta-e-dois"
        secret_key.load(load_settings(secret_key=other, data_dir=tmp_path))
    else:
        path.write_text("não sou uma cópia")
    before = contents(database_url)
    expected = {
        "cut": "backup_truncated",
        "flip": "backup_damaged",
        "key": "backup_other_key",
        "text": "backup_not_a_backup",
    }
    with pytest.raises(AppError) as refused:
        restore_backup(path, database_url, may_replace=lambda _: True, tell=nothing)
    assert refused.value.code == expected[harm]
    assert contents(database_url) == before
    assert databases(server_url, database_url.database) == {database_url.database}


def test_a_file_that_is_there_is_kept(
    database_url: URL, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "base.cogepbk"
    path.write_text("outra coisa")
    with pytest.raises(AppError, match="backup_exists"):
        write_backup(database_url, path, tell=nothing)
    assert path.read_text() == "outra coisa"


def test_a_copy_that_fails_leaves_no_file(
    database_url: URL, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "copias"
    folder.mkdir()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AppError, match="disk_full"):
        write_backup(database_url, folder / "base.cogepbk", tell=nothing)
    assert list(folder.iterdir()) == []


def test_an_empty_database_has_nothing_to_copy(
    elsewhere: URL, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(AppError, match="backup_nothing_there"):
        write_backup(elsewhere, tmp_path / "base.cogepbk", tell=nothing)


def test_an_old_client_program_is_named(
    database_url: URL, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = programs.Program(Path("/usr/bin/pg_dump"), 13)
    monkeypatch.setattr(programs, "_programs", lambda _: [old])
    with pytest.raises(AppError) as refused:
        write_backup(database_url, tmp_path / "base.cogepbk", tell=nothing)
    assert refused.value.code == "backup_program_too_old"
    assert "PostgreSQL 13" in refused.value.text
    monkeypatch.setattr(programs, "_programs", lambda _: [])
    with pytest.raises(AppError, match="backup_program_missing"):
        write_backup(database_url, tmp_path / "base.cogepbk", tell=nothing)


def test_the_program_of_the_servers_own_version_is_preferred(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = [programs.Program(Path(f"/pg/{major}"), major) for major in (18, 16)]
    monkeypatch.setattr(programs, "_programs", lambda _: known)
    assert programs.dump_program(16).major == 16
    assert programs.dump_program(17).major == 18
    assert programs.restore_program(16, 16).major == 16
    assert programs.restore_program(16, 18).major == 18


def test_a_check_reads_and_touches_nothing(
    database_url: URL, backup_of: Callable[[], Path]
) -> None:
    heard: list[tuple[str, int, int]] = []
    manifest = check_backup(backup_of(), tell=lambda *step: heard.append(step))
    assert isinstance(manifest, Manifest)
    assert manifest.revision == schema.head()
    assert heard[-1][0] == "verify"
    assert heard[-1][1] <= heard[-1][2]


def forged(path: Path, change: Callable[[dict[str, Any]], None], dump: bytes | None = None) -> None:
    """Seal a copy anew with the right key: what it says of itself, or holds, is changed."""
    parts = {MANIFEST: b"", DUMP: b""}
    with path.open("rb") as file:
        for kind, piece in read_frames(file):
            parts[kind] += piece
    manifest = json.loads(parts[MANIFEST])
    change(manifest)
    with path.open("wb") as file:
        writer = SealedWriter.begin(file)
        writer.manifest(json.dumps(manifest).encode())
        writer.dump(parts[DUMP] if dump is None else dump)
        writer.finish()


@pytest.mark.slow
def test_a_copy_that_lies_of_itself_is_refused(
    database_url: URL, server_url: URL, backup_of: Callable[[], Path]
) -> None:
    """Whoever has the key can seal anything: nothing of it takes the place of what is there."""
    path = backup_of()
    honest, before = path.read_bytes(), contents(database_url)
    for change, code in (
        (lambda m: m["tables"]["ai.document"].update(rows=5), "restore_differs"),
        (lambda m: m["tables"].clear(), "restore_differs"),
        (lambda m: m.update(revision="0001"), "restore_differs"),
        (lambda m: m["tables"]["ai.document"].update(columns=[1]), "backup_newer_format"),
        (lambda m: m.update(database_bytes=float("inf")), "backup_newer_format"),
    ):
        path.write_bytes(honest)
        forged(path, change)
        with pytest.raises(AppError) as refused:
            restore_backup(path, database_url, may_replace=lambda _: True, tell=nothing)
        assert refused.value.code == code
    assert contents(database_url) == before
    assert databases(server_url, database_url.database) == {database_url.database}
