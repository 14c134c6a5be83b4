"""The keeper: stops the embedded PostgreSQL when the last process that used it is gone.

Each process that uses the server holds a lock on a file of its own. The operating system drops
the lock however the process ends, so a server never outlives its users, even after a kill -9.
The keeper is a process of its own because every other one may be killed; it imports the standard
library only and sleeps.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cogep_assist.core.embedded_binaries import Account, Toolkit
from cogep_assist.core.file_lock import FileLock, is_held, remove_if_free

BADGE = "postgres.keeper"
_TICK_SECONDS = 0.5
_STOP_SECONDS = 60
_LOOK_SECONDS = 2.0


def take_lease(leases: Path) -> FileLock:
    """Count this process as a user of the server for as long as it lives."""
    name = f"{os.getpid()}-{secrets.token_hex(6)}"
    if sys.platform == "win32":
        lease = FileLock(leases / f"{name}.lease")
        # Whoever looks whether the lease is held holds it for a moment.
        lease.acquire(_LOOK_SECONDS)
    else:
        # Locked before it has the name that others look for.
        lease = FileLock(leases / f".{name}")
        lease.try_acquire()
        lease.rename(leases / f"{name}.lease")
    return lease


def live_leases(leases: Path) -> bool:
    """Tell whether any process still uses the server; sweeps away the files of the dead."""
    found = [remove_if_free(lease) for lease in leases.glob("*.lease")]
    return not all(found)


def stop_server(toolkit: Toolkit, cluster: Path) -> bool:
    """Stop the server: politely, then at once; True when it is gone."""
    for mode, seconds in (("fast", _STOP_SECONDS), ("immediate", _STOP_SECONDS)):
        if not (cluster / "postmaster.pid").exists():
            return True
        where = toolkit.path_for(cluster)
        toolkit.run(
            "pg_ctl", "stop", "-D", where, "-m", mode, "-w", "-t", str(seconds),
            folder=cluster, timeout_s=seconds + 30,
        )  # fmt: skip
    return not (cluster / "postmaster.pid").exists()


def start_keeper(data_dir: Path, toolkit: Toolkit) -> None:
    """Start the keeper of this data folder unless there is one; call it under the gate."""
    if is_held(data_dir / BADGE):
        return
    source = Path(__file__).resolve().parents[2]
    program = (
        f"import sys; sys.path.insert(0, {str(source)!r}); "
        "from cogep_assist.core.embedded_keeper import main; main(sys.argv[1:])"
    )
    account = toolkit.account
    identity = [str(account.uid), str(account.gid), account.name] if account else []
    options: dict[str, Any]
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        options = {"creationflags": flags}
    else:
        options = {"start_new_session": True}
    # -S and -I leave the site packages alone: the keeper stays at a few megabytes.
    process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", "-S", "-c", program, str(data_dir), str(toolkit.bin_dir), *identity],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(data_dir.resolve().anchor),
        **options,
    )
    if sys.platform == "win32":
        _detached.append(process)
    else:
        # It forks and its first half ends at once: the keeper is nobody's zombie.
        process.wait()


_detached: list[subprocess.Popen[bytes]] = []


def main(arguments: list[str]) -> None:
    """Keep watch until the server is stopped, by us or by somebody else."""
    data_dir, bin_dir, *identity = arguments
    if sys.platform != "win32" and os.fork():
        os._exit(0)
    account = Account(int(identity[0]), int(identity[1]), identity[2]) if identity else None
    badge = FileLock(Path(data_dir) / BADGE)
    with contextlib.suppress(OSError):
        if badge.acquire(_LOOK_SECONDS):
            _watch(Path(data_dir), Toolkit(Path(bin_dir), account), badge)


def _watch(data_dir: Path, toolkit: Toolkit, badge: FileLock) -> None:
    gate = FileLock(data_dir / "postgres.lock")
    while True:
        time.sleep(_TICK_SECONDS)
        if live_leases(data_dir / "postgres.users") or not gate.try_acquire():
            continue
        # Under the gate nobody joins: look again, then act.
        with gate:
            if live_leases(data_dir / "postgres.users"):
                continue
            stop_server(toolkit, data_dir / "postgres")
            badge.release()
            return
