"""Write what a command makes to a file of the person's, or to standard output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cogep_assist.core.errors import AppError


@contextmanager
def writing(path: Path | None) -> Iterator[IO[str]]:
    """Give the text file to write, in UTF-8. Raises AppError("file_not_written")."""
    if path is None:
        yield sys.stdout
        return
    try:
        with path.expanduser().open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise AppError("file_not_written", path=str(path), reason=error.strerror) from None


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file. Raises AppError("file_not_written")."""
    try:
        path.expanduser().write_bytes(content)
    except OSError as error:
        raise AppError("file_not_written", path=str(path), reason=error.strerror) from None
