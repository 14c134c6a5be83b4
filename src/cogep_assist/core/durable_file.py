"""Files of ours that a power cut must find whole: the old one, or the new one, never a part.

A rename alone does not do: the name may reach the disk before the bytes, or not at all.
"""

import contextlib
import os
import secrets
from pathlib import Path

_BINARY = getattr(os, "O_BINARY", 0)


def write_durably(path: Path, content: bytes) -> None:
    """Put a file in place of the one of that name, readable by its owner alone; OSError if not.

    When it returns, the file is on the disk and so is its name.
    """
    make_folder(path.parent, 0o700)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        write_new(draft, content)
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    settle_folder(path.parent)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet and wait until its bytes are on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle_file(path: Path) -> None:
    """Wait until what was written to a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, and see to it that their names last.

    Made by root, it may be passed through, whatever the umask, unless ``mode`` says otherwise: the
    database's server runs as another user, and has its own folder inside.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if mode & 0o011 and hasattr(os, "geteuid") and os.geteuid() == 0:
        folder.chmod(folder.stat().st_mode | 0o011)
    settle_folder(folder.parent)


def settle_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where folders can be synchronised."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
