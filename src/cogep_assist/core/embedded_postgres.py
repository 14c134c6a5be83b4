"""An own PostgreSQL in the data folder: the first process starts it, the others join it.

The programs come from the wheel; its launcher is not used (it trusts everybody on the socket,
gives up after ten seconds and, as root, opens up the parent folders). See docs/adr/0002.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from cogep_assist.core.embedded_binaries import Toolkit, find_toolkit
from cogep_assist.core.embedded_cluster import (
    ADMIN_ROLE,
    APP_ROLE,
    HOST,
    OWNER_ROLE,
    Credentials,
    Layout,
    check_cluster,
    choose_port,
    create_cluster,
    explain_failed_start,
    has_cluster,
    port_is_free,
    prepare_data_dir,
    read_credentials,
    write_credentials,
    write_settings,
)
from cogep_assist.core.embedded_keeper import (
    live_leases,
    start_keeper,
    stop_server,
    take_lease,
)
from cogep_assist.core.embedded_swap import finish_swap
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import FileLock
from cogep_assist.core.logging import get_logger

Role = Literal["owner", "app", "admin"]
Progress = Callable[[str], None]

_ROLES: dict[Role, str] = {"owner": OWNER_ROLE, "app": APP_ROLE, "admin": ADMIN_ROLE}
_TICK_SECONDS = 0.1
_SILENT_SECONDS = 3.0
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running embedded server, and this process's claim on it."""

    data_dir: Path
    host: str
    port: int
    superuser: str
    database: str
    started_here: bool
    passwords: Mapping[str, str] = field(repr=False)
    lease: FileLock | None = field(repr=False, default=None)

    def url(
        self, role: Role = "app", *, database: str | None = None, driver: str = "postgresql+psycopg"
    ) -> str:
        """Address for one role: ``owner`` migrates, ``app`` runs, ``admin`` is the superuser."""
        user = _ROLES[role]
        password = quote(self.passwords[user], safe="")
        name = quote(database or self.database, safe="")
        return f"{driver}://{user}:{password}@{self.host}:{self.port}/{name}"


def ensure_running(
    data_dir: Path,
    *,
    extra_settings: Mapping[str, str] | None = None,
    port: int | None = None,
    on_progress: Progress | None = None,
    patience_s: float = 900.0,
) -> EmbeddedServer:
    """Start the server of ``data_dir``, or join it where it already runs.

    Of many callers exactly one starts it. The caller counts as a user until ``release`` or its
    own end; the server stops after its last user. ``extra_settings`` and ``port`` only matter to
    the caller that starts it. ``patience_s`` bounds the wait for another caller and for crash
    recovery. Raises the ``embedded_*``, ``data_dir_*`` and ``disk_full`` errors.
    """
    say = on_progress or _silent
    layout = prepare_data_dir(data_dir.absolute())
    deadline = time.monotonic() + patience_s
    with gate(layout, say, deadline):
        # An upgrade of the server that was interrupted after its proof.
        finish_swap(layout)
        toolkit = find_toolkit(layout.cluster)
        # Before the server: whoever is killed while starting it leaves somebody to stop it.
        lease = take_lease(layout.leases)
        start_keeper(layout.data_dir, toolkit)
        try:
            credentials = _join(layout, say, deadline)
            started = credentials is None
            if credentials is None:
                credentials = _start(layout, toolkit, extra_settings or {}, port, say, deadline)
        except BaseException:
            lease.release(remove=True)
            raise
    return _server(layout, credentials, started=started, lease=lease)


def find_running(data_dir: Path) -> EmbeddedServer | None:
    """Return the server of ``data_dir`` if it answers now, without counting as a user of it."""
    layout = Layout(data_dir.absolute())
    if not layout.credentials.exists() or not _postmaster_pid(layout):
        return None
    credentials = read_credentials(layout)
    if _connection_error(credentials) is not None:
        return None
    return _server(layout, credentials, started=False, lease=None)


def release(server: EmbeddedServer) -> None:
    """Stop counting as a user; the last one to leave stops the server."""
    if server.lease is None:
        return
    layout = Layout(server.data_dir)
    server.lease.release(remove=True)
    lock = FileLock(layout.gate)
    # Whoever holds the gate starts or stops the server; the keeper looks again afterwards.
    if not layout.data_dir.exists() or not lock.acquire(_SILENT_SECONDS):
        return
    with lock:
        if layout.pid_file.exists() and not live_leases(layout.leases):
            stop_server(find_toolkit(layout.cluster), layout.cluster)


def stop(data_dir: Path, *, patience_s: float = 60.0) -> None:
    """Stop the server whoever uses it; nothing happens where none runs.

    Raises ``embedded_will_not_stop`` when it is still there after all.
    """
    layout = Layout(data_dir.absolute())
    if not layout.pid_file.exists():
        return
    with gate(layout, _silent, time.monotonic() + patience_s):
        if not _postmaster_pid(layout):
            return
        if not stop_server(find_toolkit(layout.cluster), layout.cluster):
            raise AppError("embedded_will_not_stop", path=str(layout.cluster))


@contextlib.contextmanager
def running(
    data_dir: Path,
    *,
    extra_settings: Mapping[str, str] | None = None,
    on_progress: Progress | None = None,
) -> Iterator[EmbeddedServer]:
    """Have the server for the time of a ``with`` block."""
    server = ensure_running(data_dir, extra_settings=extra_settings, on_progress=on_progress)
    try:
        yield server
    finally:
        release(server)


@contextlib.contextmanager
def gate(layout: Layout, say: Progress, deadline: float) -> Iterator[None]:
    """Hold the folder's gate: of all who start, join, stop or change the server, one at a time."""
    lock = FileLock(layout.gate)
    if not lock.acquire(_SILENT_SECONDS):
        say("Outro processo está iniciando ou parando o banco embutido; aguardando.")
        if not lock.acquire(max(0.0, deadline - time.monotonic())):
            raise AppError("embedded_busy", path=str(layout.data_dir))
    with lock:
        yield


def _join(layout: Layout, say: Progress, deadline: float) -> Credentials | None:
    """Wait for a server that is there to answer; None when none is there."""
    told = False
    while _postmaster_pid(layout):
        credentials = read_credentials(layout)
        error = _connection_error(credentials)
        if error is None:
            _create_roles(layout, credentials)
            return credentials
        if "password authentication failed" in error:
            raise AppError("embedded_in_use", path=str(layout.cluster), cause=error)
        if time.monotonic() > deadline:
            raise AppError("embedded_start_failed", path=str(layout.log), cause=error)
        if not told:
            say("O banco embutido está se recuperando de uma parada brusca; aguardando.")
            told = True
        time.sleep(_TICK_SECONDS)
    return None


def _start(
    layout: Layout,
    toolkit: Toolkit,
    extra: Mapping[str, str],
    port: int | None,
    say: Progress,
    deadline: float,
) -> Credentials:
    if has_cluster(layout):
        check_cluster(layout, toolkit.account)
        credentials = read_credentials(layout)
    else:
        say("Criando o banco de dados embutido.")
        credentials = create_cluster(layout, toolkit)
    while True:
        _settle_port(layout, credentials, port)
        write_settings(layout, credentials.port, extra, toolkit.account)
        _disown_stale_pid(layout)
        try:
            launch(layout, toolkit, say, deadline)
        except AppError as error:
            if not _worth_another_try(error, port, deadline):
                raise
            _log.warning("embedded_start_retry", code=error.code)
            time.sleep(1.0)
        else:
            break
    _create_roles(layout, credentials)
    return credentials


def _worth_another_try(error: AppError, port: int | None, deadline: float) -> bool:
    if time.monotonic() > deadline:
        return False
    # Somebody took the port between our look and the start; or the processes of a server that was
    # killed are still leaving.
    return (error.code == "embedded_port_taken" and port is None) or error.code == "embedded_in_use"


def _settle_port(layout: Layout, credentials: Credentials, wanted: int | None) -> None:
    if wanted is not None and not port_is_free(wanted):
        raise AppError("embedded_port_taken", port=wanted, cause="")
    if wanted is None and port_is_free(credentials.port):
        return
    chosen = wanted or choose_port(layout.data_dir)
    if chosen != credentials.port:
        _log.info("embedded_port_changed", before=credentials.port, after=chosen)
        credentials.port = chosen
        write_credentials(layout, credentials)


def _disown_stale_pid(layout: Layout) -> None:
    """Keep a recycled process number from blocking the start.

    PostgreSQL refuses while the number in its note belongs to any living process, but takes its
    grandparent's (ours: pg_ctl is between) for stale. The rest of the note stays: its shared memory
    key is what keeps two servers off one folder.
    """
    with contextlib.suppress(OSError, ValueError):
        first, rest = layout.pid_file.read_bytes().split(b"\n", 1)
        if psutil.pid_exists(abs(int(first))):
            with layout.pid_file.open("r+b") as note:
                note.write(b"%d\n%s" % (os.getpid(), rest))
                note.truncate()


def launch(
    layout: Layout, toolkit: Toolkit, say: Progress, deadline: float, options: str = ""
) -> None:
    """Start the cluster's server and wait until it answers; ``options`` win over its files.

    Raises the ``embedded_*`` error that its own last words stand for.
    """
    begun = layout.log.stat().st_size if layout.log.exists() else 0
    started_at, told = time.monotonic(), False
    seconds = str(max(1, int(deadline - started_at)))
    arguments = ["start", "-D", toolkit.path_for(layout.cluster), "-l", layout.log.name]
    if options:
        arguments += ["-o", options]
    with tempfile.TemporaryFile() as output:
        with toolkit.start(
            "pg_ctl", *arguments, "-w", "-t", seconds, folder=layout.cluster, output=output
        ) as process:
            while process.poll() is None:
                if not told and time.monotonic() > started_at + _SILENT_SECONDS:
                    say("O banco embutido está se recuperando de uma parada brusca; aguardando.")
                    told = True
                time.sleep(_TICK_SECONDS / 4)
        if process.returncode:
            output.seek(0)
            said = output.read().decode("utf-8", "replace") + _log_since(layout, begun)
            raise explain_failed_start(layout, said)


def _log_since(layout: Layout, offset: int) -> str:
    try:
        with layout.log.open("rb") as log:
            log.seek(offset)
            return log.read(1_000_000).decode("utf-8", "replace")
    except OSError:
        return ""


def _postmaster_pid(layout: Layout) -> int:
    """Return the number of the living server of this cluster, 0 when there is none.

    The number alone proves nothing: after a crash it may belong to any other process.
    """
    try:
        # Its folder's name is in it, in whatever encoding the file system has.
        lines = layout.pid_file.read_text("latin-1").split("\n")
        pid, started_at = abs(int(lines[0])), int(lines[2])
        process = psutil.Process(pid)
        if not process.name().startswith("postgres") or process.status() == psutil.STATUS_ZOMBIE:
            return 0
    except (OSError, ValueError, IndexError, psutil.Error):
        return 0
    try:
        return pid if Path(process.cwd()).samefile(layout.cluster) else 0
    except (OSError, psutil.Error):
        return pid if abs(process.create_time() - started_at) < 60 else 0


def _connection_error(credentials: Credentials) -> str | None:
    try:
        with _connect(credentials, "postgres"):
            return None
    except psycopg.OperationalError as error:
        return str(error)


def _connect(credentials: Credentials, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=HOST,
        port=credentials.port,
        user=ADMIN_ROLE,
        password=credentials.passwords[ADMIN_ROLE],
        dbname=database,
        autocommit=True,
        connect_timeout=10,
        require_auth="scram-sha-256",
    )


def _create_roles(layout: Layout, credentials: Credentials) -> None:
    """Create the two roles and the database; may have been interrupted before, so looks first."""
    if credentials.roles_created:
        return
    with _connect(credentials, "postgres") as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, "")):
            verb = "ALTER" if role in roles else "CREATE"
            connection.execute(
                sql.SQL(f"{verb} ROLE {{}} LOGIN {rights} PASSWORD {{}}").format(
                    sql.Identifier(role), sql.Literal(credentials.passwords[role])
                )
            )
        # The owner tries out what the application may do, as any login but the role itself.
        connection.execute(
            sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP_ROLE), sql.Identifier(OWNER_ROLE))
        )
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        name, owner = sql.Identifier(credentials.database), sql.Identifier(OWNER_ROLE)
        if credentials.database not in databases:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    # In the template too: a database that the owner creates has vectors, which only a superuser
    # may install.
    for database in ("template1", credentials.database):
        with _connect(credentials, database) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    credentials.roles_created = True
    write_credentials(layout, credentials)


def _server(
    layout: Layout, credentials: Credentials, *, started: bool, lease: FileLock | None
) -> EmbeddedServer:
    return EmbeddedServer(
        data_dir=layout.data_dir,
        host=HOST,
        port=credentials.port,
        superuser=ADMIN_ROLE,
        database=credentials.database,
        started_here=started,
        passwords=credentials.passwords,
        lease=lease,
    )


def _silent(_: str) -> None:
    return
