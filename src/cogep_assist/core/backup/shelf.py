"""The copies that are made from the pages: kept in the data folder, one made at a time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cogep_assist.core.backup.create import SUFFIX, Tell, write_backup
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import open_target
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import FileLock

FOLDER = "copias"
_NAME = re.compile(rf"cogep-\d{{4}}-\d{{2}}-\d{{2}}-\d{{6}}{re.escape(SUFFIX)}")


@dataclass(frozen=True, slots=True)
class Copy:
    """A sealed file on the shelf: its name, size in bytes, and when it was finished."""

    name: str
    size_bytes: int
    made_at: datetime


def list_copies(settings: Settings) -> list[Copy]:
    """Return the copies on the shelf, the newest first; what else lies there is passed over."""
    shelf = settings.data_dir / FOLDER
    if not shelf.is_dir():
        return []
    found = sorted(
        (path for path in shelf.iterdir() if _NAME.fullmatch(path.name) and path.is_file()),
        reverse=True,
    )
    return [_described(path) for path in found]


def find_copy(settings: Settings, name: str) -> Path:
    """Return the file of a copy. Raises AppError("backup_not_found")."""
    path = settings.data_dir / FOLDER / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise AppError("backup_not_found")
    return path


def make_copy(settings: Settings, tell: Tell) -> tuple[str, Manifest]:
    """Make a copy now and return its name and what is in it. Blocks; meant for a thread.

    Raises AppError("backup_running") while another is being made, and those of ``write_backup``.
    """
    shelf = settings.data_dir / FOLDER
    shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(shelf / "copia.lock")
    if not lock.try_acquire():
        raise AppError("backup_running")
    try:
        stamp = datetime.now(ZoneInfo(settings.timezone)).strftime("%Y-%m-%d-%H%M%S")
        target = shelf / f"cogep-{stamp}{SUFFIX}"
        with open_target(settings) as database:
            manifest = write_backup(database.owner, target, tell=tell)
    finally:
        lock.release()
    return target.name, manifest


def remove_copy(settings: Settings, name: str) -> None:
    """Take a copy off the shelf for good. Raises AppError("backup_not_found")."""
    find_copy(settings, name).unlink(missing_ok=True)


def _described(path: Path) -> Copy:
    stat = path.stat()
    return Copy(path.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
