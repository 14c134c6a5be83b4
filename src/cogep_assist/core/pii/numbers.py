"""Numbers with a known grouping, weighed by check digits and by the words beside them."""

import re
from collections.abc import Iterator
from functools import lru_cache

from cogep_assist.core.pii.announcement import REACH, announced, announced_after
from cogep_assist.core.pii.digit_runs import Group, Piece, piece, runs
from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.core.pii.layouts import LAYOUTS, MOST_DIGITS, MOST_GROUPS, PROOFS, Layout
from cogep_assist.core.pii.weighing import DOUBTFUL, LIKELY, NOTHING, SURE, Sight, weigh

_LEAST_DIGITS = 8
# Digits spelled one by one: so many single ones in a row are no list of small numbers.
_SPELLED_OUT = 8
# What is dialled before an area code, where the digits after it are read as the telephone.
_DIALLED = re.compile(r"(?:(?<![\w.])0[xX]{2}|\+(?:55[ -]?)?|(?<![\w.])(?:0055|55) ?)\(?\Z")
_LONGEST_DIALLED = 6
_LIST = re.compile(r"\s?(?:[,;/|]\s?|\se\s|\sou\s){1,2}")

Told = frozenset[Kind] | None


def find_numbers(text: FoldedText) -> Iterator[Finding]:
    """Yield identifiers made of digits, in broken lines and misread by scanners included."""
    told: Told = None
    before = 0
    for run in runs(text):
        lengths = [len(group.digits) for group in run]
        if sum(lengths) < _LEAST_DIGITS:
            continue
        start, end = run[0].start, run[-1].end
        said = _told(text, start, end, before)
        # A word before a list speaks of each of its numbers.
        told = told if said is None and _LIST.fullmatch(text.lower, before, start) else said
        before = end
        yield from _read(text, run, lengths, told)


def _told(text: FoldedText, start: int, end: int, before: int) -> Told:
    said = announced(text.lower[max(start - REACH, before) : start])
    return said if said is not None else announced_after(text.lower[end : end + REACH])


def _read(text: FoldedText, run: list[Group], lengths: list[int], told: Told) -> Iterator[Finding]:
    found_any = False
    for candidate, layouts in _candidates(run, lengths):
        for finding in _findings(text, candidate, layouts, told):
            found_any = True
            yield finding
            if finding.score >= SURE and candidate.start == run[0].start:
                # Nothing else is to be read in what is beside its word and checks.
                if candidate.end == run[-1].end:
                    return
                break
    if not found_any and len(run) > 1:
        yield from _as_one(text, run, told)


def _candidates(run: list[Group], lengths: list[int]) -> Iterator[tuple[Piece, tuple[Layout, ...]]]:
    """Yield the pieces of a run that are grouped as some identifier, the longest first."""
    shape = "".join([chr(64 + min(length, MOST_DIGITS + 1)) for length in lengths])
    for first in range(len(run)):
        for last, layouts in _fitting(shape[first : first + MOST_GROUPS]):
            yield piece(run, first, first + last), layouts


@lru_cache(maxsize=4096)
def _fitting(shape: str) -> tuple[tuple[int, tuple[Layout, ...]], ...]:
    """Return the groupings that the lengths of groups begin with, the longest first.

    Each with the place of its last group; there are few shapes, however many numbers.
    """
    fitting = []
    count = 0
    for last, length in enumerate(shape):
        count += ord(length) - 64
        if count > MOST_DIGITS:
            break
        if (layouts := LAYOUTS.get(shape[: last + 1])) is not None:
            fitting.append((last, layouts))
    return tuple(reversed(fitting))


def _findings(
    text: FoldedText, candidate: Piece, layouts: tuple[Layout, ...], told: Told
) -> Iterator[Finding]:
    signed = candidate.separators.strip() != ""
    opening = text.plain[max(candidate.start - 2, 0) : candidate.start]
    if told and len(layouts) > 1:
        layouts = tuple(sorted(layouts, key=lambda layout: layout.kind not in told))
    for layout in layouts:
        own = signed and layout.drawn_as(candidate.separators)
        proven = PROOFS[layout.kind].check(candidate.digits)
        if not (proven or own or (told and layout.kind in told)):
            # Neither its digits nor its signs nor a word: most groupings of most numbers.
            continue
        score = weigh(Sight(layout.kind, candidate, own, opening, told), proven=proven)
        if score > NOTHING:
            start = candidate.start
            if layout.kind is Kind.PHONE:
                start = _with_opening(text.plain, start, candidate.separators)
            place = text.place(start, candidate.end)
            yield Finding(layout.kind, *place, candidate.digits, score)


def _with_opening(plain: str, start: int, separators: str) -> int:
    """Return where a telephone begins: at its bracket, its plus, the carrier's 0xx or country."""
    if plain[start - 1 : start] == "(" and ")" in separators:
        start -= 1
    dialled = _DIALLED.search(plain, max(start - _LONGEST_DIALLED, 0), start)
    return dialled.start() if dialled else start


def _as_one(text: FoldedText, run: list[Group], told: Told) -> Iterator[Finding]:
    """Read a run of odd groups as one number of an announced kind, if its length fits."""
    if sum([len(group.digits) for group in run]) > MOST_DIGITS or _is_date(run):
        return
    digits = "".join([group.digits for group in run])
    spelled = len(run) >= _SPELLED_OUT and all(len(group.digits) == 1 for group in run)
    for layout in LAYOUTS.get(chr(64 + len(digits)), ()):
        if layout.kind is Kind.PROPERTY_TAX or (not told and not spelled):
            continue
        proven = PROOFS[layout.kind].check(digits)
        near = told is not None and layout.kind in told
        alone = spelled and proven and not PROOFS[layout.kind].weak
        score = LIKELY if proven and near else DOUBTFUL if near or alone else NOTHING
        if score > NOTHING:
            yield Finding(layout.kind, *text.place(run[0].start, run[-1].end), digits, score)


def _is_date(run: list[Group]) -> bool:
    """Tell whether groups are a day, a month and a year, in either order."""
    if [len(group.digits) for group in run] not in ([2, 2, 4], [4, 2, 2], [1, 2, 4], [2, 1, 4]):
        return False
    parts = [int(group.digits) for group in run]
    day, month, year = parts if len(run[0].digits) < 4 else reversed(parts)
    return day <= 31 and month <= 12 and 1900 <= year <= 2100
