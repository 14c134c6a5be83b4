"""Names that the organisation knows already, wherever and however a text says them."""

import re
from array import array
from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from cogep_assist.core.brazil.names import PARTICLES, TITLES, fold_name
from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Between two words of one name: blanks, a comma of the inverted order, a full stop, a broken line.
_GAP = re.compile(r"[ \t]{0,3}(?:\.?,?[ \t]{0,3}(?:\r?\n)?[ \t]{0,3})")
_WIDEST_GAP = 10
_MOST_PARTICLES = 2
_MOST_WORDS = 8
_PAIR_SCORE, _INITIAL_SCORE, _ALONE_SCORE = 0.9, 0.55, 0.5
# Articles part two names rather than join one.
_SKIPPED = (PARTICLES - {"a", "as", "o", "os"}) | TITLES
# After these a name is a saint's: a place, a hospital, a street.
_SAINTS = frozenset(["sao", "santo", "santa", "san", "sto", "sta", "s"])
_SHORTEST_ALONE = 4
_EIGHT_BYTES = 0xFFFF_FFFF_FFFF_FFFF


class Keys(NamedTuple):
    """Hashes, sorted: pairs of words, a word and an initial, words alone, names of one word."""

    pairs: npt.NDArray[np.uint64]
    initials: npt.NDArray[np.uint64]
    alone: npt.NDArray[np.uint64]
    single: npt.NDArray[np.uint64]


class KnownNames:
    """A detector of given names of persons: whole, in parts, inverted, with initials, in any case.

    Two words of one name side by side are told apart from two people's: every ordered pair of a
    name's words is kept as an eight-byte hash, so that a hundred thousand people take some ten
    megabytes and no name can be read out of it. A word alone is hidden at egress only, where it
    is written as a name is, unless the name has no other.
    """

    def __init__(self, names: Iterable[str]) -> None:
        pairs, initials, alone, single = (array("Q") for _ in range(4))
        for name in names:
            words = [word for word in fold_name(name).split() if word not in _SKIPPED]
            words = words[:_MOST_WORDS]
            if len(words) == 1 and len(words[0]) >= _SHORTEST_ALONE:
                single.append(_key(words[0]))
            alone.extend(_key(word) for word in words if len(word) >= _SHORTEST_ALONE)
            for one, two in set(permutations(words, 2)):
                pairs.append(_key(one, two))
                initials.extend((_key(one[0], two), _key(one, two[0])))
        self.keys = Keys(_sorted(pairs), _sorted(initials), _sorted(alone), _sorted(single))

    def joined(self, other: Self) -> "KnownNames":
        """Return a detector of the names of both."""
        both = KnownNames(())
        both.keys = Keys(
            *(np.union1d(mine, theirs) for mine, theirs in zip(self.keys, other.keys, strict=True))
        )
        return both

    def __call__(self, text: FoldedText, /) -> Iterator[Finding]:
        """Yield the places where a known person is named."""
        if not self.keys.alone.size and not self.keys.pairs.size:
            return
        words = [found.span() for found in _WORD.finditer(text.plain)]
        telling = [span for span in words if text.lower[slice(*span)] not in _SKIPPED]
        if telling:
            yield from self._found(text, telling)

    def _found(self, text: FoldedText, words: list[tuple[int, int]]) -> Iterator[Finding]:
        forms = [_form(text.lower[start:end]) for start, end in words]
        keys = np.array([_key(*both) for both in zip(forms, [*forms[1:], ""], strict=True)], "u8")
        joined, initialled = _in(keys, self.keys.pairs), _in(keys, self.keys.initials)
        own = np.array([_key(form) for form in forms], "u8")
        alone, single = _in(own, self.keys.alone), _in(own, self.keys.single)
        last = len(words) - 1
        at = 0
        while at <= last:
            end, score = at, 0.0
            while end < last and _adjacent(text, words[end], words[end + 1]):
                if joined[end]:
                    score = max(score, _PAIR_SCORE)
                elif initialled[end] and _initial(text, words[end : end + 2]):
                    score = max(score, _INITIAL_SCORE)
                else:
                    break
                end += 1
            if end == at and not (at and forms[at - 1] in _SAINTS):
                score = self._alone_score(
                    text, words[at], single=bool(single[at]), known=bool(alone[at])
                )
            if score:
                start, stop = words[at][0], words[end][1]
                value = " ".join(forms[at : end + 1])
                yield Finding(Kind.PERSON, *text.place(start, stop), value, score)
            at = end + 1

    @staticmethod
    def _alone_score(
        text: FoldedText, span: tuple[int, int], *, single: bool, known: bool
    ) -> float:
        as_name = text.plain[span[0]].isupper()
        if single and as_name:
            return _PAIR_SCORE
        return _ALONE_SCORE if single or (known and as_name) else 0.0


def _form(word: str) -> str:
    return fold_name(word).replace(" ", "")


def _adjacent(text: FoldedText, one: tuple[int, int], two: tuple[int, int]) -> bool:
    """Tell whether only what may stand inside a name parts two words: blanks, particles."""
    place, particles = one[1], 0
    while place < two[0]:
        gap = _GAP.match(text.plain, place)
        place = gap.end() if gap else place
        if place >= two[0]:
            break
        word = _WORD.match(text.lower, place)
        if word is None or word[0] not in _SKIPPED or particles == _MOST_PARTICLES:
            return False
        place, particles = word.end(), particles + 1
    return True


def _initial(text: FoldedText, words: list[tuple[int, int]]) -> bool:
    """Tell whether one of two words is a capital alone and the other is written as a name."""
    (one, one_end), (two, two_end) = words
    capital = text.plain[one].isupper() and text.plain[two].isupper()
    return capital and (one_end - one == 1) != (two_end - two == 1)


def _key(*words: str) -> int:
    """Return a hash under the key of this process (SipHash); it is kept nowhere else."""
    return hash(" ".join(words)) & _EIGHT_BYTES


def _sorted(keys: "array[int]") -> npt.NDArray[np.uint64]:
    return np.unique(np.frombuffer(keys, "u8")) if keys else np.zeros(0, "u8")


def _in(keys: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    if not known.size:
        return np.zeros(keys.size, bool)
    places = np.minimum(np.searchsorted(known, keys), known.size - 1)
    return np.equal(known[places], keys)
