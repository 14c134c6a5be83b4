"""Read a backup from end to end and learn what it holds, touching nothing."""

import os
from collections.abc import Callable
from typing import IO

from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.backup.sealed_file import MANIFEST, read_frames
from cogep_assist.core.errors import AppError
from cogep_assist.core.schema_head import known_revisions


def verify_backup(file: IO[bytes], *, tell: Callable[[int, int], None]) -> Manifest:
    """Prove that a backup is whole, of this key and known to this release.

    ``tell`` hears the bytes read and all bytes. Raises the AppErrors of ``read_frames`` and
    AppError("backup_newer_release"|"backup_damaged").
    """
    total = os.fstat(file.fileno()).st_size
    raw = bytearray()
    for kind, content in read_frames(file):
        if kind == MANIFEST:
            raw += content
        tell(file.tell(), total)
    if not raw:
        raise AppError("backup_damaged")
    manifest = Manifest.from_json(bytes(raw))
    if manifest.revision not in known_revisions():
        raise AppError("backup_newer_release", release=manifest.release, revision=manifest.revision)
    return manifest
