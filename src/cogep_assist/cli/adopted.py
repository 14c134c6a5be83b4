"""A child that another process forked for us: adopted, then awaited like our own (Linux)."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from typing import IO

_SET_CHILD_SUBREAPER = 36
_LOOK_SECONDS = 0.02
_NEVER_STARTED = 1


def adopt_orphans(wanted: bool) -> bool:
    """Become, or cease to be, the parent of descendants whose own has ended; True where it works.

    Elsewhere, or in between, they become children of the machine's first process.
    """
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0) == 0)
    return False


class Adopted:
    """The part of Popen's manners that a supervisor needs.

    ``told`` is the reading end of the pipe on which the child's number comes, once it is ours.
    """

    def __init__(self, told: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        os.set_blocking(told, False)
        self._told = told
        self._doomed = False
        self.pid = 0
        self.returncode: int | None = None
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs or is about to."""
        if self.returncode is None and (self.pid or self._is_told()):
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.returncode = _NEVER_STARTED
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended; raises subprocess.TimeoutExpired after ``timeout`` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("cogep", timeout or 0.0)
            time.sleep(_LOOK_SECONDS)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, or as soon as it has begun."""
        self._doomed = True
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        # It cannot be another process by now: its number is ours until it has been awaited.
        if self.pid and self.poll() is None:
            os.kill(self.pid, number)

    def _is_told(self) -> bool:
        try:
            number = os.read(self._told, 32)
        except BlockingIOError:
            return False
        os.close(self._told)
        adopt_orphans(False)
        if not number:
            # Whoever should have forked it has ended.
            self.returncode = _NEVER_STARTED
            return False
        self.pid = int(number)
        if self._doomed:
            os.kill(self.pid, signal.SIGKILL)
        return True
