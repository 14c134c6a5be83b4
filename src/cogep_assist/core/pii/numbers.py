"""Numbers with a known grouping: runs of groups of digits, broken lines and OCR included."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cogep_assist.core.pii.announcement import REACH, announced, announced_after
from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.core.pii.layouts import LAYOUTS, MOST_DIGITS, MOST_GROUPS, PROOFS, Layout
from cogep_assist.core.pii.weighing import Sight, weigh

# A group of digits as scanners read it. The lookbehind stands after the first character so
# that the search can skip to one.
_GROUP = re.compile(
    r"[0-9OolI|iSsBZzGgq](?:(?<![0-9A-Za-z].)|(?<=[A-Za-z]{2}[0-9]))"
    r"(?:(?<=[0-9])|(?=[OolI|iSsBZzGgq]{0,3}[0-9])|(?<=[.(/-].)(?=[OolI|]?[^0-9A-Za-z]|[OolI|]?\Z))"
    r"[0-9OolI|iSsBZzGgq]*(?![0-9])(?![A-Za-z]{1,2}(?![A-Za-z]))"
)
# Words that people glue to a number.
_GLUED = re.compile(r"(?:cpf|cnpj|cep|tel|fone|cel|cnh|cns|pis|nis|rg|nup|sei|renavam|zap)\Z")
_OCR = str.maketrans("OolI|iSsBZzGgq", "00111155822699")
_MOST_LETTERS_ALONE = 2
_LEAST_DIGITS = 8
_SEPARATOR = re.compile(r"[ \t]{0,2}(?:\r?\n|[.\-/)])?[ \t]{0,2}\n?")
_SPELLED_OUT = 8
_WIDEST_GAP = 7


class _Group(NamedTuple):
    start: int
    end: int
    digits: str
    misread: bool
    separator: str


def find_numbers(text: FoldedText) -> Iterator[Finding]:
    """Yield identifiers made of digits, by grouping, check digits and the words beside them."""
    kinds: frozenset[Kind] | None = None
    before = 0
    for run in _runs(text):
        if sum(len(group.digits) for group in run) < _LEAST_DIGITS:
            continue
        start, end = run[0].start, run[-1].end
        told = _told(text, start, end, before)
        if told is None and _LIST.fullmatch(text.lower, before, start):
            told = kinds
        kinds, before = told, end
        yield from _read(text, run, told)


_LIST = re.compile(r"\s?(?:[,;/|]\s?|\se\s|\sou\s){1,2}")


def _told(text: FoldedText, start: int, end: int, before: int) -> frozenset[Kind] | None:
    window = text.lower[max(start - REACH, before) : start]
    told = announced(window)
    return told if told is not None else announced_after(text.lower[end : end + REACH])


def _runs(text: FoldedText) -> Iterator[list[_Group]]:
    run: list[_Group] = []
    plain = text.plain
    for found in _GROUP.finditer(plain):
        start, end = found.span()
        characters = found[0]
        misread = not characters.isdigit()
        if plain[start - 1 : start].isalpha() and not _glued(text.lower, start):
            continue
        gap = plain[run[-1].end : start] if run and start - run[-1].end < _WIDEST_GAP else ""
        if misread and not _readable(characters, gap, plain[end : end + 1]):
            continue
        separator = _separator(gap)
        if run and not separator:
            yield run
            run = []
        digits = characters.translate(_OCR) if misread else characters
        run.append(_Group(start, end, digits, misread, separator))
    if run:
        yield run


def _glued(lower: str, start: int) -> bool:
    return _GLUED.search(lower, max(start - 7, 0), start) is not None


def _readable(characters: str, gap: str, after: str) -> bool:
    """Tell whether a group with letters may be digits misread, and not a word."""
    letters = sum(not character.isdigit() for character in characters)
    if letters < len(characters):
        return letters <= 4
    glued = gap in {".", "-", "/"} or after == ")"
    return letters <= _MOST_LETTERS_ALONE and glued and characters.strip("OolI|") == ""


@lru_cache(maxsize=4096)
def _separator(gap: str) -> str:
    """Return the one sign that a gap between groups stands for; empty where it parts them."""
    if not gap or not _SEPARATOR.fullmatch(gap):
        return ""
    signs = gap.strip()
    return signs or ("\n" if "\n" in gap else " ")


def _read(text: FoldedText, run: list[_Group], told: frozenset[Kind] | None) -> Iterator[Finding]:
    found_any = False
    for first in range(len(run)):
        groups, count = "", 0
        for last in range(first, min(first + MOST_GROUPS, len(run))):
            count += len(run[last].digits)
            if count > MOST_DIGITS:
                break
            groups += chr(64 + len(run[last].digits))
            for layout in LAYOUTS.get(groups, ()):
                finding = _finding(text, run, first, last, layout, told)
                if finding is not None:
                    found_any = True
                    yield finding
    if not found_any and len(run) > 1:
        yield from _as_one(text, run, told)


def _finding(
    text: FoldedText,
    run: list[_Group],
    first: int,
    last: int,
    layout: Layout,
    told: frozenset[Kind] | None,
) -> Finding | None:
    groups = run[first : last + 1]
    separators = "".join(group.separator for group in groups[1:])
    start, end = groups[0].start, groups[-1].end
    digits = "".join(group.digits for group in groups)
    sight = Sight(
        kind=layout.kind,
        digits=digits,
        separators=separators,
        own=layout.drawn_as(separators) and separators.strip() != "",
        misread=any(group.misread for group in groups),
        inside=_inside(run, first, last),
        opening=text.plain[max(start - 2, 0) : start],
        told=told,
    )
    score = weigh(sight, proven=PROOFS[layout.kind].check(digits))
    if score <= 0:
        return None
    if layout.kind is Kind.PHONE:
        start = _with_opening(text.plain, start, separators)
    return Finding(layout.kind, *text.place(start, end), digits, score)


def _inside(run: list[_Group], first: int, last: int) -> bool:
    """Tell whether more digits are joined to these by a sign: a longer number holds them."""
    before = run[first].separator if first else ""
    after = run[last + 1].separator if last + 1 < len(run) else ""
    return before in {".", "-", "/"} or after in {".", "-", "/"}


def _with_opening(plain: str, start: int, separators: str) -> int:
    if plain[start - 1 : start] == "(" and ")" in separators:
        start -= 1
    return start - 1 if start and plain[start - 1] == "+" else start


def _as_one(text: FoldedText, run: list[_Group], told: frozenset[Kind] | None) -> Iterator[Finding]:
    """Read a run of odd groups as one number of an announced kind, if its length fits."""
    digits = "".join(group.digits for group in run)
    if len(digits) > MOST_DIGITS:
        return
    spelled = len(run) >= _SPELLED_OUT and all(len(group.digits) == 1 for group in run)
    for layout in LAYOUTS.get(chr(64 + len(digits)), ()):
        if layout.kind is Kind.PROPERTY_TAX or (not told and not spelled):
            continue
        proven = PROOFS[layout.kind].check(digits)
        near = told is not None and layout.kind in told
        score = 0.8 if proven and near else 0.5 if near or (spelled and proven) else 0.0
        if score:
            yield Finding(layout.kind, *text.place(run[0].start, run[-1].end), digits, score)
