"""Where the embedded server's parallel queries share memory."""

import os
import shutil
import sys
from pathlib import Path

_USUAL = Path("/dev/shm")  # noqa: S108 - the server's place, looked at only
_BYTES_NEEDED = 128 * 2**20


def parallel_memory(place: Path = _USUAL) -> dict[str, str]:
    """Return the settings that share it in files, where the system's own place has no room.

    A container may have 64 MB there, or none. A cluster that was made elsewhere would not start,
    and a query would fail with words about a full disk.
    """
    if sys.platform != "linux":
        return {}
    try:
        room = shutil.disk_usage(place).free if os.access(place, os.W_OK) else 0
    except OSError:
        room = 0
    return {} if room >= _BYTES_NEEDED else {"dynamic_shared_memory_type": "mmap"}
