"""A claim on the embedded server for processes that stay long and must stay small.

The server lives for as long as anybody holds a claim; see `embedded_keeper`. Nothing here opens a
connection or knows a password.
"""

import contextlib
import time
from pathlib import Path

import psutil

from cogep_assist.core.embedded_keeper import BADGE, live_leases, take_lease
from cogep_assist.core.file_lock import is_held

_TICK_SECONDS = 0.1


class Claim:
    """Count as a user of the server of ``data_dir``, whether it runs yet or not."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._leases = data_dir / "postgres.users"
        self._lease = take_lease(self._leases)

    def server_lives(self) -> bool:
        """Tell whether the server's process is there; says nothing about how it fares."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            first = self._pid_file.read_bytes().split(b"\n", 1)[0]
            process = psutil.Process(abs(int(first)))
            return (
                process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
            )
        return False

    def release(self, *, patience_s: float = 90.0) -> bool:
        """Leave, and wait until the server is gone unless others use it; False if it remains."""
        self._lease.release(remove=True)
        deadline = time.monotonic() + patience_s
        while self._pid_file.exists() and self.server_lives():
            if live_leases(self._leases):
                return True
            if time.monotonic() > deadline or not is_held(self._data_dir / BADGE):
                return False
            time.sleep(_TICK_SECONDS)
        return True

    @property
    def _pid_file(self) -> Path:
        return self._data_dir / "postgres" / "postmaster.pid"
