"""Tombstones: what tells, in an old backup, who was erased since, without saying who that was.

Each is a set of keyed digests (HMAC-SHA256) of ids and canonical identifiers. They lie in the
database and, because a restore replaces the database, in the data folder as well.
"""

import hmac
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from cogep_assist.core import secret_key
from cogep_assist.core.brazil.names import fold_name
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind

FOLDER = "tombstones"


def digests_of(subject: Subject) -> dict[str, Any]:
    """Return the digests of a subject: of rows by id, of values by kind.

    A name also gives how many words it has and the digest of its first, so that a text can be
    gone through a word at a time.
    """
    names = [fold_name(v.text).split() for v in subject.values if v.kind is ValueKind.NAME]
    return {
        "rows": [digest("row", str(one)) for one in (*subject.customer_ids, *subject.user_ids)],
        "values": [
            digest(v.kind.value, canonical(v))
            for v in subject.values
            if v.kind is not ValueKind.NAME
        ],
        "names": [
            {"first": digest("word", w[0]), "words": len(w), "whole": digest("name", " ".join(w))}
            for w in names
            if len(w) > 1
        ],
    }


def digest(kind: str, text: str) -> str:
    """Return the keyed digest of a canonical text of one kind."""
    key = secret_key.derive("erasure-tombstone")
    return hmac.digest(key, f"{kind}:{text}".encode(), "sha256").hex()


def canonical(value: KnownValue) -> str:
    """Return a value in the one form that is digested."""
    if value.kind in {ValueKind.CPF, ValueKind.CNPJ, ValueKind.PHONE}:
        return re.sub(r"[^0-9a-z]", "", value.text.lower())
    return value.text.strip().lower()


def write_tombstone(data_dir: Path, erasure_id: UUID, digests: Mapping[str, Any]) -> None:
    """Write a tombstone beside the database, whole or not at all, readable by its owner alone."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{erasure_id}.json"
    fresh = target.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(dict(digests), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def read_tombstones(data_dir: Path) -> dict[UUID, dict[str, Any]]:
    """Return the tombstones that lie beside the database."""
    found = {}
    for path in sorted((data_dir / FOLDER).glob("*.json")):
        found[UUID(path.stem)] = json.loads(path.read_text("ascii"))
    return found


def merged(*sources: Iterable[tuple[UUID, dict[str, Any]]]) -> dict[UUID, dict[str, Any]]:
    """Return the tombstones of several places, each once."""
    return {erasure_id: digests for source in sources for erasure_id, digests in source}
