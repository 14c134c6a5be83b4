"""Give up, inside a parser child and before it reads a document, all that parsing does not need."""

import contextlib
import ctypes
import importlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from cogep_assist.pipeline.parse import landlock, seccomp

# Absent on Windows, where the parent's job object sets the limits.
resource: Any = importlib.import_module("resource") if os.name == "posix" else None

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_MAX_FILES = 64
_MAX_FILE_BYTES = 512 * 1024 * 1024
# One reader, one tesseract, and room for what that may start.
_MAX_PROCESSES = 16


def enter(parent: int, memory_bytes: int) -> list[str]:
    """Apply every measure that this system offers and return the names of those that hold.

    Names: ``memory``, ``files``, ``dies_with_parent``, ``no_new_privileges``,
    ``network_namespace``, ``process_count``, ``system_calls``, ``file_access``,
    ``network_profile``. With ``file_access`` only the folder that this process stands in is left
    to it, beside programs and libraries.
    Processor time is set for each document (`allow_cpu`).
    """
    reached: list[str] = []
    if resource is not None:
        reached += _limit_resources(memory_bytes)
    if sys.platform == "linux":
        reached += _enter_linux(parent)
    elif sys.platform == "darwin":
        reached += _enter_macos()
    if sys.platform not in ("linux", "win32"):
        _watch_parent(parent)
        reached.append("dies_with_parent")
    return reached


def allow_cpu(seconds: int) -> None:
    """Let this process use so many more seconds of processor time."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


class _Own:
    """What this process keeps open of itself: once inside, it can open nothing below /proc."""

    status: BinaryIO | None = None


def peak_memory_bytes() -> int:
    """Return the most memory that this process has held at once; 0 where unknown."""
    if _Own.status is not None:
        _Own.status.seek(0)
        # Not ru_maxrss: on Linux it counts what the parent held when it started this process.
        return _peak_of(_Own.status.read())
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) if resource else 0


def _peak_of(status: bytes) -> int:
    for line in status.splitlines():
        if line.startswith(b"VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def bind_to_parent() -> None:
    """Die with the process that started this one; for programs that the child itself starts."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit_resources(memory_bytes: int) -> list[str]:
    reached = []
    for name, wanted, measure in (
        ("RLIMIT_AS", memory_bytes, "memory"),
        ("RLIMIT_NOFILE", _MAX_FILES, "files"),
        ("RLIMIT_FSIZE", _MAX_FILE_BYTES, "files"),
        ("RLIMIT_CORE", 0, "files"),
    ):
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        try:
            _, hard = resource.getrlimit(kind)
            value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(kind, (value, value))
        except (OSError, ValueError):
            continue
        # macOS accepts RLIMIT_AS and does not keep to it.
        if measure not in reached and not (measure == "memory" and sys.platform == "darwin"):
            reached.append(measure)
    return reached


def _enter_linux(parent: int) -> list[str]:
    reached = []
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(OSError):
        _Own.status = Path("/proc/self/status").open("rb", buffering=0)  # noqa: SIM115  kept open
    own_users = _leave_network_and_users(libc)
    if own_users or libc.unshare(_CLONE_NEWNET) == 0:
        reached.append("network_namespace")
    if own_users and _bound_processes():
        reached.append("process_count")
    # After the namespace: entering one changes credentials, which forgets the death signal.
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0:
        reached.append("dies_with_parent")
    # The parent may have died before the line above.
    if os.getppid() != parent:
        os._exit(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        reached.append("no_new_privileges")
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if "no_new_privileges" in reached and seccomp.refuse_dangerous_calls(libc):
        reached.append("system_calls")
    if "no_new_privileges" in reached and landlock.leave_other_files(libc, Path.cwd()):
        reached.append("file_access")
    return reached


def _bound_processes() -> bool:
    """Bound what this process can start, where that is counted by user namespace (Linux 5.14).

    Elsewhere every process of the same user counts: then none could be started, and the limit
    is taken back. Root of the system is held by no such limit.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (_MAX_PROCESSES, hard))
    try:
        tried = os.fork()
    except OSError:
        resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
        return False
    if tried == 0:
        os._exit(0)
    os.waitpid(tried, 0)
    resource.setrlimit(resource.RLIMIT_NPROC, (_MAX_PROCESSES, _MAX_PROCESSES))
    return os.getuid() != 0


def _leave_network_and_users(libc: ctypes.CDLL) -> bool:
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        # Mapping our own ids keeps what the child writes owned by us; parsing works without.
        for name, line in (
            ("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")
        ):  # fmt: skip
            with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
                file.write(line)
        return True
    return False


def _enter_macos() -> list[str]:
    try:
        library = ctypes.CDLL("/usr/lib/libSystem.dylib")
        problem = ctypes.c_char_p()
        refused = library.sandbox_init(b"no-network", ctypes.c_uint64(1), ctypes.byref(problem))
    except (OSError, AttributeError):
        return []
    return ["network_profile"] if refused == 0 else []


def _watch_parent(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
