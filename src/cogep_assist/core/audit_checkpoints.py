"""Checkpoints in the data folder: what the chain's end was, out of the database's reach.

The newest one lies in ``audit/checkpoint.json``. One that the chain does not hold any more is set
aside as ``conflict-NUMBER.json`` and never overwritten: it is the proof that something was cut.
"""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cogep_assist.core import signing
from cogep_assist.core.durable_file import write_durably
from cogep_assist.core.errors import AppError

FOLDER = "audit"
NEWEST = "checkpoint.json"
CONFLICTS = "conflict-*.json"
MAX_BYTES = 1024 * 1024


def newest_checkpoint(data_dir: Path) -> dict[str, Any] | None:
    """Return the newest checkpoint of this data folder, or None where none can be read."""
    with contextlib.suppress(AppError):
        return read_checkpoint(data_dir / FOLDER / NEWEST)
    return None


def kept_checkpoints(data_dir: Path) -> dict[str, dict[str, Any]]:
    """Return every checkpoint of this folder that the present key signed, by its file's name."""
    folder = data_dir / FOLDER
    found = {}
    for path in sorted([folder / NEWEST, *folder.glob(CONFLICTS)]):
        with contextlib.suppress(AppError):
            document = read_checkpoint(path)
            # A new master key begins anew; what the old one signed it cannot judge.
            if document.get(signing.SIGNATURE, {}).get("key_id") == signing.key_id():
                found[path.name] = document
    return found


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint that somebody kept. Raises AppError("checkpoint_unreadable")."""
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        raise AppError("checkpoint_unreadable", path=str(path)) from None
    if not isinstance(document, dict) or not isinstance(document.get(signing.SIGNATURE), dict):
        raise AppError("checkpoint_unreadable", path=str(path))
    return document


def keep_checkpoint(data_dir: Path, document: Mapping[str, Any]) -> None:
    """Make this the folder's newest checkpoint."""
    write_checkpoint(data_dir / FOLDER / NEWEST, document)


def set_aside(data_dir: Path, document: Mapping[str, Any]) -> None:
    """Keep a checkpoint that the chain contradicts, for whoever verifies later."""
    path = data_dir / FOLDER / CONFLICTS.replace("*", str(document["number"]))
    if not path.exists():
        write_checkpoint(path, document)


def write_checkpoint(path: Path, document: Mapping[str, Any]) -> None:
    """Write a checkpoint whole or not at all."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    write_durably(path, f"{text}\n".encode())
