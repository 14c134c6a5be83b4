"""A data folder of an older PostgreSQL, brought to the one of this release by one command.

The old server is started by its own programs and read as any backup is; a new cluster is made
beside it and filled, and compared row by row; only then do the two folders change places. The old
one stays until somebody removes it. See docs/adr/0058.
"""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from cogep_assist.core.backup.create import write_backup
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.backup.restore import restore_backup
from cogep_assist.core.embedded_binaries import MAJOR, Toolkit, find_toolkit_of
from cogep_assist.core.embedded_cluster import (
    ADMIN_ROLE,
    APP_ROLE,
    HOST,
    OWNER_ROLE,
    Layout,
    check_space,
    choose_port,
    major_of,
    port_is_free,
    prepare_data_dir,
    read_credentials,
)
from cogep_assist.core.embedded_keeper import live_leases, start_keeper, stop_server, take_lease
from cogep_assist.core.embedded_postgres import Progress, gate, launch, running, stop
from cogep_assist.core.embedded_swap import draft_of, finish_swap, mark_proven
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import UP_LOCK, is_held

Tell = Callable[[str, int, int], None]

_PATIENCE_SECONDS = 900.0
_BACKUP = "base.cogepbk"
# The new cluster, its WAL while it is filled, and the sealed copy between the two.
_SPACE_TIMES = 2
_SPACE_MORE = 300 * 2**20
_OURS = frozenset({ADMIN_ROLE, OWNER_ROLE, APP_ROLE})


@dataclass(frozen=True, slots=True)
class ServerUpgrade:
    """What was brought from one major version to another, and what stayed behind."""

    before: int
    after: int
    kept: Path
    rows: int = 0
    tables: int = 0
    left_behind: tuple[str, ...] = field(default=())


def upgrade_server(
    data_dir: Path, *, programs: Path | None = None, say: Progress, tell: Tell
) -> ServerUpgrade | None:
    """Bring the embedded server of ``data_dir`` to this release's version; None if it is there.

    The master key must be loaded. ``programs`` is a folder with the old version's programs, where
    the wheel has none. May be interrupted anywhere and repeated. Raises
    AppError("embedded_upgrade_in_use"|"embedded_newer_version"|"embedded_programs_missing"|
    "disk_full") and what a backup, a restore and a start raise; the old data stay as they were.
    """
    layout = prepare_data_dir(data_dir.absolute())
    with gate(layout, say, time.monotonic() + _PATIENCE_SECONDS):
        _refuse_while_used(layout)
        # Begun by a call that was interrupted when everything had been proven.
        kept = finish_swap(layout)
        if kept is not None:
            return ServerUpgrade(major_of(kept), MAJOR, kept)
        before = major_of(layout.cluster)
        if before == MAJOR:
            return None
        if before > MAJOR:
            raise AppError(
                "embedded_newer_version", path=str(layout.cluster), found=before, expected=MAJOR
            )
        toolkit = find_toolkit_of(before, layout.cluster, programs)
        _clear_draft(layout)
        check_space(layout.data_dir, _size_of(layout.cluster) * _SPACE_TIMES + _SPACE_MORE)
        try:
            manifest, left_behind = _build(layout, toolkit, say, tell)
            mark_proven(layout, before)
        except BaseException:
            _clear_draft(layout)
            raise
        kept = finish_swap(layout)
    assert kept is not None
    return ServerUpgrade(
        before, MAJOR, kept, manifest.rows, len(manifest.tables), tuple(left_behind)
    )


def _refuse_while_used(layout: Layout) -> None:
    if is_held(layout.data_dir / UP_LOCK) or live_leases(layout.leases):
        raise AppError("embedded_upgrade_in_use", path=str(layout.data_dir))


def _clear_draft(layout: Layout) -> None:
    """Throw away what an attempt left, and end the server that it may have left running."""
    draft = draft_of(layout)
    stop(draft.data_dir)
    shutil.rmtree(draft.data_dir, ignore_errors=True)


def _size_of(cluster: Path) -> int:
    return sum(path.stat().st_size for path in (cluster / "base").rglob("*") if path.is_file())


def _build(
    layout: Layout, toolkit: Toolkit, say: Progress, tell: Tell
) -> tuple[Manifest, list[str]]:
    """Fill a new cluster with what the old one holds, compared; both are stopped at the end."""
    draft = draft_of(layout)
    draft.data_dir.mkdir()
    copy = draft.data_dir / _BACKUP
    say("Lendo a base com os programas da versão anterior do PostgreSQL.")
    with _old_server(layout, toolkit, say) as admin:
        left_behind = _left_behind(admin, read_credentials(layout).database)
        owner = admin.set(
            username=OWNER_ROLE, password=read_credentials(layout).passwords[OWNER_ROLE]
        )
        manifest = write_backup(owner, copy, tell=tell)
    say("Montando a base nova ao lado.")
    with running(draft.data_dir, on_progress=say) as server:
        restore_backup(
            copy, make_url(server.url("owner")), may_replace=lambda _manifest: False, tell=tell
        )
    if draft.pid_file.exists():
        raise AppError("embedded_will_not_stop", path=str(draft.cluster))
    return manifest, left_behind


@contextlib.contextmanager
def _old_server(layout: Layout, toolkit: Toolkit, say: Progress) -> Iterator[URL]:
    """Run the old cluster with its own programs and settings; nothing can be written to it."""
    # What an attempt that was killed left running.
    if not stop_server(toolkit, layout.cluster):
        raise AppError("embedded_will_not_stop", path=str(layout.cluster))
    credentials = read_credentials(layout)
    port = credentials.port if port_is_free(credentials.port) else choose_port(layout.data_dir)
    lease = take_lease(layout.leases)
    start_keeper(layout.data_dir, toolkit)
    try:
        options = f"-c port={port} -c listen_addresses={HOST} -c default_transaction_read_only=on"
        launch(layout, toolkit, say, time.monotonic() + _PATIENCE_SECONDS, options)
        yield URL.create(
            "postgresql+psycopg", ADMIN_ROLE, credentials.passwords[ADMIN_ROLE], HOST, port,
            credentials.database,
        )  # fmt: skip
    finally:
        stop_server(toolkit, layout.cluster)
        lease.release(remove=True)


def _left_behind(admin: URL, database: str) -> list[str]:
    """Name the databases and roles that somebody made by hand: they do not come along."""
    with psycopg.connect(admin.set(drivername="postgresql").render_as_string(False)) as connection:
        rows = connection.execute(
            """
            SELECT datname FROM pg_database WHERE NOT datistemplate
            UNION ALL SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'
            """
        ).fetchall()
    usual = {"postgres", database, *_OURS}
    return sorted({str(name) for (name,) in rows} - usual)
