"""The copies that are made from the pages: kept in the data folder, one made at a time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cogep_assist.core.backup.create import SUFFIX, Tell, write_backup
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import open_target
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import FileLock

FOLDER = "copias"
_STAMP = "%Y-%m-%d-%H%M%S"
_NAME = re.compile(rf"cogep-(\d{{4}}-\d{{2}}-\d{{2}}-\d{{6}}){re.escape(SUFFIX)}")


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
        target = shelf / name_of_now(settings)
        with open_target(settings) as database:
            manifest = write_backup(database.owner, target, tell=tell)
        prune_shelf(settings)
    finally:
        lock.release()
    return target.name, manifest


def prune_shelf(settings: Settings) -> list[str]:
    """Remove the copies on the shelf that are kept no longer; returns their names.

    They hold people who were erased since: a certificate says until when.
    """
    shelf = settings.data_dir / FOLDER
    return remove_expired(shelf, settings) if shelf.is_dir() else []


def remove_copy(settings: Settings, name: str) -> None:
    """Take a copy off the shelf for good. Raises AppError("backup_not_found")."""
    find_copy(settings, name).unlink(missing_ok=True)


def name_of_now(settings: Settings) -> str:
    """Return the name of a copy that is made now."""
    return f"cogep-{datetime.now(ZoneInfo(settings.timezone)).strftime(_STAMP)}{SUFFIX}"


def remove_expired(folder: Path, settings: Settings) -> list[str]:
    """Remove the copies of a folder that are kept no longer; returns their names.

    Their age is in their names: a moved file is as old as it was. What has another name stays, and
    so does the newest, however old it is. The days are ``settings.backup_keep_days``.
    """
    zone = ZoneInfo(settings.timezone)
    last = datetime.now(zone) - timedelta(days=settings.backup_keep_days)
    made = {path: moment for path in folder.iterdir() if (moment := _made_at(path.name, zone))}
    expired = [path for path in sorted(made)[:-1] if made[path] < last]
    for path in expired:
        path.unlink(missing_ok=True)
    return [path.name for path in expired]


def _made_at(name: str, zone: ZoneInfo) -> datetime | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], _STAMP).replace(tzinfo=zone)
    except ValueError:  # the digits are no date: not a name of ours
        return None


def _described(path: Path) -> Copy:
    stat = path.stat()
    return Copy(path.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
