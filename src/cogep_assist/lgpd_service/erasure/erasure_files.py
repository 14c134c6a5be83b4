"""Look for a person's values in the files of the data folder and the product's temporary ones."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

from cogep_assist.integrations.mail import FOLDER as MAIL_FOLDER
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns
from cogep_assist.pipeline.parse.child_process import FOLDER_PREFIX

CHUNK_BYTES = 8 * 1024 * 1024
OVERLAP_BYTES = 4096


@dataclass(slots=True)
class FileScan:
    """What a look through files found; paths are relative and name nobody."""

    files: int = 0
    bytes: int = 0
    found: list[str] = field(default_factory=list)
    removed: int = 0


def scrub_temporary(patterns: SubjectPatterns) -> FileScan:
    """Remove what reading documents left in temporary folders, where it names the person.

    Those folders alone: others of the product's may be databases. Safe to repeat.
    """
    scan = FileScan()
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        for path in _files(folder):
            scan.files += 1
            if _names(path, patterns, scan):
                path.unlink(missing_ok=True)
                scan.removed += 1
    return scan


def scrub_letters(data_dir: Path, patterns: SubjectPatterns) -> int:
    """Remove letters that were put into the mail folder, where no server sends them; count them."""
    removed = 0
    for path in _files(data_dir / MAIL_FOLDER):
        if _letter_names(path, patterns):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _letter_names(path: Path, patterns: SubjectPatterns) -> bool:
    """Tell whether a letter names the person, in its headers or in a text of any encoding."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    letter = message_from_bytes(data, policy=policy.default)
    texts = [str(value) for value in letter.values()]
    texts += [
        str(part.get_content()) for part in letter.walk() if part.get_content_maintype() == "text"
    ]
    return patterns.names_bytes(data) or any(map(patterns.names, texts))


def scan_data_folder(
    data_dir: Path, patterns: SubjectPatterns, *, database: bool = False
) -> FileScan:
    """Look through the data folder; ``database`` adds the bytes of the embedded server's files."""
    scan = FileScan()
    for path in _files(data_dir):
        relative = path.relative_to(data_dir)
        if not database and _is_of_database(data_dir, path):
            continue
        scan.files += 1
        if _names(path, patterns, scan):
            scan.found.append(str(relative))
    return scan


def _is_of_database(data_dir: Path, path: Path) -> bool:
    return any(
        (parent / "PG_VERSION").exists()
        for parent in path.parents
        if parent.is_relative_to(data_dir)
    )


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _names(path: Path, patterns: SubjectPatterns, scan: FileScan) -> bool:
    """Tell whether a file's bytes name the person, reading a piece at a time."""
    try:
        with path.open("rb") as file:
            tail = b""
            while piece := file.read(CHUNK_BYTES):
                scan.bytes += len(piece)
                if patterns.raw.search(tail + piece):
                    return True
                tail = piece[-OVERLAP_BYTES:]
    except OSError:
        # It went away, or another process has it to itself: what it holds is that one's to tell.
        return False
    return False
