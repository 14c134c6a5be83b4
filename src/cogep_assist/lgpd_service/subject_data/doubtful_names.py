"""Spellings that may be a person's and may be a namesake's: for somebody to decide, never erased.

A given name with one family name, initials, a name with a letter wrong, a given name where the
same text names the person whole.
"""

import enum
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cogep_assist.core.brazil.names import (
    COMPANY_FORMS,
    GENERATIONS,
    PARTICLES,
    TITLES,
    fold_name,
    sound,
)
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_GAP = re.compile(r"[ \t.]{0,3},?[ \t]{0,3}(?:\r?\n)?[ \t]{0,3}")
_ENDS = re.compile(r"[.!?:;\n•|*-][\s\"'“(]*\Z|\A[\s\"'“(]*\Z")
_LONG_ENOUGH = 5
_LEAST_CHARS = 4
_REACH = 8


class DoubtReason(enum.StrEnum):
    """Why a spelling is not surely the person's."""

    PART = "part"
    INITIALS = "initials"
    SPELLING = "spelling"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class DoubtfulPlace:
    """A spelling in a text, and whether the same text names the person surely."""

    start: int
    end: int
    reason: DoubtReason
    beside: bool


class _Match(enum.Enum):
    EXACT = 0
    ALIKE = 1
    INITIAL = 2


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    index: int
    match: _Match


class DoubtfulNames:
    """The names of one person, ready to be looked for in the ways that may be another's."""

    def __init__(self, values: Sequence[KnownValue]) -> None:
        people = [v.text for v in values if v.kind is ValueKind.NAME and v.searchable]
        told = [_telling(name) for name in people]
        self._names = list(dict.fromkeys(words for words in told if len(words) > 1))
        self._sure = SubjectPatterns(values)
        self.empty = not self._names

    @property
    def words(self) -> list[str]:
        """Words of which a text with a doubtful spelling holds one at least."""
        return sorted({w for name in self._names for w in name if len(w) >= _LEAST_CHARS})

    def places(self, text: str) -> list[DoubtfulPlace]:
        """Return doubtful spellings in a text, in order, none over another or over a sure one."""
        folded = FoldedText(text)
        sure = self._sure.spans(text)
        words = [found.span() for found in _WORD.finditer(folded.plain)]
        found: dict[tuple[int, int], DoubtfulPlace] = {}
        for name in self._names:
            for run in _runs(folded, words, name):
                reason = _reason(run, name, beside=bool(sure))
                start, end = folded.place(run[0].start, run[-1].end)
                if reason is None or any(start < b and a < end for a, b in sure):
                    continue
                alone = reason is DoubtReason.GIVEN
                if (alone or not sure) and _goes_on(folded, words, run):
                    continue
                found.setdefault((start, end), DoubtfulPlace(start, end, reason, bool(sure)))
        return _apart(sorted(found.values(), key=lambda place: (place.start, -place.end)))


def _telling(name: str) -> tuple[str, ...]:
    words = fold_name(name).split()
    if COMPANY_FORMS.intersection(words):
        return ()
    skipped = PARTICLES | TITLES | set(GENERATIONS)
    return tuple(word for word in words if word not in skipped and len(word) > 1)


def _runs(
    text: FoldedText, words: Sequence[tuple[int, int]], name: tuple[str, ...]
) -> Iterator[list[_Word]]:
    """Yield words of a name that stand together, each word of the name once."""
    run: list[_Word] = []
    for start, end in words:
        lower = text.lower[start:end]
        if run and _may_join(lower, run[-1]):
            continue
        told = _matched(lower, name)
        if told is not None and told[1] is _Match.INITIAL:
            told = _initial(lower, name, run) if text.plain[start].isupper() else None
        fits = told is not None and all(word.index != told[0] for word in run)
        if run and not (fits and _joined(text, run[-1].end, start)):
            yield run
            run = []
        if told is not None and (fits or not run):
            run.append(_Word(start, end, *told))
    if run:
        yield run


def _initial(letter: str, name: tuple[str, ...], run: list[_Word]) -> tuple[int, _Match] | None:
    """Return the first word with an initial that the run has not yet."""
    used = {word.index for word in run}
    fitting = [at for at, word in enumerate(name) if word[0] == letter]
    free = [at for at in fitting if at not in used]
    return ((free or fitting)[0], _Match.INITIAL) if fitting else None


def _may_join(lower: str, before: _Word) -> bool:
    """Tell whether a particle goes on with a name: "Costa e Silva", and not "Maria e Silva"."""
    if lower == "e":
        return before.index > 0
    return lower in PARTICLES and lower not in {"a", "o"}


@lru_cache(maxsize=65536)
def _matched(lower: str, name: tuple[str, ...]) -> tuple[int, _Match] | None:
    folded = fold_name(lower).replace(" ", "")
    if folded in name:
        return name.index(folded), _Match.EXACT
    if len(folded) == 1:
        found = [at for at, word in enumerate(name) if word[0] == folded]
        return (found[0], _Match.INITIAL) if found else None
    for at, word in enumerate(name):
        if sound(folded) == sound(word) or _one_letter_off(folded, word):
            return at, _Match.ALIKE
    return None


def _one_letter_off(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter more, less or other, or by two that changed."""
    if min(len(one), len(other)) < _LONG_ENOUGH or abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return True
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return swapped or any(
        one[at + mine :] == other[at + theirs :] for mine, theirs in ((1, 1), (1, 0), (0, 1))
    )


def _joined(text: FoldedText, start: int, end: int) -> bool:
    """Tell whether only what stands within a name parts two words: blanks, signs, particles."""
    between = text.lower[start:end]
    return all(word[0] in PARTICLES for word in _WORD.finditer(between)) and bool(
        _GAP.fullmatch(_WORD.sub("", between).replace("  ", " "))
    )


def _reason(run: list[_Word], name: tuple[str, ...], *, beside: bool) -> DoubtReason | None:
    family = [word for word in run if word.index > 0 and word.match is not _Match.INITIAL]
    given = next((word for word in run if word.index == 0), None)
    if given is None:
        # Called by the second given name, where the text tells whose it is.
        second = len(run) == 1 and run[0].index == 1 and len(name) > 2
        alone = second and beside and run[0].match is _Match.EXACT
        return DoubtReason.GIVEN if alone else None
    if given.match is _Match.INITIAL:
        last = any(word.index == len(name) - 1 for word in family)
        return DoubtReason.INITIALS if last else None
    if len(run) == 1:
        alone = beside and given.match is _Match.EXACT
        return DoubtReason.GIVEN if alone else None
    if any(word.match is _Match.ALIKE for word in run):
        return DoubtReason.SPELLING if family else None
    return DoubtReason.PART if family else DoubtReason.INITIALS


def _goes_on(text: FoldedText, words: Sequence[tuple[int, int]], run: list[_Word]) -> bool:
    """Tell whether another name goes before or after, so that the whole is another person's."""
    start, end = run[0].start, run[-1].end
    if not text.plain[start].isupper() or text.plain[start:end].isupper():
        return False
    place = bisect_left(words, (end, end))
    after = next((span for span in words[place : place + 3] if not _particle(text, span)), None)
    if after and text.plain[after[0]].isupper() and _joined_closely(text, end, after[0]):
        return True
    first = bisect_left(words, (start, start))
    before = words[first - 1] if first else None
    if before is None or not text.plain[before[0]].isupper():
        return False
    title = text.lower[slice(*before)] in TITLES or text.lower[slice(*before)] in {"dona", "seu"}
    begins = _ENDS.search(text.plain[max(before[0] - _REACH, 0) : before[0]])
    return not title and not begins and text.plain[before[1] : start] == " "


def _particle(text: FoldedText, span: tuple[int, int]) -> bool:
    return text.lower[slice(*span)] in PARTICLES


def _joined_closely(text: FoldedText, start: int, end: int) -> bool:
    between = _WORD.sub("", text.plain[start:end])
    return not between.strip(" ") and len(between) < _REACH // 2


def _apart(places: list[DoubtfulPlace]) -> list[DoubtfulPlace]:
    kept: list[DoubtfulPlace] = []
    for place in places:
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept
