"""The file that holds the model of names: numbers and words, nothing that could run.

Eight bytes that name the form, four that give the length of a JSON header, then the sections that
it lists, each compressed by zlib: lists of names, features in order, their weights, transitions.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cogep_assist.core.pii.names.features import RELEASE

MAGIC = b"COGEPNM1"
LABELS = ("O", "B", "I", "N")
_LENGTH_BYTES = 4
_MOST_BYTES = 64_000_000
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ModelContent:
    """Weights of features (rows) for each label, of label after label, and lists of names."""

    features: Sequence[str]
    weights: Weights
    transitions: Weights
    given: Mapping[str, int]
    family: Mapping[str, int]


def write_model(content: ModelContent) -> bytes:
    """Return the file's bytes."""
    sections = {
        "features": "\n".join(content.features).encode(),
        "weights": content.weights.astype("<f2").tobytes(),
        "transitions": content.transitions.astype("<f4").tobytes(),
        "given": _listed(content.given),
        "family": _listed(content.family),
    }
    packed = {name: zlib.compress(section, 9) for name, section in sections.items()}
    header = {"release": RELEASE, "sections": [[name, len(each)] for name, each in packed.items()]}
    head = json.dumps(header).encode()
    return MAGIC + len(head).to_bytes(_LENGTH_BYTES, "big") + head + b"".join(packed.values())


def read_model(file: bytes) -> ModelContent:
    """Read a file that ``write_model`` made. Raises ValueError for any other."""
    sections = _sections(file)
    features = sections["features"].decode().split("\n")
    weights = np.frombuffer(sections["weights"], "<f2").astype(np.float32)
    transitions = np.frombuffer(sections["transitions"], "<f4")
    return ModelContent(
        features=features,
        weights=weights.reshape(len(features), len(LABELS)),
        transitions=transitions.reshape(len(LABELS), len(LABELS)),
        given=_read_list(sections["given"]),
        family=_read_list(sections["family"]),
    )


def _sections(file: bytes) -> dict[str, bytes]:
    start = len(MAGIC) + _LENGTH_BYTES
    if file[: len(MAGIC)] != MAGIC:
        raise ValueError("no model of names")
    place = start + int.from_bytes(file[len(MAGIC) : start], "big")
    header: dict[str, Any] = json.loads(file[start:place])
    if header["release"] != RELEASE:
        raise ValueError(f"a model of release {header['release']}; the features are of {RELEASE}")
    found: dict[str, bytes] = {}
    for name, length in header["sections"]:
        found[name] = zlib.decompressobj().decompress(file[place : place + length], _MOST_BYTES)
        place += length
    return found


def _listed(names: Mapping[str, int]) -> bytes:
    return "\n".join(f"{name}{common}" for name, common in sorted(names.items())).encode()


def _read_list(section: bytes) -> dict[str, int]:
    return {line[:-1]: int(line[-1]) for line in section.decode().split("\n") if line}
