"""What ``cogep ingest`` was pointed at: addresses, files, and what a folder holds."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cogep_assist.cli.shown_pictures import SHOWING, shown_pictures
from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.media_type import EXTENSIONS, PICTURES, accepts_name

IGNORED_FOLDERS = {"node_modules", "__pycache__", "venv", "site-packages"}
# Files that systems and editors leave behind; nobody wrote them to be read.
IGNORED_FILES = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to ingest: an address, or a file and the name by which people know it."""

    name: str
    url: str | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a folder that was passed over, and why."""

    name: str
    reason: str
    shown_in: str = ""  # The document of the same folder that shows this picture.


@dataclass(slots=True)
class Targets:
    """Everything that was found, and everything that was not taken."""

    found: list[Target] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def find_targets(given: Sequence[str]) -> Targets:
    """Expand what was given on the command line, folders recursively, each file once.

    A file that is named is taken whatever its extension: its bytes tell what it is.
    Raises AppError("target_not_found"|"nothing_to_ingest") before anything is sent.
    """
    targets = Targets()
    seen: set[str] = set()
    for text in given:
        for target in _expand(text, targets.skipped):
            key = target.url or str(target.path)
            if key not in seen:
                seen.add(key)
                targets.found.append(target)
    if not targets.found:
        endings = sorted(EXTENSIONS.keys() - PICTURES)
        raise AppError("nothing_to_ingest", extensions=" ".join(endings))
    return targets


def _expand(text: str, skipped: list[Skipped]) -> Iterator[Target]:
    if text.strip().lower().startswith(("http://", "https://")):
        yield Target(text.strip(), url=text.strip())
        return
    # An empty variable in a script must not take the whole current folder.
    path = Path(text if text.strip() else "\0")
    try:
        path = path.expanduser()
        mode = path.stat().st_mode
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, PermissionError):
            raise
        raise AppError("target_not_found", target=text) from None
    if stat.S_ISDIR(mode):
        yield from _folder(path, skipped)
    elif stat.S_ISREG(mode):
        yield Target(path.name, path=path.resolve())
    else:
        raise AppError("target_not_found", target=text)


def _folder(root: Path, skipped: list[Skipped]) -> Iterator[Target]:
    def unreadable(error: OSError) -> None:
        skipped.append(Skipped(_relative(Path(error.filename or root), root), "sem permissão"))

    documents: list[Path] = []
    pictures: list[tuple[int, Path]] = []
    for folder, names, files in os.walk(root, onerror=unreadable):
        here = Path(folder)
        kept = []
        for name in sorted(names):
            reason = _folder_reason(here / name)
            if reason:
                skipped.append(Skipped(_relative(here / name, root) + "/", reason))
            else:
                kept.append(name)
        # os.walk goes on into what is left in this very list.
        names[:] = kept
        for name in sorted(files):
            path = here / name
            reason = _file_reason(path)
            if reason is None:
                if path.suffix.lower() in SHOWING:
                    documents.append(path)
                yield Target(_relative(path, root), path=path.resolve())
                continue
            if path.suffix.lower() in PICTURES:
                pictures.append((len(skipped), path))
            skipped.append(Skipped(_relative(path, root), reason))
    shown = shown_pictures(documents) if pictures else {}
    for place, path in pictures:
        document = shown.get(path.resolve())
        if document is not None:
            of = _relative(document, root)
            skipped[place] = Skipped(skipped[place].name, f"imagem mostrada em {of}", of)


def _folder_reason(path: Path) -> str | None:
    if path.name.startswith("."):
        return "pasta oculta"
    if path.name.lower() in IGNORED_FOLDERS:
        return "pasta de programas"
    if path.is_symlink():
        return "atalho para outra pasta"
    return None


def _file_reason(path: Path) -> str | None:
    if path.name.startswith((".", "~$")) or path.name.lower() in IGNORED_FILES:
        return "arquivo oculto ou temporário"
    if path.suffix.lower() in PICTURES:
        return "imagem: para lê-la por OCR, envie-a pelo nome"
    if not accepts_name(path.name):
        return f"extensão não lida ({path.suffix.lower() or 'sem extensão'})"
    try:
        mode = path.stat().st_mode
    except OSError:
        return "atalho quebrado ou sem permissão"
    return None if stat.S_ISREG(mode) else "não é um arquivo comum"


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)
