"""Let a process that was forked be listed under the command that it is (Linux)."""

import contextlib
import ctypes
from collections.abc import Sequence
from pathlib import Path

# Of /proc/PID/stat (proc(5)), counted after the name, which may hold spaces.
_ARG_START, _ARG_END = 45, 46
_NAME_BYTES = 15


def show_command(words: Sequence[str], name: str) -> None:
    """Write a command line over this process's own, which ps, top and `cogep doctor` read.

    What is longer than the one it was started with is cut; nothing happens where it cannot be.
    """
    with contextlib.suppress(OSError, ValueError):
        Path("/proc/self/comm").write_text(name[:_NAME_BYTES], "utf-8")
        fields = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()
        start, end = int(fields[_ARG_START]), int(fields[_ARG_END])
        room = end - start
        if start and room > 0:
            shown = b"".join(word.encode() + b"\0" for word in words)
            ctypes.memmove(start, shown[: room - 1].ljust(room, b"\0"), room)
