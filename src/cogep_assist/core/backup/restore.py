"""Bring a backup back: verified whole, restored beside, compared, upgraded, then swapped in."""

import contextlib
import errno
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from cogep_assist.core import schema
from cogep_assist.core.backup.beside import Server, open_database
from cogep_assist.core.backup.contents import different_tables
from cogep_assist.core.backup.create import last_complaint
from cogep_assist.core.backup.default_grants import (
    grant_by_default,
    read_default_grants,
    revoke_default_grants,
)
from cogep_assist.core.backup.listing import wanted_items
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.backup.programs import Program, restore_program, start_client
from cogep_assist.core.backup.sealed_file import DUMP, read_frames
from cogep_assist.core.backup.verify import verify_backup
from cogep_assist.core.errors import AppError

# (step, done, total): steps are "verify", "restore" (bytes) and "compare" (rows).
Tell = Callable[[str, int, int], None]
_TABLES_NAMED = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and from which to which schema revision."""

    manifest: Manifest
    upgraded_to: str
    replaced: bool
    erased_again: int = 0
    tables: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", len(self.manifest.tables))


def check_backup(path: Path, *, tell: Tell) -> Manifest:
    """Verify a whole file and return its manifest. Raises what ``verify_backup`` does."""
    with path.open("rb") as file:
        return verify_backup(file, tell=lambda done, total: tell("verify", done, total))


def restore_backup(
    path: Path,
    owner: URL,
    *,
    may_replace: Callable[[Manifest], bool],
    tell: Tell,
    cleanse: Callable[[URL], int] = lambda _beside: 0,
    note: Callable[[URL, Manifest], None] = lambda _beside, _manifest: None,
) -> Restored:
    """Put a backup in the place of the database at ``owner``, or leave that as it was.

    ``may_replace`` is asked once the file is proven and the database is known to hold something.
    Everything happens in a new database beside; the old one is let go only after the new one
    was compared with the manifest and upgraded, after ``note`` has written down in it that it was
    restored, and after ``cleanse`` has erased again, in the new one, whom it must not bring back.
    Raises the AppErrors of ``verify_backup`` and
    "restore_not_empty", "restore_while_running", "restore_needs_createdb", "restore_failed",
    "restore_foreign_item", "restore_differs", "restore_database_busy".
    """
    with path.open("rb") as file:
        manifest = verify_backup(file, tell=lambda done, total: tell("verify", done, total))
        server = Server(owner)
        server.refuse_while_running()
        replaced = server.holds_something()
        if replaced and not may_replace(manifest):
            raise AppError("restore_not_empty")
        program = restore_program(server.major, manifest.dump_major)
        with server.database_beside() as beside:
            _fill(beside, file, program, server.major, tell)
            _compare(beside, manifest, tell)
            _grant_by_default(beside, manifest)
            schema.upgrade(beside)
            note(beside, manifest)
            erased = cleanse(beside)
            _analyse(beside)
            server.swap_in(beside)
    return Restored(manifest, schema.head(), replaced, erased)


def _fill(beside: URL, file: IO[bytes], program: Program, server_major: int, tell: Tell) -> None:
    """Lay the foundation, then let pg_restore build everything else in one transaction."""
    _lay_foundation(beside)
    with tempfile.TemporaryDirectory(prefix="cogep-") as folder:
        wanted = Path(folder) / "wanted"
        wanted.write_bytes(_without_what_is_made_here(program, file))
        arguments = [
            "--format=custom",
            "--exit-on-error",
            "--single-transaction",
            "--no-owner",
            "--no-password",
            f"--use-list={wanted}",
        ]
        status, said = _feed(program, beside, arguments, _dump_of(file, tell))
    if status != 0:
        if program.major != server_major:
            raise AppError(
                "restore_programs_differ",
                program=program.major,
                server=server_major,
                cause=last_complaint(said),
            )
        raise AppError("restore_failed", cause=last_complaint(said))


def _dump_of(file: IO[bytes], tell: Tell) -> Iterator[bytes]:
    total = os.fstat(file.fileno()).st_size
    for kind, content in read_frames(file):
        if kind == DUMP:
            yield content
            tell("restore", file.tell(), total)


def _lay_foundation(beside: URL) -> None:
    """Run the first migration: extension, role, schemas, what later tables grant to the role."""
    try:
        schema.upgrade(beside, "+1")
    except AppError as error:
        if "permission denied to create extension" in error.message:
            raise AppError("restore_extension_missing") from error
        raise
    with open_database(beside) as connection:
        # Alembic's own table comes out of the dump like every other.
        connection.execute("DROP TABLE access.alembic_version")
        # What new tables would be granted by default, a restored one may have had taken away.
        revoke_default_grants(connection, read_default_grants(connection))


def _without_what_is_made_here(program: Program, file: IO[bytes]) -> bytes:
    """List the dump's items, leaving out what the first migration has made."""
    contents = (content for kind, content in read_frames(file) if kind == DUMP)
    with tempfile.TemporaryFile() as listing:
        with start_client(program, None, ["--list"], stdin=-1, stdout=listing.fileno()) as process:
            said = _pour(process.stdin, process.stderr, contents)
            status = process.wait()
        if status != 0:
            raise AppError("restore_failed", cause=last_complaint(said))
        listing.seek(0)
        return wanted_items(listing.read())


def _feed(
    program: Program, beside: URL, arguments: list[str], contents: Iterable[bytes]
) -> tuple[int, list[bytes]]:
    with start_client(program, beside, arguments, stdin=-1) as process:
        try:
            said = _pour(process.stdin, process.stderr, contents)
        except BaseException:
            process.kill()
            raise
        return process.wait(), said


def _pour(
    target: IO[bytes] | None, complaints: IO[bytes] | None, contents: Iterable[bytes]
) -> list[bytes]:
    """Write everything until the reader has had enough; return its last words."""
    assert target is not None
    assert complaints is not None
    said: list[bytes] = []
    listener = threading.Thread(target=_keep_last, args=(complaints, said), daemon=True)
    listener.start()
    try:
        for content in contents:
            target.write(content)
    except OSError as error:
        # It has read enough, or it gave up: its exit status tells which. Windows calls a
        # closed pipe an invalid argument.
        if error.errno not in {errno.EPIPE, errno.EINVAL}:
            raise
    finally:
        with contextlib.suppress(OSError):
            target.close()
    listener.join()
    return said


def _keep_last(stream: IO[bytes], said: list[bytes]) -> None:
    for line in stream:
        said[:] = [*said[-20:], line]


def _compare(beside: URL, manifest: Manifest, tell: Tell) -> None:
    done = 0

    def counted(_table: str, rows: int) -> None:
        nonlocal done
        done += rows
        tell("compare", done, manifest.rows)

    with open_database(beside) as connection:
        wrong = sorted(different_tables(connection, manifest.tables, counted))
    if not wrong and schema.current(beside) != manifest.revision:
        wrong = ["access.alembic_version"]
    if wrong:
        more = f" e mais {len(wrong) - _TABLES_NAMED}" if len(wrong) > _TABLES_NAMED else ""
        raise AppError("restore_differs", tables=", ".join(wrong[:_TABLES_NAMED]) + more)


def _grant_by_default(beside: URL, manifest: Manifest) -> None:
    with open_database(beside) as connection:
        grant_by_default(connection, manifest.default_grants)


def _analyse(beside: URL) -> None:
    """Give the planner its figures: pg_restore leaves none, and first searches would crawl."""
    with open_database(beside) as connection, contextlib.suppress(psycopg.Error):
        connection.execute(sql.SQL("ANALYZE"))
