"""Write what a command makes to a file of the person's, or to standard output.

What leaves so holds people's data more often than not: a new file is its owner's alone.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cogep_assist.core.errors import AppError


def check_writable(path: Path) -> None:
    """Refuse early what could not be written after long work. Raises AppError("file_not_written").

    The disk may still be full by then.
    """
    wanted = path.expanduser().absolute()
    if wanted.is_dir():
        raise AppError("file_not_written", path=str(path), reason="é uma pasta")
    if not wanted.parent.is_dir():
        raise AppError("file_not_written", path=str(path), reason="a pasta não existe")
    if not os.access(wanted if wanted.exists() else wanted.parent, os.W_OK):
        raise AppError("file_not_written", path=str(path), reason="sem permissão")


@contextmanager
def writing(path: Path | None) -> Iterator[IO[str]]:
    """Give the text file to write, in UTF-8. Raises AppError("file_not_written")."""
    if path is None:
        yield sys.stdout
        return
    try:
        with open(
            path.expanduser(), "w", encoding="utf-8", newline="", opener=_owners_alone
        ) as file:
            yield file
    except OSError as error:
        raise AppError("file_not_written", path=str(path), reason=error.strerror) from None


@contextmanager
def writing_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Give the file to write. Raises AppError("file_not_written")."""
    try:
        with open(path.expanduser(), "wb", opener=_owners_alone) as file:
            yield file
    except OSError as error:
        raise AppError("file_not_written", path=str(path), reason=error.strerror) from None


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file. Raises AppError("file_not_written")."""
    with writing_bytes(path) as file:
        file.write(content)


def _owners_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
