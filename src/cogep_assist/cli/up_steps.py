"""The two helpers of ``cogep up`` that need the database, each a process that ends."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cogep_assist.cli import lifeline
from cogep_assist.core.errors import AppError

_PATIENCE_SECONDS = 30.0


def command_line(*words: str) -> list[str]:
    """Return the command that runs ``cogep`` with these words in this installation."""
    return [sys.executable, "-m", "cogep_assist", *words]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the preparation did: documents sent as a sample, and the database's port."""

    sample: int
    port: int | None


class Preparation:
    """Run `up_prepare`: settings first, then, once the caller says so, the database.

    Every failure there is raised here as the same AppError.
    """

    def __init__(self, folder: str, *, sample: bool, say: Callable[[str], None]) -> None:
        self.data_dir = Path()
        self.embedded = False
        self._say = say
        self._arguments = [folder, "sample" if sample else "-"]
        self._process: subprocess.Popen[str] | None = None
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "cogep_assist.cli.up_prepare", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            encoding="utf-8",
            # Not UTF-8 mode: a path is the bytes that this process's own locale makes of it.
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        try:
            event = self._next()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.data_dir = Path(event["data_dir"])
        self.embedded = bool(event["embedded"])
        return self

    def finish(self) -> Prepared:
        """Let the preparation do its work; returns once it has ended."""
        self._answer()
        event = self._next()
        while event["event"] == "progress":
            self._say(event["text"])
            event = self._next()
        prepared = Prepared(int(event["sample"]), event["port"])
        self._answer()
        assert self._process is not None
        self._process.wait(_PATIENCE_SECONDS)
        return prepared

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                # Without an answer it stops at the next step and gives the database back.
                process.stdin.close()
            try:
                process.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self._complaints.close()

    def _answer(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write("\n")
            self._process.stdin.flush()

    def _next(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            event: dict[str, Any] = json.loads(line)
        except (ValueError, RecursionError):
            raise AppError("preparation_failed", cause=self._last_complaint()) from None
        if event["event"] == "error":
            raise AppError(event["code"], **event["details"])
        return event

    def _last_complaint(self) -> str:
        assert self._process is not None
        status = self._process.wait(_PATIENCE_SECONDS)
        self._complaints.seek(0)
        lines = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"código de saída {status}"


def stop_server(data_dir: Path) -> None:
    """Stop the embedded server when its keeper is gone, which stops it otherwise."""
    program = (
        "import sys, pathlib; from cogep_assist.core.embedded_postgres import stop; "
        "stop(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-c", program, str(data_dir)], check=False
    )


class Welcome:
    """Run `up_welcome`, which writes to the person's terminal."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "cogep_assist.cli.up_welcome", *arguments],
            stdin=subprocess.PIPE,
            env={**os.environ, lifeline.VARIABLE: "1"},
        )

    @property
    def ended(self) -> bool:
        """Whether it has said everything."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it, as when the person stops everything before it is done."""
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
