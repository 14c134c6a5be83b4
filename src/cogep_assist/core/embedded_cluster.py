"""The embedded PostgreSQL's folder: created whole or not at all, checked before every start."""

import contextlib
import errno
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cogep_assist.core.durable_file import make_folder, settle_file, settle_folder, write_durably
from cogep_assist.core.embedded_binaries import MAJOR, Account, Toolkit
from cogep_assist.core.embedded_memory import parallel_memory
from cogep_assist.core.errors import AppError

HOST = "127.0.0.1"
DATABASE = "cogep"
ADMIN_ROLE = "cogep_admin"
OWNER_ROLE = "cogep_owner"
APP_ROLE = "cogep_app"
LOG_NAME = "server.log"

_BYTES_TO_CREATE = 200 * 2**20
_BYTES_TO_START = 32 * 2**20
_FIRST_PORT, _PORTS = 15_432, 10_000
_LOG_BYTES_KEPT = 5 * 2**20

# A laptop's share: the whole product stays below 400 MB idle. Statements and error details are
# kept out of the server's log because they carry people's data.
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "huge_pages": "off",
    "io_method": "sync",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "2",
    "max_parallel_maintenance_workers": "0",
    "autovacuum_max_workers": "2",
    "autovacuum_worker_slots": "4",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "2",
    "wal_compression": "on",
    "min_wal_size": "64MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "log",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_ACCESS_RULES = f"host all all {HOST}/32 scram-sha-256\n"


@dataclass(slots=True)
class Credentials:
    """What a client needs to reach the cluster; kept beside it, readable by its owner alone."""

    port: int
    passwords: dict[str, str]
    database: str = DATABASE
    roles_created: bool = False
    version: int = field(default=1)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each thing lies below one data folder."""

    data_dir: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data_dir / "postgres"

    @property
    def credentials(self) -> Path:
        """Port and passwords, mode 0600."""
        return self.data_dir / "postgres.json"

    @property
    def gate(self) -> Path:
        """Lock held by whoever starts, joins or stops the server."""
        return self.data_dir / "postgres.lock"

    @property
    def leases(self) -> Path:
        """One locked file per process that uses the server."""
        return self.data_dir / "postgres.users"

    @property
    def pid_file(self) -> Path:
        """The server's own note of its process."""
        return self.cluster / "postmaster.pid"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.cluster / LOG_NAME


def prepare_data_dir(data_dir: Path) -> Layout:
    """Make the data folder and prove that it can be written.

    Raises one of the ``data_dir_*`` errors (``data_dir_is_postgres``: somebody named another
    PostgreSQL's folder) or ``disk_full``.
    """
    layout = Layout(data_dir)
    if any(unicodedata.category(character) == "Cc" for character in str(data_dir)):
        # The server's own note of where it runs is read by lines.
        raise AppError("data_dir_bad_name", path=repr(str(data_dir)))
    try:
        make_folder(data_dir)
        layout.leases.mkdir(exist_ok=True)
        probe = layout.leases / f".probe-{os.getpid()}-{secrets.token_hex(4)}"
        probe.write_bytes(b"1")
        probe.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise AppError("data_dir_not_a_folder", path=str(data_dir)) from error
    except OSError as error:
        raise _folder_error(error, data_dir) from error
    if (data_dir / "PG_VERSION").exists():
        raise AppError("data_dir_is_postgres", path=str(data_dir))
    return layout


def has_cluster(layout: Layout) -> bool:
    """Tell whether a cluster was created here; an interrupted creation leaves none."""
    try:
        return layout.cluster.is_dir() and any(layout.cluster.iterdir())
    except PermissionError:
        return True  # closed even to us: ``check_cluster`` opens it or says whose it is


def check_cluster(layout: Layout, account: Account | None) -> None:
    """Refuse a folder that PostgreSQL could not or must not start on, saying why."""
    cluster = layout.cluster
    path = str(cluster)
    _check_permissions(cluster, account)
    version = major_of(cluster)
    if version != MAJOR:
        code = "embedded_other_version" if version < MAJOR else "embedded_newer_version"
        raise AppError(code, path=path, found=version, expected=MAJOR)
    for needed in ("base", "global/pg_control", "pg_wal", "postgresql.conf"):
        if not (cluster / needed).exists():
            raise AppError("embedded_data_broken", path=path, cause=f"falta {needed}")
    if not layout.credentials.exists():
        raise AppError("embedded_credentials_lost", path=str(layout.credentials))
    check_space(layout.data_dir, _BYTES_TO_START)


def major_of(cluster: Path) -> int:
    """Return the major version that made a cluster.

    Raises AppError("embedded_data_broken"|"embedded_wrong_owner").
    """
    path = str(cluster)
    try:
        return int((cluster / "PG_VERSION").read_text("ascii").strip())
    except FileNotFoundError as error:
        raise AppError("embedded_data_broken", path=path, cause="falta PG_VERSION") from error
    except PermissionError as error:
        raise AppError("embedded_wrong_owner", path=path) from error
    except ValueError as error:
        raise AppError("embedded_data_broken", path=path, cause="PG_VERSION ilegível") from error


def create_cluster(layout: Layout, toolkit: Toolkit) -> Credentials:
    """Run initdb aside and rename the result, so that a crash half-way leaves nothing behind."""
    check_space(layout.data_dir, _BYTES_TO_CREATE)
    for leftover in layout.data_dir.glob("postgres.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    draft = layout.data_dir / f"postgres.new-{secrets.token_hex(4)}"
    passwords = {role: secrets.token_urlsafe(24) for role in (ADMIN_ROLE, OWNER_ROLE, APP_ROLE)}
    draft.mkdir(mode=0o700)
    try:
        _give_to(toolkit.account, draft)
        _initdb(toolkit, draft, passwords[ADMIN_ROLE])
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude_if_exists = 'cogep.conf'\n")
        (draft / "pg_hba.conf").write_text(_ACCESS_RULES, "utf-8")
        # initdb has its own files on the disk already; without these two no server starts.
        settle_file(draft / "postgresql.conf")
        settle_file(draft / "pg_hba.conf")
        credentials = Credentials(choose_port(layout.data_dir), passwords)
        write_credentials(layout, credentials)
        if layout.cluster.is_dir():
            layout.cluster.rmdir()
        draft.rename(layout.cluster)
        settle_folder(layout.data_dir)
    except OSError as error:
        raise _folder_error(error, layout.data_dir) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return credentials


def write_settings(
    layout: Layout, port: int, extra: Mapping[str, str], owner: Account | None
) -> None:
    """Write the file that postgresql.conf includes; ``extra`` wins over our own choices."""
    lines = [
        f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n"
        for name, value in {**_SETTINGS, **parallel_memory(), "port": str(port), **extra}.items()
    ]
    path = layout.cluster / "cogep.conf"
    try:
        path.write_text("".join(lines), "utf-8")
        _give_to(owner, path)
        if layout.log.exists() and layout.log.stat().st_size > _LOG_BYTES_KEPT:
            layout.log.replace(layout.log.with_suffix(".log.1"))
    except OSError as error:
        raise _folder_error(error, layout.data_dir) from error


def read_credentials(layout: Layout) -> Credentials:
    """Read port and passwords; ``embedded_credentials_lost`` when they cannot be read."""
    try:
        return Credentials(**json.loads(layout.credentials.read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise AppError("embedded_credentials_lost", path=str(layout.credentials)) from error


def write_credentials(layout: Layout, credentials: Credentials) -> None:
    """Replace the credentials file in one step, closed to everybody but its owner."""
    write_durably(layout.credentials, json.dumps(asdict(credentials)).encode())


def choose_port(data_dir: Path) -> int:
    """Pick a free port, the same one for the same folder where possible."""
    start = zlib.crc32(os.fsencode(data_dir.resolve())) % _PORTS
    for step in range(_PORTS):
        port = _FIRST_PORT + (start + step) % _PORTS
        if port_is_free(port):
            return port
    raise AppError("embedded_no_port")


def port_is_free(port: int, host: str = HOST) -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # As PostgreSQL does: a connection that lingers in TIME_WAIT is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def explain_failed_start(layout: Layout, said: str) -> AppError:
    """Turn what the server wrote before it gave up into one error that says what to do."""
    path = str(layout.cluster)
    for needle, code in _CAUSES:
        if needle in said:
            return AppError(code, path=path, cause=_last_complaint(said))
    return AppError("embedded_start_failed", path=str(layout.log), cause=_last_complaint(said))


_CAUSES = (
    ("No space left on device", "disk_full"),
    ("Disk quota exceeded", "disk_full"),
    ("could not bind IPv4 address", "embedded_port_taken"),
    ("could not create any TCP/IP sockets", "embedded_port_taken"),
    # PG_VERSION has been found right before: then it is the control file that is wrong.
    ("database files are incompatible with server", "embedded_data_broken"),
    ("pre-existing shared memory block", "embedded_in_use"),
    ('lock file "postmaster.pid" already exists', "embedded_in_use"),
    ("has wrong ownership", "embedded_wrong_owner"),
    ("has invalid permissions", "embedded_wrong_owner"),
    ("Permission denied", "embedded_wrong_owner"),
    ("could not map anonymous shared memory", "embedded_no_memory"),
    ("could not create shared memory segment", "embedded_no_memory"),
    ("Cannot allocate memory", "embedded_no_memory"),
    ("could not look up effective user ID", "embedded_user_unknown"),
    ("locale", "embedded_locale_missing"),
    ("configuration file", "embedded_bad_settings"),
    ("unrecognized configuration parameter", "embedded_bad_settings"),
    ("invalid value for parameter", "embedded_bad_settings"),
    ("could not locate a valid checkpoint record", "embedded_data_broken"),
    ("incorrect checksum in control file", "embedded_data_broken"),
    ("calculated CRC checksum does not match", "embedded_data_broken"),
    ("PANIC:", "embedded_data_broken"),
    ("could not open file", "embedded_data_broken"),
    ("could not read file", "embedded_data_broken"),
)


_NAMES_THE_SETTING = (
    "invalid value for parameter",
    "unrecognized configuration",
    "syntax error in",
)


def _last_complaint(said: str) -> str:
    # The last word on a bad setting is only that the file has errors; a line before says which.
    for line in reversed(said.splitlines()):
        if any(mark in line for mark in _NAMES_THE_SETTING):
            return line.split(":  ", 1)[-1].strip()
    for line in reversed(said.splitlines()):
        for mark in ("FATAL:", "PANIC:", "ERROR:", "error:"):
            if mark in line:
                return line.split(mark, 1)[1].strip()
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "sem explicação"


def _initdb(toolkit: Toolkit, draft: Path, password: str) -> None:
    handle, name = tempfile.mkstemp(prefix="cogep-")
    secret = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(password.encode("ascii"))
        _give_to(toolkit.account, secret)
        arguments = [
            f"--pgdata={toolkit.path_for(draft)}",
            f"--username={ADMIN_ROLE}",
            # The account may not reach the file by name, but it may always reopen its input.
            f"--pwfile={name if sys.platform == 'win32' else '/dev/stdin'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions",
        ]
        with secret.open("rb") as stdin:
            finished = toolkit.run("initdb", *arguments, folder=draft, stdin=stdin)
    finally:
        secret.unlink(missing_ok=True)
    if finished.status:
        raise explain_failed_start(Layout(draft.parent), finished.output)


def _check_permissions(cluster: Path, account: Account | None) -> None:
    if sys.platform == "win32":
        return
    status = cluster.stat()
    expected = account.uid if account else os.geteuid()
    if status.st_uid != expected:
        raise AppError("embedded_wrong_owner", path=str(cluster))
    if status.st_mode & 0o077 or status.st_mode & 0o700 != 0o700:
        # Our own folder: put back what initdb had set.
        with contextlib.suppress(OSError):
            cluster.chmod(0o700)


def check_space(folder: Path, needed: int) -> None:
    """Raise AppError("disk_full") where fewer than ``needed`` bytes are free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise AppError("disk_full", path=str(folder), free_mb=free // 2**20, cause="")


def _give_to(account: Account | None, path: Path) -> None:
    if account is not None and sys.platform != "win32":
        os.chown(path, account.uid, account.gid)


def _folder_error(error: OSError, folder: Path) -> AppError:
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", -1)}:
        return AppError("disk_full", path=str(folder), cause="")
    if error.errno == errno.EROFS:
        return AppError("data_dir_read_only", path=str(folder))
    if error.errno == errno.ENAMETOOLONG:
        return AppError("data_dir_name_too_long", path=f"{str(folder)[:80]}…")
    return AppError("data_dir_not_writable", path=str(folder))
