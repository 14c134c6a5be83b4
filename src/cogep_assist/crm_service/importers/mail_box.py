"""Give the messages of an archive one by one: mbox files, Maildirs, folders of .eml files."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from cogep_assist.core.errors import AppError

MAX_FILES = 1_000_000
_BEGINS = b"From "
_MASKED = re.compile(rb"^>(>*From )", re.MULTILINE)
_MESSAGE_NAMES = (".eml", ".msg.eml")
_BOX_NAMES = (".mbox", ".mbx")


def messages_of(path: Path, limit: int) -> Iterator[tuple[str, bytes | None]]:
    """Give each message's place and bytes; None for one that is larger than ``limit`` bytes.

    Raises AppError("import_export_missing").
    """
    if path.is_file():
        yield from _file(path, path.name, limit)
        return
    if not path.is_dir():
        raise AppError("import_export_missing", name=str(path))
    seen = 0
    for folder, names, files in os.walk(path):
        names.sort()
        in_maildir = Path(folder).name in {"cur", "new"}
        for name in sorted(files):
            file = Path(folder, name)
            if not stat.S_ISREG(file.lstat().st_mode) or name.startswith("."):
                continue
            seen += 1
            if seen > MAX_FILES:
                return
            place = file.relative_to(path).as_posix()
            if in_maildir or file.suffix.lower() in _MESSAGE_NAMES:
                yield place, _bytes(file, limit)
            elif file.suffix.lower() in _BOX_NAMES or _is_box(file):
                yield from _box(file, place, limit)


def _file(path: Path, place: str, limit: int) -> Iterator[tuple[str, bytes | None]]:
    if path.suffix.lower() in _BOX_NAMES or _is_box(path):
        yield from _box(path, place, limit)
    else:
        yield place, _bytes(path, limit)


def _bytes(file: Path, limit: int) -> bytes | None:
    with file.open("rb") as opened:
        data = opened.read(limit + 1)
    return data if len(data) <= limit else None


def _is_box(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_BEGINS)) == _BEGINS


def _box(file: Path, place: str, limit: int) -> Iterator[tuple[str, bytes | None]]:
    """Part an mbox (RFC 4155) at the lines that begin a message after an empty one."""
    number, size, after_empty = 0, 0, True
    lines: list[bytes] = []
    with file.open("rb") as opened:
        # A line without an end is read in pieces: none fills the memory.
        while line := opened.readline(65536):
            if after_empty and line.startswith(_BEGINS):
                if number:
                    yield f"{place}: {number}", _message(lines, size, limit)
                number, size, lines = number + 1, 0, []
            elif number:
                size += len(line)
                if size <= limit:
                    lines.append(line)
            after_empty = line in {b"\n", b"\r\n"}
    if number:
        yield f"{place}: {number}", _message(lines, size, limit)


def _message(lines: list[bytes], size: int, limit: int) -> bytes | None:
    return _MASKED.sub(rb"\1", b"".join(lines)) if size <= limit else None
