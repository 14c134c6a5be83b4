"""A linear-chain CRF over words: how probable it is that each belongs to a person's name.

Sums of weights, then forward and backward (Lafferty et al. 2001; Rabiner 1989 for the scaling).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from cogep_assist.core.pii.names.features import NOTHING, REACH, joint_features, word_features
from cogep_assist.core.pii.names.gazetteer import Gazetteer
from cogep_assist.core.pii.names.model_file import LABELS, ModelContent
from cogep_assist.core.pii.names.words import BREAK, Word

_BEGINS, _GOES_ON = LABELS.index("B"), LABELS.index("I")
_REMEMBERED = 20_000
_MOST_WORDS = 2_000
_LOOK_BACK = 200
_ENDS = frozenset([BREAK, ".", "!", "?"])
Probabilities = npt.NDArray[np.float64]


class Tagger:
    """Reads words; safe to share between threads."""

    def __init__(self, content: ModelContent) -> None:
        self._row = {feature: row for row, feature in enumerate(content.features)}
        # The last row stands for a word of which no feature is known.
        self._weights = np.vstack([content.weights, np.zeros((1, len(LABELS)), np.float32)])
        self._transitions = np.exp(content.transitions.astype(np.float64))
        self._class_of = Gazetteer(content.given, content.family).word_class
        # Words come again: what a form says at each distance is looked up once.
        self._rows = lru_cache(_REMEMBERED)(self._rows_of)

    def probabilities(self, words: Sequence[Word]) -> tuple[Probabilities, Probabilities]:
        """Return, for each word, how probable it begins a name, and that it goes on with one."""
        if not words:
            return np.zeros(0), np.zeros(0)
        read = [_marginals(self._emissions(each), self._transitions) for each in _stretches(words)]
        marginals = np.concatenate(read)
        return marginals[:, _BEGINS], marginals[:, _GOES_ON]

    def _emissions(self, words: Sequence[Word]) -> Probabilities:
        classes = [self._class_of(word.lower) for word in words]
        padding = [(NOTHING.lower, NOTHING.shape, "")] * REACH
        forms = [
            *padding,
            *((word.lower, word.shape, kind) for word, kind in zip(words, classes, strict=True)),
            *padding,
        ]
        known = [self._rows(*form) for form in forms]
        row, nothing = self._row.get, len(self._weights) - 1
        rows: list[int] = []
        starts: list[int] = []
        for at, joint in enumerate(joint_features(words, classes)):
            starts.append(len(rows))
            rows.append(nothing)
            for distance in range(2 * REACH + 1):
                rows += known[at + distance][distance]
            rows += [found for feature in joint if (found := row(feature)) is not None]
        sums = np.add.reduceat(self._weights[rows], starts, axis=0, dtype=np.float64)
        return np.asarray(sums)

    def _rows_of(self, lower: str, shape: str, word_class: str) -> tuple[tuple[int, ...], ...]:
        """Return the rows of a form's features for each distance, from the word before on."""
        return tuple(
            tuple(
                self._row[feature]
                for feature in word_features(lower, shape, word_class, distance)
                if feature in self._row
            )
            for distance in range(-REACH, REACH + 1)
        )


def _stretches(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Yield a long text piece by piece, parted where a line or a sentence ends if one does.

    So that a book takes no more memory than a page.
    """
    start = 0
    while len(words) - start > _MOST_WORDS:
        end = start + _MOST_WORDS
        ends = (at for at in range(end, end - _LOOK_BACK, -1) if words[at - 1].lower in _ENDS)
        end = next(ends, end)
        yield words[start:end]
        start = end
    yield words[start:]


def _marginals(emissions: Probabilities, transitions: Probabilities) -> Probabilities:
    seen = np.exp(emissions - emissions.max(axis=1, keepdims=True))
    forward, backward = np.empty_like(seen), np.empty_like(seen)
    forward[0] = seen[0] / seen[0].sum()
    for at in range(1, len(seen)):
        step = (forward[at - 1] @ transitions) * seen[at]
        forward[at] = step / step.sum()
    backward[-1] = 1.0
    for at in range(len(seen) - 2, -1, -1):
        step = transitions @ (seen[at + 1] * backward[at + 1])
        backward[at] = step / step.sum()
    both = forward * backward
    marginals: Probabilities = both / both.sum(axis=1, keepdims=True)
    return marginals
