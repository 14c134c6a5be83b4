"""Many texts folded into one run of ASCII bytes, to be looked at all at once. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cogep_assist.retrieval.portuguese import STOPWORDS, fold

_SPACE = 32
_KEY_BYTES = 8


def _folding_table() -> bytes:
    """Map each Latin-1 byte to its folded letter or digit, NUL to itself, all else to a space."""
    table = bytearray(b" " * 256)
    table[0] = 0
    for code in range(256):
        folded = fold(chr(code))
        if len(folded) == 1 and folded.isascii() and folded.isalnum():
            table[code] = ord(folded)
    return bytes(table)


_FOLDING = _folding_table()


@dataclass(frozen=True, slots=True)
class FoldedPage:
    """Folded words with one space around each, and a NUL before each text and after the last.

    ``data`` has 8 bytes of padding at its end; ``bounds`` are the places of the NULs.
    """

    data: NDArray[np.uint8]
    bounds: NDArray[np.intp]

    @property
    def count(self) -> int:
        """How many texts the page holds."""
        return len(self.bounds) - 1

    def lengths(self) -> NDArray[np.intp]:
        """Return the bytes of each text."""
        return np.diff(self.bounds)

    def owners(self) -> NDArray[np.intp]:
        """Return for each byte before the last NUL the number of the text that it belongs to."""
        return np.repeat(np.arange(self.count), self.lengths())

    def owners_of(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return for each of these bytes, in order, the number of the text it belongs to."""
        return np.repeat(np.arange(self.count), np.diff(np.searchsorted(places, self.bounds)))

    def windows(self) -> NDArray[np.uint32]:
        """Return the 4 bytes that begin at each byte before the last NUL, as one number."""
        size = int(self.bounds[-1])
        return np.ndarray((size,), dtype="<u4", buffer=self.data.data, strides=(1,)).copy()

    def inside(self, width: int) -> NDArray[np.intp]:
        """Return where a window of this width lies inside one text."""
        starts = np.arange(int(self.bounds[-1]))
        reach = np.searchsorted(self.bounds, starts + width - 1, side="right")
        whole = reach == np.searchsorted(self.bounds, starts)
        places: NDArray[np.intp] = starts[whole & (self.data[starts] != 0)]
        return places


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page that are no stopwords, in order."""

    page: FoldedPage
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]
    # The first 8 bytes of each word as one number, first byte lowest, zeros after its end.
    keys: NDArray[np.uint64]
    owners: NDArray[np.intp]

    def counts(self, texts: int) -> NDArray[np.intp]:
        """Return how many words each of the texts has."""
        return np.bincount(self.owners, minlength=texts)

    def spelled(self, places: NDArray[np.intp] | None = None) -> list[str]:
        """Return the words at these places, or all."""
        starts = self.starts if places is None else self.starts[places]
        sizes = self.sizes if places is None else self.sizes[places]
        text = self.page.data.tobytes().decode("ascii")
        ends = starts + sizes
        return [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


def fold_page(texts: Sequence[str]) -> FoldedPage:
    """Fold texts into one page. Letters outside Latin-1 become spaces."""
    joined = b"\0 " + b" \0 ".join(map(_in_latin, texts)) + b" \0"
    data = np.frombuffer(joined.translate(_FOLDING), np.uint8)
    keep = data != _SPACE
    keep[1:] |= keep[:-1]
    kept = data[keep]
    bounds = np.flatnonzero(kept == 0)
    return FoldedPage(np.concatenate([kept, np.zeros(_KEY_BYTES, np.uint8)]), bounds)


def page_words(page: FoldedPage) -> PageWords:
    """Find the words of a page and leave out the stopwords."""
    # A word is what lies between two neighbouring bytes that are no part of one.
    between = np.flatnonzero(page.data <= _SPACE)
    sizes = np.diff(between) - 1
    found = sizes > 0
    starts, sizes = between[:-1][found] + 1, sizes[found]
    size = len(page.data) - _KEY_BYTES + 1
    heads = np.ndarray((size,), dtype="<u8", buffer=page.data.data, strides=(1,)).take(starts)
    keys = heads & _KEY_MASKS.take(np.minimum(sizes, _KEY_BYTES))
    content = np.flatnonzero(~(_among_stopwords(keys) & (sizes <= _KEY_BYTES)))
    kept = starts[content]
    return PageWords(page, kept, sizes[content], keys[content], page.owners_of(kept))


def _in_latin(text: str) -> bytes:
    text = text.replace("\0", " ")
    try:
        # What is Latin-1 as it stands is composed already.
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.normalize("NFC", text).encode("latin-1", "replace")


def _key(word: str) -> int:
    return int.from_bytes(word.encode()[:_KEY_BYTES], "little")


_KEY_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_KEY_BYTES + 1)], dtype=np.uint64)
_STOP_KEYS = np.array(
    sorted(_key(word) for word in STOPWORDS if len(word) <= _KEY_BYTES), dtype=np.uint64
)

_SLOTS = np.uint64(64 - 14)


def _spread_apart(keys: NDArray[np.uint64]) -> np.uint64:
    """Return a factor by which each key falls into a slot of its own."""
    for turn in range(1, 10_000, 2):
        factor = np.uint64(0x9E3779B97F4A7C15 + 2**32 * turn & 2**64 - 1)
        if len(np.unique((keys * factor) >> _SLOTS)) == len(keys):
            return factor
    raise AssertionError("too many stopwords for the slots")


_SPREAD = _spread_apart(_STOP_KEYS)
_STOP_AT = np.zeros(1 << 14, dtype=np.uint64)
_STOP_AT[(_STOP_KEYS * _SPREAD) >> _SLOTS] = _STOP_KEYS


def _among_stopwords(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = _STOP_AT.take(((keys * _SPREAD) >> _SLOTS).astype(np.intp)) == keys
    return found
