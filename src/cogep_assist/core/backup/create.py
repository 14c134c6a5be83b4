"""Write a backup while everything runs: one snapshot, one file, complete or not there at all."""

import errno
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import psycopg
from sqlalchemy.engine import URL

from cogep_assist import __version__
from cogep_assist.core.backup.contents import Connection, read_contents, table_sizes
from cogep_assist.core.backup.default_grants import read_default_grants
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.backup.programs import Program, dump_program, start_client
from cogep_assist.core.backup.sealed_file import CHUNK_BYTES, SealedWriter
from cogep_assist.core.backup.verify import verify_backup
from cogep_assist.core.db import connect_arguments, conninfo
from cogep_assist.core.durable_file import settle_folder
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SCHEMAS
from cogep_assist.core.schema_head import known_revisions

# (step, done, total): steps are "hash", "dump" and "verify"; amounts are bytes.
Tell = Callable[[str, int, int], None]

SUFFIX = ".cogepbk"
# Level 4 of 9 costs about half the time of the default and a few percent of size.
COMPRESSION = "4"
_TABLE_DONE = re.compile(rb'dumping contents of table "(?P<name>[^"]+)"')


def write_backup(owner: URL, target: Path, *, overwrite: bool = False, tell: Tell) -> Manifest:
    """Back the database up into ``target`` and return what was written.

    ``owner`` is an address that may read every table. The file appears under its name only when
    it is complete and was read back. Raises AppError("backup_exists"|"backup_nothing_there"|
    "schema_ahead"|"backup_failed"|"disk_full") and those of ``dump_program``.
    """
    if target.exists() and not overwrite:
        raise AppError("backup_exists", path=str(target))
    with _snapshot(owner) as (connection, snapshot):
        major = connection.info.server_version // 10_000
        program = dump_program(major)
        sizes = table_sizes(connection)
        manifest = _describe(connection, program, sizes, tell)
        with _draft(target) as (file, draft):
            writer = SealedWriter.begin(file)
            writer.manifest(manifest.to_json())
            _dump(program, owner, snapshot, writer, sizes, tell)
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
            with draft.open("rb") as written:
                verify_backup(written, tell=lambda done, total: tell("verify", done, total))
    return manifest


@contextmanager
def _snapshot(owner: URL) -> Iterator[tuple[Connection, str]]:
    """Hold one unchanging view of the database that pg_dump can share."""
    options = connect_arguments(owner, as_app=False)
    with psycopg.connect(conninfo(owner), **options) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, str(row[0])
        connection.rollback()


def _describe(
    connection: Connection, program: Program, sizes: dict[str, int], tell: Tell
) -> Manifest:
    if "access.alembic_version" not in sizes:
        raise AppError("backup_nothing_there")
    row = connection.execute(
        """
        SELECT version_num, clock_timestamp(), pg_database_size(current_database())
        FROM access.alembic_version
        """
    ).fetchone()
    if row is None:
        raise AppError("backup_nothing_there")
    revision, moment, database_bytes = row
    if revision not in known_revisions():
        raise AppError("schema_ahead", found=revision)
    assert isinstance(moment, datetime)
    total, done = sum(sizes.values()), 0

    def hashed(table: str, _rows: int) -> None:
        nonlocal done
        done += sizes[table]
        tell("hash", done, total)

    return Manifest(
        release=__version__,
        revision=str(revision),
        created_at=moment,
        database_bytes=int(database_bytes),
        server_major=connection.info.server_version // 10_000,
        dump_major=program.major,
        default_grants=read_default_grants(connection),
        tables=read_contents(connection, list(sizes), hashed),
    )


@contextmanager
def _draft(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Write beside the target and rename at the end; whatever goes wrong leaves nothing behind."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file, draft
        draft.replace(target)
        settle_folder(target.parent)
    except OSError as error:
        if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", -1), errno.EFBIG}:
            raise AppError("disk_full", path=str(target.parent)) from error
        raise
    finally:
        draft.unlink(missing_ok=True)


_BINARY = getattr(os, "O_BINARY", 0)


def _dump(
    program: Program,
    owner: URL,
    snapshot: str,
    writer: SealedWriter,
    sizes: dict[str, int],
    tell: Tell,
) -> None:
    """Pass pg_dump's output into the file, piece by piece: nothing in clear touches the disk."""
    arguments = [
        "--format=custom",
        f"--compress={COMPRESSION}",
        f"--snapshot={snapshot}",
        "--no-password",
        "--verbose",
        *(f"--schema={schema}" for schema in SCHEMAS),
    ]
    with start_client(program, owner, arguments, stdout=-1) as process:
        said: list[bytes] = []
        listener = threading.Thread(
            target=_listen, args=(process.stderr, said, sizes, tell), name="pg_dump", daemon=True
        )
        listener.start()
        assert process.stdout is not None
        try:
            while data := process.stdout.read(CHUNK_BYTES):
                writer.dump(data)
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            listener.join()
        if process.wait() != 0:
            raise AppError("backup_failed", cause=last_complaint(said))


def _listen(stream: IO[bytes], said: list[bytes], sizes: dict[str, int], tell: Tell) -> None:
    """Learn from what pg_dump says how far it is, and keep its last words."""
    total, done = sum(sizes.values()), 0
    for line in stream:
        said[:] = [*said[-20:], line]
        match = _TABLE_DONE.search(line)
        if match:
            done += sizes.get(match["name"].decode("utf-8", "replace"), 0)
            tell("dump", done, total)


def last_complaint(said: list[bytes]) -> str:
    """Return the last error that a program of PostgreSQL's named, without its prefix."""
    for line in reversed(said):
        text = line.decode("utf-8", "replace").strip()
        for mark in ("error:", "ERROR:", "FATAL:"):
            if mark in text:
                return text.split(mark, 1)[1].strip()
    return "sem explicação"
