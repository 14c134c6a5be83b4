"""Keep child processes running: restart what crashes, give up plainly, stop in order.

Standard library only: the supervisor lives as long as the product and must stay small.
"""

import collections
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from cogep_assist.cli import lifeline
from cogep_assist.core.durable_file import make_folder
from cogep_assist.core.errors import AppError

_TICK_SECONDS = 0.2
_LOG_BYTES = 10 * 2**20
_TAIL_LINES = 30
_KILL_SECONDS = 5.0
_LAST_WORDS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When to try again and when to give up; all in seconds."""

    fast_crash: float = 15.0
    give_up_after: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30.0

    def pause(self, crashes: int) -> float:
        """Return the pause before the start that follows the n-th fast crash in a row."""
        return float(min(self.longest_pause, self.first_pause * 2 ** max(0, crashes - 1)))


class LogFile:
    """Where the children's output goes: a file of bounded size, and a terminal if asked."""

    def __init__(self, path: Path, *, echo: bool) -> None:
        self.path = path
        self._echo = echo
        self._lock = threading.Lock()
        with contextlib.suppress(OSError):
            make_folder(path.parent)

    def write(self, line: bytes) -> None:
        """Add a line; a full disk must not stop the product."""
        with self._lock:
            if self._echo:
                # Whoever read our output may be gone; the file goes on without them.
                with contextlib.suppress(OSError, ValueError):
                    sys.stderr.buffer.write(line)
                    sys.stderr.buffer.flush()
            with contextlib.suppress(OSError, ValueError):
                self._to_file(line)

    def _to_file(self, line: bytes) -> None:
        if self.path.exists() and self.path.stat().st_size > _LOG_BYTES:
            self.path.replace(self.path.with_suffix(".log.1"))
        with self.path.open("ab") as file:
            file.write(line)


class Process(Protocol):
    """What the supervisor needs of a process, whoever started it."""

    pid: int
    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    @property
    def returncode(self) -> Any:
        """How it ended, or None."""

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it at once."""


# Starts all children at one go, in their order; None where it cannot.
StartTogether = Callable[[Mapping[str, str]], Sequence[Process] | None]


@dataclass(slots=True)
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    grace: float
    environment: Mapping[str, str] = field(default_factory=dict)
    process: Process | None = None
    pump: threading.Thread | None = None
    started_at: float = 0.0
    fast_crashes: int = 0
    restarts: int = 0
    start_again_at: float | None = None
    tail: collections.deque[str] = field(
        default_factory=lambda: collections.deque(maxlen=_TAIL_LINES)
    )

    @property
    def pid(self) -> int | None:
        """Number of the running process."""
        return self.process.pid if self.process and self.process.poll() is None else None


class Supervisor:
    """Run children until ``stop`` is set; stops them in the order in which they were given."""

    def __init__(
        self,
        children: Sequence[Child],
        log: LogFile,
        *,
        say: Callable[[str], None],
        policy: RestartPolicy | None = None,
        together: StartTogether | None = None,
    ) -> None:
        self.children = list(children)
        self._log = log
        self._say = say
        self._policy = policy or RestartPolicy()
        self._together = together

    def start(self) -> None:
        """Start every child, together where that is possible."""
        started = self._together(_environment({})) if self._together else None
        for child, process in zip(self.children, started or (), strict=bool(started)):
            self._began(child, process)
        if not started:
            for child in self.children:
                self._launch(child)

    def watch(self, stop: threading.Event, *, each_tick: Callable[[], None] | None = None) -> None:
        """Restart what ends until ``stop`` is set.

        Raises ``child_gave_up`` with the cause when a child keeps crashing at once.
        """
        while not stop.wait(_TICK_SECONDS):
            for child in self.children:
                self._tend(child)
            if each_tick is not None:
                each_tick()

    def tend(self) -> None:
        """Look after each child once, for callers that wait for something else."""
        for child in self.children:
            self._tend(child)

    def restart(self) -> None:
        """Start every child anew, as after the database has moved."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Ask each child in turn to stop, wait its grace, then end it; leaves none behind."""
        for child in self.children:
            child.start_again_at = None
            if child.pid is not None:
                self._say(f"Parando {child.name}…")
            _end(child)

    def kill(self) -> None:
        """End every child at once; their work is taken up by whoever starts next."""
        for child in self.children:
            child.start_again_at = None
            if child.process is not None and child.process.poll() is None:
                child.process.kill()
                child.process.wait()
            _close(child)

    def _launch(self, child: Child) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            list(child.command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(child.environment),
            **_own_group(),
        )
        self._began(child, process)

    def _began(self, child: Child, process: Process) -> None:
        child.tail.clear()
        child.start_again_at = None
        child.started_at = time.monotonic()
        child.process = process
        child.pump = threading.Thread(
            target=self._pump, args=(child, process), name=f"log-{child.name}", daemon=True
        )
        child.pump.start()

    def _pump(self, child: Child, process: Process) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError), process.stdout:
            for line in process.stdout:
                child.tail.append(line.decode("utf-8", "replace").rstrip())
                self._log.write(line)

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.start_again_at is not None:
            if now >= child.start_again_at:
                child.restarts += 1
                self._launch(child)
            return
        if child.process is None or child.process.poll() is None:
            return
        status = child.process.returncode
        _close(child)
        if now - child.started_at < self._policy.fast_crash:
            child.fast_crashes += 1
        else:
            child.fast_crashes = 1
        cause = explain_end(status, child.tail)
        if child.fast_crashes >= self._policy.give_up_after:
            raise AppError(
                "child_gave_up",
                name=child.name,
                count=child.fast_crashes,
                cause=cause,
                path=str(self._log.path),
            )
        pause = self._policy.pause(child.fast_crashes)
        child.start_again_at = now + pause
        self._say(f"{child.name} parou ({cause}); reiniciando.")


def explain_end(status: int, tail: Sequence[str]) -> str:
    """Say why a process ended: its own last error, or the signal that ended it."""
    if status < 0:
        if status == -getattr(signal, "SIGKILL", 9):
            return "encerrado à força; talvez por falta de memória"
        return f"encerrado pelo sinal {-status}"
    for line in reversed(tail):
        if line.startswith("Erro: "):
            return line.removeprefix("Erro: ")
        told = _from_log_line(line)
        if told:
            return told
    lines = [line for line in tail if line.strip()]
    return lines[-1].strip()[:300] if lines else f"código de saída {status}"


def _from_log_line(line: str) -> str | None:
    if not line.startswith("{"):
        return None
    with contextlib.suppress(ValueError):
        entry: dict[str, Any] = json.loads(line)
        if entry.get("level") in {"error", "critical"}:
            return str(entry.get("event"))
    return None


def _end(child: Child) -> None:
    process = child.process
    if process is None:
        return
    if process.poll() is None:
        # Letting go of the lifeline is the request to stop.
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        if not _ended(process, child.grace):
            process.terminate()
            if not _ended(process, _KILL_SECONDS):
                process.kill()
                process.wait()
    _close(child)


def _ended(process: Process, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _close(child: Child) -> None:
    """Let go of a process that has ended, after its last words have been read."""
    if child.pump is not None:
        child.pump.join(_LAST_WORDS_SECONDS)
    with contextlib.suppress(OSError):
        if child.process is not None and child.process.stdin is not None:
            child.process.stdin.close()


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    # Two arenas: glibc would keep one for each of many threads (a variable that is set wins).
    return {"MALLOC_ARENA_MAX": "2", **os.environ, **own, lifeline.VARIABLE: "1"}


def _own_group() -> dict[str, Any]:
    # Ctrl-C reaches every process of the terminal's group; only the supervisor may act on it.
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
