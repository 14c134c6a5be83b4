"""List and read the files of a folder that the administrator has opened to sources."""

import os
import stat
from pathlib import Path

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.ingestion_service.sitemap import MAX_NAME_CHARS, Listing
from cogep_assist.pipeline.parse.media_type import accepts_name

_IGNORED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_IGNORED_FILES = frozenset({"thumbs.db", "desktop.ini"})


def allowed_folder(text: str, settings: Settings) -> Path:
    """Return a folder's true path if it lies below one that is open to sources.

    Raises AppError("source_folder_not_allowed"|"source_folder_missing").
    """
    try:
        given = Path(text)
        if not given.is_absolute() or "\x00" in text:
            raise AppError("source_folder_not_allowed", path=text[:200])
        path = given.resolve()
        roots = [Path(root).resolve() for root in settings.source_folder_roots]
    except (OSError, ValueError, RuntimeError):
        raise AppError("source_folder_not_allowed", path=text[:200]) from None
    # Asked before anything else: nobody learns what lies outside.
    if not any(path.is_relative_to(root) for root in roots):
        raise AppError("source_folder_not_allowed", path=text[:200])
    if not path.is_dir():
        raise AppError("source_folder_missing", path=str(path))
    return path


def list_folder(root: Path, *, most: int) -> Listing:
    """Walk a folder and return its readable files with size and time of change; blocks.

    Hidden things, links to folders and what no parser reads are left out. Raises
    AppError("source_too_large").
    """
    listing = Listing()

    def unreadable(error: OSError) -> None:
        listing.complete = False
        name = _name(Path(error.filename or root), root)
        listing.pass_over(name, AppError("path_not_permitted", path=name))

    for folder, names, files in os.walk(root, onerror=unreadable):
        here = Path(folder)
        names[:] = sorted(
            name for name in names if not name.startswith(".") and name not in _IGNORED_FOLDERS
        )
        for file in sorted(files):
            if file.startswith((".", "~$")) or file.lower() in _IGNORED_FILES:
                continue
            _look(here / file, root, listing)
            if len(listing.marks) > most:
                raise AppError("source_too_large", limit=most)
    return listing


def read_file(root: Path, name: str, *, most: int) -> bytes:
    """Return a listed file's bytes; blocks.

    Raises AppError("source_file_changed") when it is not a plain file below the folder any more,
    AppError("file_too_large") past ``most`` bytes.
    """
    path = root / name
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        # A link that was put in its place since the listing must not lead out of the folder.
        if not path.resolve(strict=True).is_relative_to(root):
            raise AppError("source_file_changed", name=Path(name).name)
        handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise AppError("source_file_changed", name=Path(name).name)
            data = file.read(most + 1)
    except (OSError, RuntimeError):
        raise AppError("source_file_changed", name=Path(name).name) from None
    if len(data) > most:
        limit = max(1, most // (1024 * 1024))
        raise AppError("file_too_large", name=Path(name).name, limit_mib=limit)
    return data


def _look(path: Path, root: Path, listing: Listing) -> None:
    name = _name(path, root)
    if not accepts_name(path.name):
        listing.pass_over(name, AppError("file_type_unknown"))
        return
    try:
        status = path.lstat()
        name.encode()
    except OSError:
        listing.complete = False
        listing.pass_over(name, AppError("path_not_permitted", path=name))
        return
    except UnicodeEncodeError:
        listing.pass_over(name.encode("utf-8", "replace").decode(), AppError("source_name_invalid"))
        return
    if not stat.S_ISREG(status.st_mode):
        listing.pass_over(name, AppError("source_not_a_file"))
    elif len(name) > MAX_NAME_CHARS:
        listing.pass_over(name[:200], AppError("source_name_too_long"))
    else:
        listing.marks[name] = f"{status.st_size}:{status.st_mtime_ns}"


def _name(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name
