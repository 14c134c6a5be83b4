"""Tombstones as an erasure writes them; ``core.tombstones`` says what they are."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from cogep_assist.core.brazil.names import PARTICLES, fold_name
from cogep_assist.core.durable_file import write_durably
from cogep_assist.core.tombstones import FOLDER, canonical, digest
from cogep_assist.lgpd_service.erasure.erased_spots import spots_of
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.known_values import ValueKind


def digests_of(subject: Subject) -> dict[str, Any]:
    """Return the digests of a subject: of rows by id, of values by kind.

    A name also gives how many words it has and the digest of its first, so that a text can be
    gone through a word at a time; so do its usual other spellings. ``spots`` are what somebody
    decided to be the subject's in one row.
    """
    names = [fold_name(v.text).split() for v in subject.values if v.kind is ValueKind.NAME]
    return {
        "rows": [digest("row", str(one)) for one in (*subject.customer_ids, *subject.user_ids)],
        "values": [
            digest(v.kind.value, canonical(v.kind.value, v.text))
            for v in subject.values
            if v.kind is not ValueKind.NAME
        ],
        "names": [_digested(words) for words in names if len(words) > 1],
        "spellings": [_digested(words) for name in names for words in _spellings(name)],
        "spots": spots_of(subject),
    }


def _digested(words: list[str]) -> dict[str, Any]:
    whole = " ".join(words)
    return {
        "first": digest("word", words[0]),
        "words": len(words),
        "whole": digest("name", whole),
    }


def _spellings(words: list[str]) -> Iterator[list[str]]:
    """Yield a name inverted at each of its words, and with initials for those in the middle."""
    for first in range(1, len(words)):
        if words[first] not in PARTICLES:
            yield words[first:] + words[:first]
    middle = [word[0] for word in words[1:-1] if word not in PARTICLES]
    if middle:
        yield [words[0], *middle, words[-1]]


def write_tombstone(data_dir: Path, erasure_id: UUID, digests: Mapping[str, Any]) -> None:
    """Write a tombstone beside the database, whole or not at all, readable by its owner alone."""
    text = json.dumps(dict(digests))
    write_durably(data_dir / FOLDER / f"{erasure_id}.json", text.encode("ascii"))


def merged(*sources: Iterable[tuple[UUID, dict[str, Any]]]) -> dict[UUID, dict[str, Any]]:
    """Return the tombstones of several places, each once."""
    return {erasure_id: digests for source in sources for erasure_id, digests in source}
