"""Own one parser child: start it bare, talk to it, explain its death, leave nothing behind."""

import contextlib
import dataclasses
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import cogep_assist
from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.frames import BrokenFrameError, read_frame, write_header
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.reply import BadReplyError
from cogep_assist.pipeline.parse.windows_job import WindowsJob

# Absent on Windows.
resource: Any = importlib.import_module("resource") if os.name == "posix" else None

FOLDER_PREFIX = "cogep-parse-"
_BOOT = (
    "import os, sys; sys.path[:] = sys.argv.pop().split(os.pathsep); "
    "from cogep_assist.pipeline.parse.child_main import main; main()"
)
_START_SECONDS = 60.0
_COMPLAINT_BYTES = 4096
# A process that died after holding so much of its memory most likely asked for more.
_STARVED = 0.4
_OUT_OF_MEMORY = (b"memory allocation", b"out of memory", b"bad_alloc", b"MemoryError", b"OOM")
_KEPT_VARIABLES = ("PATH", "TESSDATA_PREFIX", "SYSTEMROOT", "LD_LIBRARY_PATH")

Progress = Callable[[str, int, int], None]
T = TypeVar("T")


class ParserChild:
    """A warm process that reads one document at a time; its methods block: call from a thread."""

    def __init__(self, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes
        self.documents = 0
        self.peak_bytes = 0
        self.isolation: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._ended = False
        self._killed_for: str | None = None
        self._folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
        try:
            self._process = _start(self._folder, memory_bytes)
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise AppError("parser_start_failed", cause=type(error).__name__) from error
        self._job = _job_for(self._process, memory_bytes)
        self._greet()

    @property
    def pid(self) -> int:
        """Process id, which is also its group on POSIX."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can take another document."""
        return not self._ended and self._process.poll() is None

    def ask(
        self,
        source: bytes | Path,
        request: dict[str, Any],
        limits: ParseLimits,
        progress: Progress,
        judge: Callable[[dict[str, Any], bytes], T],
    ) -> T:
        """Send bytes and return what they hold; a child that failed is killed and explained.

        ``judge`` turns the reply into what it stands for, or raises BadReplyError.
        """
        self.documents += 1
        timer = self._deadline(limits.wall_seconds)
        try:
            self._send(source, {**request, "limits": dataclasses.asdict(limits)})
            while True:
                header, body = read_frame(self._replies, max_body=limits.max_text_chars * 4)
                if "progress" not in header:
                    break
                stage, done, total = _judge_progress(header["progress"])
                if stage == "ocr" and done == 0:
                    timer.cancel()
                    timer = self._deadline(limits.ocr_wall_seconds)
                progress(stage, done, total)
            peak = header.get("peak")
            self.peak_bytes = max(self.peak_bytes, peak if type(peak) is int else 0)
            return judge(header, body)
        except BadReplyError as error:
            self._reap()
            raise AppError("parser_failed", cause="resposta inválida") from error
        except (BrokenFrameError, OSError) as error:
            raise self._explain(limits) from error
        finally:
            timer.cancel()

    def kill(self, reason: str) -> None:
        """End the child and all it started, now; safe from any thread, any number of times."""
        with self._lock:
            if self._ended:
                return
            self._killed_for = self._killed_for or reason
            if self._job is not None:
                self._job.kill()
            elif sys.platform != "win32":
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                self._process.kill()

    def close(self) -> None:
        """Kill, reap, and remove the working folder."""
        self._reap()

    @property
    def _replies(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    def _greet(self) -> None:
        timer = self._deadline(_START_SECONDS)
        try:
            header, _ = read_frame(self._replies, max_body=0, max_header=4096)
            self.isolation = tuple(str(name)[:40] for name in header["hello"])[:20]
        except (BrokenFrameError, KeyError, TypeError, OSError) as error:
            code, _ = self._reap()
            raise AppError("parser_start_failed", cause=f"código de saída {code}") from error
        finally:
            timer.cancel()
        if self._job is not None and self._job.holds:
            self.isolation = (*self.isolation, "memory", "dies_with_parent", "job_object")

    def _deadline(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self.kill, args=("timeout",))
        timer.daemon = True
        timer.start()
        return timer

    def _send(self, source: bytes | Path, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        pipe: BinaryIO = self._process.stdin  # type: ignore[assignment]
        if isinstance(source, bytes):
            write_header(pipe, request, len(source))
            pipe.write(source)
        else:
            with source.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                write_header(pipe, request, size)
                pipe.writelines(_pieces(file, size))
        pipe.flush()

    def _explain(self, limits: ParseLimits) -> AppError:
        """Reap the dead or dying child and say why it ended."""
        complaint = self._complaint()
        killed_for = self._killed_for
        code, peak = self._reap()
        if killed_for == "timeout" or code == -getattr(signal, "SIGXCPU", 24):
            return AppError("parser_timeout", seconds=int(limits.wall_seconds))
        if killed_for is not None:
            return AppError("parser_cancelled")
        starved = peak > self.memory_bytes * _STARVED or any(w in complaint for w in _OUT_OF_MEMORY)
        # Killed with memory to spare, it met somebody else's trouble: that may pass.
        if starved:
            return AppError("parser_memory_limit", limit_mib=self.memory_bytes >> 20)
        return AppError("parser_crashed", cause=_name_of(code))

    def _complaint(self) -> bytes:
        """Return the end of what the child wrote as errors; looked at for known words only."""
        with contextlib.suppress(OSError), (self._folder / ".stderr").open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _COMPLAINT_BYTES))
            return file.read(_COMPLAINT_BYTES)
        return b""

    def _reap(self) -> tuple[int, int]:
        """End the child; return its exit code (negative: the signal) and peak memory in bytes.

        A child that died by itself keeps its own exit code: killing the dead changes nothing.
        """
        self.kill("closed")
        with self._lock:
            if not self._ended:
                self._ended = True
                for pipe in (self._process.stdin, self._process.stdout):
                    with contextlib.suppress(OSError):
                        if pipe is not None:
                            pipe.close()
                self.peak_bytes = max(self.peak_bytes, _wait(self._process))
                if self._job is not None:
                    self._job.close()
                shutil.rmtree(self._folder, ignore_errors=True)
        return self._process.returncode, self.peak_bytes


def _start(folder: Path, memory_bytes: int) -> "subprocess.Popen[bytes]":
    own = str(Path(cogep_assist.__file__).resolve().parent.parent)
    paths = os.pathsep.join(dict.fromkeys([own, *(path for path in sys.path if path)]))
    # On Windows the python of a venv is a launcher whose child would escape the job object.
    python = getattr(sys, "_base_executable", None) or sys.executable
    arguments = ["-I", "-S", "-B", "-W", "ignore", "-X", "utf8", "-c", _BOOT]
    with (folder / ".stderr").open("wb") as complaints:
        return subprocess.Popen(  # noqa: S603  our own interpreter and module
            [python, *arguments, str(os.getpid()), str(memory_bytes), paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=folder,
            env=_environment(folder),
            close_fds=True,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """Wait for a process that was killed and return its peak memory in bytes, 0 where unknown."""
    if sys.platform == "win32":
        process.wait()
        return 0
    if process.returncode is not None:
        return 0
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except ChildProcessError:
        # Somebody polled it in the meantime.
        process.wait()
        return 0
    process.returncode = os.waitstatus_to_exitcode(status)
    # The figure starts at what this process held when it started the child; only more tells.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = usage.ru_maxrss if usage.ru_maxrss > own * 1.05 else 0
    return int(peak) * (1 if sys.platform == "darwin" else 1024)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    place = str(folder)
    return {
        **kept,
        "LANG": "C.UTF-8", "HOME": place, "TMPDIR": place, "TEMP": place, "TMP": place,
        "OMP_THREAD_LIMIT": "1", "MALLOC_ARENA_MAX": "1",
    }  # fmt: skip


def _job_for(process: "subprocess.Popen[bytes]", memory_bytes: int) -> WindowsJob | None:
    if sys.platform == "win32":
        return WindowsJob(int(process._handle), memory_bytes)  # noqa: SLF001  no public way to it
    return None


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield exactly `size` bytes; a file that shrank meanwhile is padded and will not parse."""
    missing = size
    while missing:
        piece = file.read(min(missing, 1024 * 1024)) or b"\x00" * min(missing, 1024 * 1024)
        yield piece
        missing -= len(piece)


def _judge_progress(value: Any) -> tuple[str, int, int]:
    stage, done, total = value if isinstance(value, list) and len(value) == 3 else (None, 0, 0)
    if stage != "ocr" or type(done) is not int or type(total) is not int:
        raise BadReplyError("impossible progress")
    return stage, done, total


def _name_of(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"código de saída {code}"
