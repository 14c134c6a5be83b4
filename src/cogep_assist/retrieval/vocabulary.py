"""The words that a collection knows, and the nearest of them to one that it does not. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cogep_assist.retrieval.postings import PackedSegment

NEAREST = 3
LEAST_SIMILARITY = 0.4
EXPANSION_WEIGHT = 0.8

_SHORTEST, _LONGEST = 3, 24
# In a large segment a word seen once is more often a slip than a word to be guessed at.
_SMALL_SEGMENT = 5_000
_EDGE = 27
_DENYING = ("des", "in", "im", "ir", "anti", "nao", "sub")
_CODE_OF_BYTE = np.zeros(256, dtype=np.uint16)
for _letter in range(26):
    _CODE_OF_BYTE[ord("a") + _letter] = _letter + 1
_CODE_OF_BYTE[ord("\n")] = _EDGE


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, as lines of ASCII, and the codes of their distinct character trigrams.

    ``trigrams`` are in the order of their codes, each beside the word in ``owners`` that has it;
    ``sizes`` are how many each word has.
    """

    lines: bytes
    starts: NDArray[np.int32]
    trigrams: NDArray[np.uint16]
    owners: NDArray[np.int32]
    sizes: NDArray[np.uint8]

    def word(self, index: int) -> str:
        """Return one of the words."""
        return self.lines[self.starts[index] :].split(b"\n", 1)[0].decode("ascii")

    @property
    def nbytes(self) -> int:
        """How much memory this holds."""
        arrays = (self.starts, self.trigrams, self.owners, self.sizes)
        return len(self.lines) + sum(array.nbytes for array in arrays)


def packed_vocabulary(segment: PackedSegment) -> bytes:
    """Return the words of a segment that spelling may suggest, a line each."""
    least = 1 if segment.chunk_count < _SMALL_SEGMENT else 2
    frequencies = np.diff(segment.bounds)
    return "\n".join(
        term
        for term, frequency in zip(segment.terms, frequencies.tolist(), strict=True)
        if frequency >= least and _is_word(term)
    ).encode()


def read_vocabulary(packed: bytes) -> Vocabulary:
    """Index packed words by their trigrams, all at once."""
    # Each word stands after two edges and before one more, which the next word's first edge is.
    framed = b"\n\n" + packed.replace(b"\n", b"\n\n") + b"\n\n"
    codes = _CODE_OF_BYTE[np.frombuffer(framed, np.uint8)]
    grams = (codes[:-2] << 10) | (codes[1:-1] << 5) | codes[2:]
    opens = (codes[:-2] == _EDGE) & (codes[1:-1] == _EDGE)
    closes = (codes[1:-1] == _EDGE) & (codes[2:] == _EDGE)
    inside = ~closes if packed else np.zeros(len(grams), dtype=bool)
    count = int(opens[inside].sum())
    owners = np.cumsum(opens) - 1
    distinct = np.unique((owners[inside] << 15) | grams[inside])
    words, codes = (distinct >> 15).astype(np.int32), (distinct & 0x7FFF).astype(np.uint16)
    order = np.argsort(codes, kind="stable")
    lines = np.flatnonzero(np.frombuffer(b"\n" + packed, np.uint8) == ord("\n"))
    return Vocabulary(
        lines=packed,
        starts=lines[:count].astype(np.int32),
        trigrams=codes[order],
        owners=words[order],
        sizes=np.bincount(words, minlength=count).astype(np.uint8),
    )


def index_words(words: Iterable[str]) -> Vocabulary:
    """Index those of the words that spelling may suggest."""
    return read_vocabulary("\n".join(word for word in words if _is_word(word)).encode())


def nearest(word: str, vocabularies: Sequence[Vocabulary]) -> dict[str, float]:
    """Return up to 3 known words by trigram Jaccard similarity of at least 0.4, best first."""
    if not _is_word(word):
        return {}
    wanted = _trigrams(word)
    found: dict[str, float] = {}
    for vocabulary in vocabularies:
        for index, similarity in _alike(wanted, vocabulary):
            found[vocabulary.word(index)] = similarity
    alike = {known: likeness for known, likeness in found.items() if not _denies(word, known)}
    return dict(_ranked(alike)[:NEAREST])


def _denies(word: str, other: str) -> bool:
    """Tell whether one word is the other denied: "desempregado" is no slip for "empregado"."""
    shorter, longer = sorted((word, other), key=len)
    return longer.removesuffix(shorter) in _DENYING


def _alike(wanted: NDArray[np.uint16], vocabulary: Vocabulary) -> Iterator[tuple[int, float]]:
    """Give the words that share enough of these trigrams; only words with one are looked at."""
    begins = np.searchsorted(vocabulary.trigrams, wanted, side="left").tolist()
    ends = np.searchsorted(vocabulary.trigrams, wanted, side="right").tolist()
    owners = [vocabulary.owners[begin:end] for begin, end in zip(begins, ends, strict=True)]
    counts = np.bincount(np.concatenate(owners))
    words = np.flatnonzero(counts)
    shared = counts[words]
    similar = shared / (len(wanted) + vocabulary.sizes[words].astype(np.intp) - shared)
    for place in np.flatnonzero(similar >= LEAST_SIMILARITY).tolist():
        yield int(words[place]), float(similar[place])


def _ranked(found: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _is_word(term: str) -> bool:
    return _SHORTEST <= len(term) <= _LONGEST and term.isascii() and term.isalpha()


def _trigrams(word: str) -> NDArray[np.uint16]:
    return read_vocabulary(word.encode()).trigrams
