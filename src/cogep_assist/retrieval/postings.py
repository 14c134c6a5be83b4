"""Packed postings: the terms of a segment, where they occur and how often. Pure.

A posting is three bytes: the passage's offset in its segment (uint16) and a code (uint8) that holds
the passage's length class (5 bits) and the term's frequency class (3 bits). BM25 is computed from
the code when a question is asked, so that idf and the mean length are those of what is searched.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.uint16]
Codes = NDArray[np.uint8]
Floats = NDArray[np.float32]

_Kind = TypeVar("_Kind", np.uint8, np.uint16, np.int32)

# The most passages that one segment holds: what a uint16 offset can name.
SEGMENT_CAPACITY = 65_536

_FORMAT = 1
_HEADER = struct.Struct("<4sIII")
_MAGIC = b"CLX" + bytes([_FORMAT])
# Frequency classes: 1 to 5 exactly, then 6-7, 8-11 and 12 or more, where BM25 is nearly flat.
_FREQUENCY_OF_CLASS = np.array([1, 2, 3, 4, 5, 6.5, 9.5, 14], dtype=np.float32)
_CLASS_OF_FREQUENCY = bytes([0, 0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 7])
# Length classes: 32 steps of 17% from 4 to 512 terms.
_SHORTEST, _LONGEST = 4.0, 512.0
_STEP = (_LONGEST / _SHORTEST) ** (1 / 31)
_LENGTH_OF_CLASS = (_SHORTEST * _STEP ** np.arange(32)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class PackedSegment:
    """All postings of a segment: term i owns ``bounds[i]:bounds[i + 1]`` of offsets and codes."""

    chunk_count: int
    token_total: int
    terms: tuple[str, ...]
    bounds: NDArray[np.int64]
    offsets: Offsets
    codes: Codes

    def term_bytes(self, index: int) -> bytes:
        """Return the postings of one term as they are stored."""
        begin, end = self.bounds[index], self.bounds[index + 1]
        return self.offsets[begin:end].tobytes() + self.codes[begin:end].tobytes()


def pack(passages: Iterable[Sequence[str]]) -> PackedSegment:
    """Pack passages, given as their terms in order, into one segment."""
    where: dict[str, list[int]] = {}
    codes: dict[str, list[int]] = {}
    count = total = 0
    for terms in passages:
        length_class = _length_class(len(terms)) << 3
        for term, frequency in Counter(terms).items():
            code = length_class | _CLASS_OF_FREQUENCY[min(frequency, 12)]
            where.setdefault(term, []).append(count)
            codes.setdefault(term, []).append(code)
        count += 1
        total += len(terms)
    if count > SEGMENT_CAPACITY:
        raise ValueError("a segment holds at most 65,536 passages")
    ordered = sorted(where)
    return PackedSegment(
        chunk_count=count,
        token_total=total,
        terms=tuple(ordered),
        bounds=_bounds([len(where[term]) for term in ordered]),
        offsets=_joined([where[term] for term in ordered], np.uint16),
        codes=_joined([codes[term] for term in ordered], np.uint8),
    )


def to_payload(segment: PackedSegment) -> bytes:
    """Return a segment as one byte string; `from_payload` reads it."""
    terms = "\n".join(segment.terms).encode()
    return b"".join(
        (
            _HEADER.pack(_MAGIC, segment.chunk_count, len(segment.terms), len(terms)),
            struct.pack("<Q", segment.token_total),
            terms,
            np.diff(segment.bounds).astype("<u4").tobytes(),
            segment.offsets.astype("<u2").tobytes(),
            segment.codes.tobytes(),
        )
    )


def from_payload(data: bytes) -> PackedSegment:
    """Read a segment back; raise ValueError if the bytes are not a whole segment."""
    magic, chunk_count, term_count, terms_size = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise ValueError("not a lexical segment of this release")
    (token_total,) = struct.unpack_from("<Q", data, _HEADER.size)
    position = _HEADER.size + 8
    terms = data[position : position + terms_size].decode()
    position += terms_size
    frequencies = np.frombuffer(data, "<u4", term_count, position)
    position += 4 * term_count
    bounds = _bounds(frequencies)
    size = int(bounds[-1])
    if len(data) != position + 3 * size:
        raise ValueError("a lexical segment is cut short")
    return PackedSegment(
        chunk_count=chunk_count,
        token_total=token_total,
        terms=tuple(terms.split("\n")) if term_count else (),
        bounds=bounds,
        offsets=np.frombuffer(data, "<u2", size, position),
        codes=np.frombuffer(data, np.uint8, size, position + 2 * size),
    )


def from_term_rows(
    chunk_count: int, token_total: int, rows: Sequence[tuple[str, bytes]]
) -> PackedSegment:
    """Put a segment together from its terms and their stored postings, in any order."""
    ordered = sorted(rows)
    parts = [split_term_bytes(data) for _, data in ordered]
    return PackedSegment(
        chunk_count=chunk_count,
        token_total=token_total,
        terms=tuple(term for term, _ in ordered),
        bounds=_bounds([len(offsets) for offsets, _ in parts]),
        offsets=_concatenated([offsets for offsets, _ in parts], np.uint16),
        codes=_concatenated([codes for _, codes in parts], np.uint8),
    )


def join_segments(
    segments: Sequence[PackedSegment], keep: Sequence[NDArray[np.bool_]]
) -> PackedSegment:
    """Make one segment of several, in order, with the passages that are to be kept."""
    names = sorted(set(chain.from_iterable(segment.terms for segment in segments)))
    place = {name: index for index, name in enumerate(names)}
    terms, offsets, codes = [], [], []
    base = tokens = 0
    for segment, kept in zip(segments, keep, strict=True):
        own = np.array([place[name] for name in segment.terms], dtype=np.int32)
        mask = kept[segment.offsets]
        terms.append(np.repeat(own, np.diff(segment.bounds))[mask])
        renumbered = base + np.cumsum(kept) - 1
        offsets.append(renumbered[segment.offsets[mask]].astype(np.uint16))
        codes.append(segment.codes[mask])
        base += int(kept.sum())
        tokens += round(segment.token_total * float(kept.mean()))
    if base > SEGMENT_CAPACITY:
        raise ValueError("a segment holds at most 65,536 passages")
    owners = _concatenated(terms, np.int32)
    order = np.argsort(owners, kind="stable")
    frequencies = np.bincount(owners, minlength=len(names))
    present = np.flatnonzero(frequencies)
    return PackedSegment(
        chunk_count=base,
        token_total=tokens,
        terms=tuple(names[index] for index in present.tolist()),
        bounds=_bounds(frequencies[present]),
        offsets=_concatenated(offsets, np.uint16)[order],
        codes=_concatenated(codes, np.uint8)[order],
    )


def split_term_bytes(data: bytes) -> tuple[Offsets, Codes]:
    """Return the offsets and codes of one term's stored postings."""
    count = len(data) // 3
    return np.frombuffer(data, "<u2", count), np.frombuffer(data, np.uint8, count, 2 * count)


def impact_table(mean_length: float, k1: float, b: float) -> Floats:
    """Return BM25's frequency part for each of the 256 codes, (k1 + 1) tf / (tf + K(length)).

    Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), equation 3.15.
    """
    codes = np.arange(256)
    frequency = _FREQUENCY_OF_CLASS[codes & 7]
    length = _LENGTH_OF_CLASS[codes >> 3]
    norm = k1 * (1 - b + b * length / max(mean_length, 1.0))
    table: Floats = ((k1 + 1) * frequency / (frequency + norm)).astype(np.float32)
    return table


def _length_class(length: int) -> int:
    bounded = min(max(float(length), _SHORTEST), _LONGEST)
    return round(float(np.log(bounded / _SHORTEST) / np.log(_STEP)))


def _bounds(frequencies: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
    bounds = np.zeros(len(frequencies) + 1, dtype=np.int64)
    np.cumsum(frequencies, out=bounds[1:])
    return bounds


def _joined(lists: list[list[int]], kind: type[_Kind]) -> NDArray[_Kind]:
    return np.array(list(chain.from_iterable(lists)), dtype=kind)


def _concatenated(arrays: list[NDArray[_Kind]], kind: type[_Kind]) -> NDArray[_Kind]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=kind)
