"""Locks that the operating system drops when their holder dies, however it dies."""

import contextlib
import errno
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# In a data folder: held by whoever runs everything on it, for as long as it runs.
UP_LOCK = "up.lock"
_POLL_SECONDS = 0.05


class FileLock:
    """Hold an exclusive lock on a file; the file itself means nothing and may stay behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; OSError when the file cannot be opened."""
        while True:
            handle = _open(self.path, os.O_CREAT)
            if not _try_lock(handle):
                os.close(handle)
                return False
            # Somebody may have removed the file between our opening and locking it: a lock on a
            # file that has no name any more is seen by nobody.
            if sys.platform == "win32" or os.fstat(handle).st_nlink:
                self._handle = handle
                return True
            os.close(handle)

    def acquire(self, timeout_s: float) -> bool:
        """Wait for the lock up to ``timeout_s`` seconds; False when somebody still holds it."""
        deadline = time.monotonic() + timeout_s
        while not self.try_acquire():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def rename(self, path: Path) -> None:
        """Give the held file another name; the lock stays. POSIX only."""
        self.path.rename(path)
        self.path = path

    def release(self, *, remove: bool = False) -> None:
        """Let go of the lock; ``remove`` deletes the file, for locks that nobody else waits on."""
        if self._handle is None:
            return
        # On a disk that has become read-only the file stays; the lock must not.
        if remove and sys.platform != "win32":
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)
        os.close(self._handle)
        self._handle = None
        if remove and sys.platform == "win32":
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Tell whether a living process holds the lock on ``path``; False when there is no file."""
    try:
        handle = _open(path)
    except FileNotFoundError:
        return False
    except PermissionError:
        # Windows answers so while another process holds the range.
        return True
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


def remove_if_free(path: Path) -> bool:
    """Remove a lock's file that nobody holds; False when somebody does.

    It goes while we hold it: whoever opened it meanwhile sees that it has no name and begins anew.
    """
    lock = FileLock(path)
    if not path.exists():
        return True
    try:
        if not lock.try_acquire():
            return False
    except PermissionError:
        return False
    lock.release(remove=True)
    return True


def _open(path: Path, flags: int = 0) -> int:
    try:
        return os.open(path, os.O_RDWR | flags, 0o600)
    except OSError as error:
        # A lock needs no writing: on a disk that has become read-only it still tells who lives.
        if error.errno != errno.EROFS or not path.exists():
            raise
        return os.open(path, os.O_RDONLY)


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
