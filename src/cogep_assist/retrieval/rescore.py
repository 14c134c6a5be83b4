"""Second look at the best candidates: character 4-grams and adjacent word pairs. Pure.

The texts of all candidates are folded into one run of bytes, and each position of it is compared
with the question at once, so that 200 passages cost a few milliseconds.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cogep_assist.retrieval.folded_page import FoldedPage, PageWords, fold_page, page_words
from cogep_assist.retrieval.portuguese import stem
from cogep_assist.retrieval.postings import Floats

GRAM_WEIGHT = 0.5
PAIR_WEIGHT = 0.3
TOTAL_WEIGHT = 1 + GRAM_WEIGHT + PAIR_WEIGHT
_K1 = 1.2
_B = 0.75

_TABLE_BITS = 15
_MULTIPLIER = np.uint32(2654435761)
_SHIFT = np.uint32(32 - _TABLE_BITS)
# What a question of several pages says is in its beginning as far as this second look goes.
_LONGEST_QUESTION = 2_000


def rescore(question: str, texts: Sequence[str], word_scores: Floats) -> Floats:
    """Return the fused score of each candidate, 0 to 1: words + 0.5 x 4-grams + 0.3 x word pairs.

    Each leg is divided by its greatest value among the candidates before it is weighted.
    """
    if not texts:
        return word_scores
    page = fold_page(texts)
    asked = fold_page([question[:_LONGEST_QUESTION]])
    return fuse(
        (word_scores, 1.0),
        (gram_scores(asked, page), GRAM_WEIGHT),
        (pair_scores(asked, page), PAIR_WEIGHT),
    )


def fuse(*legs: tuple[Floats, float]) -> Floats:
    """Return the weighted mean of legs of unlike scale, each divided by its greatest value."""
    total = sum(weight for _, weight in legs)
    fused = np.zeros_like(legs[0][0])
    for scores, weight in legs:
        greatest = float(scores.max(initial=0.0))
        if greatest > 0:
            fused += scores * np.float32(weight / greatest / total)
    return fused


def gram_scores(asked: FoldedPage, page: FoldedPage) -> Floats:
    """Return BM25 over the character 4-grams that each candidate shares with the question."""
    windows = asked.windows()
    grams, repeats = np.unique(windows[asked.inside(4)], return_counts=True)
    if not len(grams):
        return np.zeros(page.count, dtype=np.float32)
    found, which = _occurrences(grams, page.windows())
    cells = page.owners()[found] * len(grams) + which
    table = np.bincount(cells, minlength=page.count * len(grams))
    return _bm25(table.reshape(page.count, len(grams)), repeats, page.lengths())


def pair_scores(asked: FoldedPage, page: FoldedPage) -> Floats:
    """Return BM25 over the pairs of words, adjacent but for stopwords, shared with the question."""
    stems = [stem(word) for word in page_words(asked).spelled()]
    pairs = Counter(pairwise(stems))
    if not pairs:
        return np.zeros(page.count, dtype=np.float32)
    words = page_words(page)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(stems))}
    places, which = _places_of_stems(words, numbers)
    follows = np.flatnonzero(
        (np.diff(places) == 1) & (words.owners[places[1:]] == words.owners[places[:-1]])
    )
    seen = which[follows] * len(numbers) + which[follows + 1]
    wanted = {numbers[a] * len(numbers) + numbers[b]: count for (a, b), count in pairs.items()}
    keys = np.array(sorted(wanted))
    column = np.minimum(np.searchsorted(keys, seen), len(keys) - 1)
    match = keys[column] == seen
    cells = words.owners[places[follows[match]]] * len(keys) + column[match]
    table = np.bincount(cells, minlength=page.count * len(keys))
    repeats = np.array([wanted[int(key)] for key in keys])
    return _bm25(table.reshape(page.count, len(keys)), repeats, words.counts(page.count))


def _occurrences(
    grams: NDArray[np.uint32], windows: NDArray[np.uint32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the windows are one of the grams (sorted), and which."""
    table = np.zeros(1 << _TABLE_BITS, dtype=bool)
    table[(grams * _MULTIPLIER) >> _SHIFT] = True
    found = np.flatnonzero(table[(windows * _MULTIPLIER) >> _SHIFT])
    values = windows[found]
    which = np.minimum(np.searchsorted(grams, values), len(grams) - 1)
    same = grams[which] == values
    return found[same], which[same]


def _places_of_stems(
    words: PageWords, numbers: dict[str, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places (ordinals of words) that hold one of the stems, in order, and which.

    Words are told apart by their first bytes at once; only the few that agree are spelled out.
    """
    likely = np.zeros(len(words.starts), dtype=bool)
    for name in numbers:
        prefix = name.encode()[: 4 if len(name) > 4 else 3 if len(name) > 2 else len(name)]
        value = np.uint64(int.from_bytes(prefix, "little"))
        likely |= (words.keys & np.uint64((1 << 8 * len(prefix)) - 1)) == value
    places = np.flatnonzero(likely)
    spelled = words.spelled(places)
    which = np.array([numbers.get(stem(word), -1) for word in spelled], dtype=np.intp)
    return places[which >= 0], which[which >= 0]


def _bm25(
    frequencies: NDArray[np.intp], repeats: NDArray[np.intp], lengths: NDArray[np.intp]
) -> Floats:
    """Return BM25 of a (candidates x features) table, with idf among the candidates."""
    count = len(frequencies)
    table = frequencies.astype(np.float32)
    holders = (frequencies > 0).sum(axis=0)
    weights = np.log1p((count - holders + 0.5) / (holders + 0.5)) * repeats
    mean = max(float(lengths.mean()), 1.0)
    norm = (_K1 * (1 - _B + _B * lengths / mean)).astype(np.float32)[:, None]
    table *= np.float32(_K1 + 1) / (table + norm)
    scores: Floats = table @ weights.astype(np.float32)
    return scores
