"""pg_dump and pg_restore: the wheel's, or the system's where the server is of another version."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from cogep_assist.core.backup.tls_relay import in_tls
from cogep_assist.core.db import conninfo
from cogep_assist.core.embedded_binaries import wheel_programs
from cogep_assist.core.errors import AppError

# What a client program needs, and nothing that would lead it to another server.
_PASSED_ON = ("PATH", "HOME", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "LD_LIBRARY_PATH")
_VERSION_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Program:
    """An executable and the major version of PostgreSQL that it belongs to."""

    path: Path
    major: int
    # The wheel's are built without it.
    knows_tls: bool = True


def dump_program(server_major: int) -> Program:
    """Return a pg_dump for a server: of its own version, else a newer one.

    Raises AppError("backup_program_too_old"|"backup_program_missing").
    """
    found = _programs("pg_dump")
    for program in found:
        if program.major == server_major:
            return program
    newer = [program for program in found if program.major > server_major]
    if newer:
        return min(newer, key=lambda program: program.major)
    raise _unsuitable("pg_dump", found, server_major)


def restore_program(server_major: int, dump_major: int) -> Program:
    """Return a pg_restore that reads the dump and, where it can be, is of the server's version.

    Raises AppError("backup_program_too_old"|"backup_program_missing").
    """
    found = _programs("pg_restore")
    readers = [program for program in found if program.major >= dump_major]
    if not readers:
        raise _unsuitable("pg_restore", found, dump_major)
    return min(readers, key=lambda program: abs(program.major - server_major))


@contextlib.contextmanager
def start_client(
    program: Program,
    address: URL | None,
    arguments: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> "Iterator[subprocess.Popen[bytes]]":
    """Have a client program on a database for a block, its complaints in a pipe of their own."""
    with contextlib.ExitStack() as way:
        if address is not None and not program.knows_tls:
            address = way.enter_context(in_tls(address))
        with _started(program, address, arguments, stdin=stdin, stdout=stdout) as process:
            yield process


def _started(
    program: Program, address: URL | None, arguments: Sequence[str], *, stdin: int, stdout: int
) -> "subprocess.Popen[bytes]":
    """Start it. The password goes by the environment: a command line is seen by everybody."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["LC_ALL"] = "C"
    command = [str(program.path), *arguments]
    if address is not None:
        environment["PGPASSWORD"] = str(address.password or "")
        command.append(f"--dbname={conninfo(_without_password(address))}")
    return subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs, no shell
        command, env=environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
    )


def _programs(name: str) -> list[Program]:
    candidates: dict[str | None, bool] = {}
    with contextlib.suppress(AppError):
        candidates = {str(path): False for path in wheel_programs(name)}
    candidates.setdefault(shutil.which(name), True)
    majors = {path: _major_of(path) for path in candidates if path is not None}
    return [
        Program(Path(path), major, knows_tls=candidates[path])
        for path, major in majors.items()
        if major is not None
    ]


def _major_of(path: str) -> int | None:
    try:
        answer = subprocess.run(  # noqa: S603 - found on the administrator's PATH
            [path, "--version"], capture_output=True, timeout=_VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(rb"\) (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _unsuitable(name: str, found: list[Program], needed: int) -> AppError:
    if not found:
        return AppError("backup_program_missing", program=name, needed=needed)
    return AppError(
        "backup_program_too_old",
        program=name,
        found=max(program.major for program in found),
        needed=needed,
    )


def _without_password(address: URL) -> URL:
    return URL.create(
        "postgresql", address.username, None, address.host, address.port, address.database,
        address.query,
    )  # fmt: skip
