"""Take personal data out of a text: each value gives way to the tag of its kind.

What is left is still about whoever it is about: this is no anonymisation (LGPD, art. 5, III).
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cogep_assist.core.pii.detect import PERSONAL, detect
from cogep_assist.core.pii.finding import TAGS, Detector, Finding, Kind, Threshold

Keep = Callable[[Finding], bool]
# What stands for a value already is read as so many dots.
_TAG = re.compile(rf"\[(?:{'|'.join(TAGS.values())})\]")


@dataclass(frozen=True, slots=True)
class Cut:
    """One value taken out: its place in the text as given, and what stands there now."""

    start: int
    end: int
    kind: Kind
    tag: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without what was found in it, and what that was, in order."""

    text: str
    cuts: tuple[Cut, ...]
    _shifts: tuple[int, ...]

    @property
    def counts(self) -> dict[Kind, int]:
        """Return how many values of each kind were taken out."""
        return dict(Counter(cut.kind for cut in self.cuts))

    def place(self, position: int, *, after: bool = False) -> int:
        """Return where a character of the text as given stands now.

        One inside a value stands at the beginning of its tag, or after it.
        """
        before = bisect_right(self.cuts, position, key=lambda cut: cut.end)
        place = position + (self._shifts[before - 1] if before else 0)
        if before < len(self.cuts) and self.cuts[before].start < position:
            cut = self.cuts[before]
            return place - (position - cut.start) + (len(cut.tag) if after else 0)
        return place


def redact(
    text: str,
    *,
    threshold: Threshold = Threshold.EGRESS,
    detectors: Sequence[Detector] = PERSONAL,
    keep: Keep | None = None,
) -> Redaction:
    """Return a text in which ``[CPF]``, ``[PESSOA]`` and the like stand for personal data.

    ``detectors`` may hold a ``KnownNames`` beside ``PERSONAL``, or alone where one person is to
    vanish from other people's texts; ``keep`` says which findings stay as they are.
    """
    plain = _TAG.sub(lambda tag: "·" * len(tag[0]), text)
    cuts = [
        Cut(found.start, found.end, found.kind, f"[{TAGS[found.kind]}]")
        for found in detect(plain, threshold, detectors=detectors)
        if keep is None or not keep(found)
    ]
    shifts = accumulate(len(cut.tag) - (cut.end - cut.start) for cut in cuts)
    return Redaction(_without(text, cuts), tuple(cuts), tuple(shifts))


def _without(text: str, cuts: Sequence[Cut]) -> str:
    pieces: list[str] = []
    place = 0
    for cut in cuts:
        pieces += (text[place : cut.start], cut.tag)
        place = cut.end
    return "".join(pieces) + text[place:]
