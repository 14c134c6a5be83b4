"""Processes of the product, forked from one that has imported it: a start costs no imports."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

CHILD = Path(__file__).parent / "nursery_child.py"
PATIENCE_SECONDS = 600
PROGRAMS = {"cogep": "cogep_assist", "celery": "celery"}


class Forked:
    """One process of a nursery, with the part of Popen's manners that is needed here."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery = nursery
        self.pid = pid

    def poll(self) -> int | None:
        return self._nursery.ended.get(self.pid)

    def wait(self, timeout: float) -> int:
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.005)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """A process that forks others on request, and tells how each of them ended.

    ``clock``: the processes' wall clocks can be moved, each by the file that COGEP_TEST_CLOCK
    names.
    """

    def __init__(self, folder: Path, *, celery: bool = False, clock: bool = False) -> None:
        self.ended: dict[int, int] = {}
        self._lock = threading.Lock()
        self._started: list[int] = []
        self._has_started = threading.Condition()
        self._deaf = False
        paths = [str(CHILD.parent / "shifted_clock")] if clock else []
        paths += filter(None, [os.environ.get("PYTHONPATH")])
        self._process = subprocess.Popen(
            [sys.executable, str(CHILD), *(["celery"] if celery else [])],
            # A library's threads would not live on in what is forked.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def start(self, program: str, arguments: list[str], env: dict[str, str], log: Path) -> Forked:
        """Fork a process that runs a program in a session of its own."""
        order = {"program": PROGRAMS[program], "arguments": arguments, "env": env, "log": str(log)}
        with self._lock, self._has_started:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            # It may still be importing, on a busy machine; one that has ended says nothing.
            self._has_started.wait_for(lambda: self._started or self._deaf, PATIENCE_SECONDS)
            if not self._started:
                raise AssertionError("the nursery does not answer")
            return Forked(self, self._started.pop())

    def close(self) -> None:
        """End the nursery, and with it whatever it still has."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        self._process.kill()
        self._listener.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, pid, status = line.split()
            if word == b"ended":
                self.ended[int(pid)] = os.waitstatus_to_exitcode(int(status))
            else:
                # The number may have been that of one that ended long ago.
                self.ended.pop(int(pid), None)
                with self._has_started:
                    self._started.append(int(pid))
                    self._has_started.notify()
        with self._has_started:
            self._deaf = True
            self._has_started.notify()


def kill_session(pid: int) -> None:
    """Kill a process and what it has started, without a word."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
