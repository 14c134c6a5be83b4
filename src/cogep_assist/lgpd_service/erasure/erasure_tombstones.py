"""Tombstones as an erasure writes them; ``core.tombstones`` says what they are."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.durable_file import write_durably
from cogep_assist.core.tombstones import FOLDER, canonical, digest
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.known_values import ValueKind


def digests_of(subject: Subject) -> dict[str, Any]:
    """Return the digests of a subject: of rows by id, of values by kind.

    A name also gives how many words it has and the digest of its first, so that a text can be
    gone through a word at a time.
    """
    names = [fold_name(v.text).split() for v in subject.values if v.kind is ValueKind.NAME]
    return {
        "rows": [digest("row", str(one)) for one in (*subject.customer_ids, *subject.user_ids)],
        "values": [
            digest(v.kind.value, canonical(v.kind.value, v.text))
            for v in subject.values
            if v.kind is not ValueKind.NAME
        ],
        "names": [
            {"first": digest("word", w[0]), "words": len(w), "whole": digest("name", " ".join(w))}
            for w in names
            if len(w) > 1
        ],
    }


def write_tombstone(data_dir: Path, erasure_id: UUID, digests: Mapping[str, Any]) -> None:
    """Write a tombstone beside the database, whole or not at all, readable by its owner alone."""
    text = json.dumps(dict(digests))
    write_durably(data_dir / FOLDER / f"{erasure_id}.json", text.encode("ascii"))


def merged(*sources: Iterable[tuple[UUID, dict[str, Any]]]) -> dict[UUID, dict[str, Any]]:
    """Return the tombstones of several places, each once."""
    return {erasure_id: digests for source in sources for erasure_id, digests in source}
