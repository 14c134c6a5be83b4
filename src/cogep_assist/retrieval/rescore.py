"""Second look at the best candidates: 4-grams, neighbouring words, and what stands around. Pure.

The texts of all candidates are folded into one run of bytes, and each position of it is compared
with the question at once, so that 200 passages cost a few milliseconds. Passages that follow one
another in a document stand beside each other in that run: a document cut in two is judged by both
halves.
"""

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cogep_assist.retrieval.folded_page import FoldedPage, PageWords, fold_page, page_words
from cogep_assist.retrieval.portuguese import fold, stem
from cogep_assist.retrieval.postings import Floats

# Learnt by bench/ranking.py on questions apart from those that are scored; docs/adr says what else
# was tried.
WEIGHTS = {
    "words": 0.35,
    "grams": 0.18,
    "grams_around": 0.17,
    "grams_lead": 0.10,
    "pairs": 0.10,
    "window": 0.20,
    "first": 0.05,
}
# For what names a topic ("alterar a senha"): a text tells its topic where it begins, whereas a
# question may ask about anything that the text holds.
TOPIC_WEIGHTS = {
    "words": 0.21,
    "grams": 0.11,
    "grams_around": 0.15,
    "grams_lead": 0.06,
    "pairs": 0.07,
    "window": 0.03,
    "first": 0.13,
    "early": 0.25,
}

_K1 = 1.2
_B = 0.75
# Words that are no stopwords, from the first to the last of a window.
_WINDOW_WORDS = 10
_LEAD_BYTES = 250
# So many words into a text, what stands there speaks half as much for its topic.
_EARLY_WORDS = 20
_ASKS = re.compile(
    r"[^?]*\?|\W*(?:(?:a|com|de|desde|em|para|por|sobre) )?"
    r"(?:que|qual|quais|quem|quando|quantos?|quantas?|onde|aonde|como|porque)\b"
)
# Between two passages of one document there is white space, or a rule that was left out.
_WIDEST_GAP = 100

_TABLE_BITS = 15
_MULTIPLIER = np.uint32(2654435761)
_SHIFT = np.uint32(32 - _TABLE_BITS)
# What a question of several pages says is in its beginning as far as this second look goes.
_LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: ``start:end`` of the text of one version of a document."""

    version: Hashable
    start: int
    end: int


def legs(
    question: str,
    texts: Sequence[str],
    word_scores: Floats,
    *,
    places: Sequence[Place] = (),
    terms: Mapping[str, float] | None = None,
) -> dict[str, Floats]:
    """Return what speaks for each candidate, by the names of the weights.

    BM25 of words, of 4-grams in the passage, in it with its neighbours and in its beginning, and of
    word pairs; the best window of words; whether the passage opens its document; and, where a topic
    is named and nothing asked, how early the words of it stand. ``terms`` gives the weight of each
    index term of the question, stand-ins for unknown ones included; without it, idf among the
    candidates is taken.
    """
    order, joined = _reading_order(places, len(texts))
    page = fold_page([texts[place] for place in order])
    asked = fold_page([question[:_LONGEST_QUESTION]])
    pairs = _PairTable.of(asked, page, terms or {})
    found = _gram_legs(asked, page, joined)
    found["pairs"] = pairs.scores(page.count)
    found["window"] = pairs.windows(page.count, joined, terms)
    if not _asks(question):
        found["early"] = pairs.early(page.count, terms)
    found = {name: _as_asked(scores, order) for name, scores in found.items()}
    found["words"] = word_scores
    if places:
        found["first"] = np.array([place.start == 0 for place in places], dtype=np.float32)
    return found


def weighted(question: str, found: Mapping[str, Floats]) -> list[tuple[Floats, float]]:
    """Return each leg that was found with the weight that it has for this question."""
    weights = WEIGHTS if _asks(question) else TOPIC_WEIGHTS
    return [(found[name], weight) for name, weight in weights.items() if name in found]


def fuse(*legs: tuple[Floats, float]) -> Floats:
    """Return the weighted mean of legs of unlike scale, each divided by its greatest value."""
    total = sum(weight for _, weight in legs)
    fused = np.zeros_like(legs[0][0])
    for scores, weight in legs:
        greatest = float(scores.max(initial=0.0))
        if greatest > 0:
            fused += scores * np.float32(weight / greatest / total)
    return fused


def _asks(question: str) -> bool:
    return bool(_ASKS.match(fold(question[:_LONGEST_QUESTION])))


def gram_scores(asked: FoldedPage, page: FoldedPage) -> Floats:
    """Return BM25 over the character 4-grams that each candidate shares with the question."""
    found = _Grams.of(asked, page)
    if found is None:
        return np.zeros(page.count, dtype=np.float32)
    return _bm25(found.table(), found.repeats, page.lengths())


def _reading_order(
    places: Sequence[Place], count: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Order passages by document and place; tell which ones go on where the one before ends."""
    joined = np.zeros(count, dtype=bool)
    if not places:
        return np.arange(count), joined
    numbers: dict[Hashable, int] = {}
    documents = np.array([numbers.setdefault(p.version, len(numbers)) for p in places])
    starts, ends = np.array([p.start for p in places]), np.array([p.end for p in places])
    order = np.lexsort((starts, documents))
    gaps = starts[order][1:] - ends[order][:-1]
    joined[1:] = (np.diff(documents[order]) == 0) & (gaps >= 0) & (gaps <= _WIDEST_GAP)
    return order, joined


def _as_asked(scores: Floats, order: NDArray[np.intp]) -> Floats:
    back = np.empty(len(order), dtype=np.float32)
    back[order] = scores
    return back


def _gram_legs(asked: FoldedPage, page: FoldedPage, joined: NDArray[np.bool_]) -> dict[str, Floats]:
    found = _Grams.of(asked, page)
    if found is None:
        return {}
    table, lengths = found.table(), page.lengths()
    own = _bm25(table, found.repeats, lengths)
    around = own
    if joined.any():
        whole = _with_neighbours(lengths[:, None], joined)[:, 0]
        around = _bm25(_with_neighbours(table, joined), found.repeats, whole)
    lead = _bm25(found.table(_LEAD_BYTES), found.repeats, np.minimum(lengths, _LEAD_BYTES))
    return {"grams": own, "grams_around": around, "grams_lead": lead}


def _with_neighbours(table: NDArray[np.intp], joined: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Add to each passage's row those of the passages before and after it."""
    at = np.flatnonzero(joined)
    whole = table.copy()
    whole[at] += table[at - 1]
    whole[at - 1] += table[at]
    return whole


@dataclass(frozen=True, slots=True)
class _Grams:
    """Where the page holds the question's 4-grams, which one, and in whose text."""

    page: FoldedPage
    repeats: NDArray[np.intp]
    found: NDArray[np.intp]
    which: NDArray[np.intp]
    owners: NDArray[np.intp]

    @classmethod
    def of(cls, asked: FoldedPage, page: FoldedPage) -> "_Grams | None":
        windows = asked.windows()
        grams, repeats = np.unique(windows[asked.inside(4)], return_counts=True)
        if not len(grams):
            return None
        found, which = _occurrences(grams, page.windows())
        return cls(page, repeats, found, which, page.owners_of(found))

    def table(self, first_bytes: int | None = None) -> NDArray[np.intp]:
        """Count (texts x 4-grams), in whole texts or in the first bytes of each."""
        owners, which = self.owners, self.which
        if first_bytes is not None:
            early = self.found - self.page.bounds[owners] < first_bytes
            owners, which = owners[early], which[early]
        size = len(self.repeats)
        cells = np.bincount(owners * size + which, minlength=self.page.count * size)
        return cells.reshape(self.page.count, size)


@dataclass(frozen=True, slots=True)
class _PairTable:
    """Where the page holds words of the question, in order: the ground of pairs and windows."""

    numbers: dict[str, int]
    pairs: Counter[tuple[str, str]]
    words: PageWords
    places: NDArray[np.intp]
    which: NDArray[np.intp]

    @classmethod
    def of(cls, asked: FoldedPage, page: FoldedPage, terms: Mapping[str, float]) -> "_PairTable":
        stems = [stem(word) for word in page_words(asked).spelled()]
        numbers = {name: number for number, name in enumerate(dict.fromkeys((*stems, *terms)))}
        words = page_words(page)
        places, which = _places_of_stems(words, numbers)
        return cls(numbers, Counter(pairwise(stems)), words, places, which)

    def scores(self, count: int) -> Floats:
        """Return BM25 of the pairs in each text."""
        if not self.pairs:
            return np.zeros(count, dtype=np.float32)
        owners, places, size = self.words.owners, self.places, len(self.numbers)
        follows = np.flatnonzero(
            (np.diff(places) == 1) & (owners[places[1:]] == owners[places[:-1]])
        )
        seen = self.which[follows] * size + self.which[follows + 1]
        wanted = {
            self.numbers[one] * size + self.numbers[other]: repeats
            for (one, other), repeats in self.pairs.items()
        }
        keys = np.array(sorted(wanted))
        column = np.minimum(np.searchsorted(keys, seen), len(keys) - 1)
        match = keys[column] == seen
        cells = owners[places[follows[match]]] * len(keys) + column[match]
        table = np.bincount(cells, minlength=count * len(keys)).reshape(count, len(keys))
        repeated = np.array([wanted[int(key)] for key in keys])
        return _bm25(table, repeated, self.words.counts(count))

    def windows(
        self, count: int, joined: NDArray[np.bool_], terms: Mapping[str, float] | None
    ) -> Floats:
        """Return the weight of the distinct terms in the best window of 10 words.

        A window may reach into the passage that follows in the document, and what a passage's
        neighbours hold speaks for it as well.
        """
        best = np.zeros(count, dtype=np.float32)
        if not len(self.places):
            return best
        owners = self.words.owners[self.places]
        runs = np.cumsum(~joined)[owners]
        held = np.zeros(len(self.places), dtype=np.float32)
        for name, weight in (terms or self._local_idf(owners, count)).items():
            own = np.flatnonzero(self.which == self.numbers[name])
            if not len(own):
                continue
            last = own[-1] + 1
            following = np.repeat(own, np.diff(own, prepend=-1))
            reach = self.places[following] - self.places[:last]
            near = (reach < _WINDOW_WORDS) & (runs[following] == runs[:last])
            held[:last] += np.float32(weight) * near
        np.maximum.at(best, owners, held)
        at = np.flatnonzero(joined)
        whole = best.copy()
        np.maximum.at(whole, at, best[at - 1])
        np.maximum.at(whole, at - 1, best[at])
        return whole

    def early(self, count: int, terms: Mapping[str, float] | None) -> Floats:
        """Return the weight of the terms in each text, less the later they first stand in it."""
        found = np.zeros(count, dtype=np.float32)
        owners = self.words.owners[self.places]
        firsts = np.searchsorted(self.words.owners, np.arange(count))
        within = self.places - firsts[owners]
        for name, weight in (terms or self._local_idf(owners, count)).items():
            own = np.flatnonzero(self.which == self.numbers[name])
            # Texts come in order: the first word of each is one whose text was not met before.
            own = own[np.diff(owners[own], prepend=-1) > 0]
            found[owners[own]] += np.float32(weight) / (1 + within[own] / _EARLY_WORDS)
        return found

    def _local_idf(self, owners: NDArray[np.intp], count: int) -> dict[str, float]:
        holders = {
            name: len(np.unique(owners[self.which == number]))
            for name, number in self.numbers.items()
        }
        return {name: float(np.log1p((count - n + 0.5) / (n + 0.5))) for name, n in holders.items()}


def _occurrences(
    grams: NDArray[np.uint32], windows: NDArray[np.uint32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the windows are one of the grams (sorted), and which."""
    slots = (grams * _MULTIPLIER) >> _SHIFT
    taken = np.zeros(1 << _TABLE_BITS, dtype=bool)
    taken[slots] = True
    # An index of the machine's own width is twice as fast as a narrow one.
    hashed = ((windows * _MULTIPLIER) >> _SHIFT).astype(np.intp)
    found = np.flatnonzero(taken.take(hashed))
    values = windows[found]
    gram_of = np.zeros(1 << _TABLE_BITS, dtype=np.intp)
    gram_of[slots] = np.arange(len(grams))
    which = gram_of[hashed[found]]
    # Where two grams share a slot, or a window only seems to be one.
    odd = np.flatnonzero(grams[which] != values)
    which[odd] = np.minimum(np.searchsorted(grams, values[odd]), len(grams) - 1)
    same = grams[which] == values
    return found[same], which[same]


def _places_of_stems(
    words: PageWords, numbers: Mapping[str, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places (ordinals of words) that hold one of the stems, in order, and which.

    Words are told apart by their first bytes at once; only the few that agree are spelled out.
    """
    likely = np.zeros(len(words.starts), dtype=bool)
    beginnings = _Beginnings(words.keys)
    for name in numbers:
        prefix = name.encode()[: 4 if len(name) > 4 else 3 if len(name) > 2 else len(name)]
        likely |= beginnings[len(prefix)] == np.uint32(int.from_bytes(prefix, "little"))
    places = np.flatnonzero(likely)
    spelled = words.spelled(places)
    known = {word: numbers.get(stem(word), -1) for word in set(spelled)}
    which = np.array([known[word] for word in spelled], dtype=np.intp)
    return places[which >= 0], which[which >= 0]


class _Beginnings(dict[int, NDArray[np.uint32]]):
    """The first bytes of words as numbers, by how many are taken, up to four."""

    def __init__(self, keys: NDArray[np.uint64]) -> None:
        super().__init__({4: keys.astype(np.uint32)})

    def __missing__(self, size: int) -> NDArray[np.uint32]:
        self[size] = taken = self[4] & np.uint32((1 << 8 * size) - 1)
        return taken


def _bm25(
    frequencies: NDArray[np.intp], repeats: NDArray[np.intp], lengths: NDArray[np.intp]
) -> Floats:
    """Return BM25 of a (candidates x features) table, with idf among the candidates."""
    count = len(frequencies)
    table = frequencies.astype(np.float32)
    # A sum over rows is faster as a product.
    holders = np.ones(count, dtype=np.float32) @ (table > 0).astype(np.float32)
    holders = holders.astype(np.intp)
    weights = np.log1p((count - holders + 0.5) / (holders + 0.5)) * repeats
    mean = max(float(lengths.mean()), 1.0)
    norm = (_K1 * (1 - _B + _B * lengths / mean)).astype(np.float32)[:, None]
    table *= np.float32(_K1 + 1) / (table + norm)
    scores: Floats = table @ weights.astype(np.float32)
    return scores
