"""Runs of groups of digits, as people, scanners and broken lines leave them in a text."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cogep_assist.core.pii.folding import FoldedText

# A group of digits as scanners read it. The lookbehind stands after the first character so
# that the search can skip to one. No number is longer than a hundred signs, and what begins
# everywhere in a long run of such signs would be looked through from everywhere.
_GROUP = re.compile(
    r"[0-9OolI|iSsBZzGgq](?:(?<![0-9A-Za-z].)|(?<=[A-Za-z]{2}[0-9]))"
    r"(?:(?<=[0-9])|(?=[OolI|iSsBZzGgq]{0,3}[0-9])"
    r"|(?<=[.(/-].)(?=[OolI|SB]?[^0-9A-Za-z]|[OolI|SB]?\Z))"
    r"[0-9OolI|iSsBZzGgq]{0,99}(?![0-9])(?![A-Za-z]{1,2}(?![A-Za-z]))"
)
# Words that people glue to a number.
_GLUED = re.compile(r"(?:cpf|cnpj|cep|tel|fone|cel|cnh|cns|pis|nis|rg|nup|sei|renavam|zap|0xx)\Z")
_LONGEST_GLUED = 7
_OCR = str.maketrans("OolI|iSsBZzGgq", "00111155822699")
_SURELY_MISREAD = "OolI|SB"
_MOST_LETTERS = 4
_MOST_LETTERS_ALONE = 2
_SEPARATOR = re.compile(r"[ \t]{0,2}(?:\r?\n|[.\-/)])?[ \t]{0,2}\n?")
_WIDEST_GAP = 7
_JOINING = frozenset(".-/")


class Group(NamedTuple):
    """One group: its digits, whether letters were read as such, and the sign before it."""

    start: int
    end: int
    digits: str
    misread: bool
    separator: str


class Piece(NamedTuple):
    """Some groups of a run read as one number; ``inside`` where a sign joins more digits to it."""

    start: int
    end: int
    digits: str
    separators: str
    misread: bool
    inside: bool


def runs(text: FoldedText) -> Iterator[list[Group]]:
    """Yield groups that at most one sign, blanks and a line break part from each other."""
    run: list[Group] = []
    plain = text.plain
    for found in _GROUP.finditer(plain):
        start, end = found.span()
        characters = found[0]
        gap = plain[run[-1].end : start] if run and start - run[-1].end < _WIDEST_GAP else ""
        misread = not characters.isdigit()
        if misread and not _readable(characters, gap, plain[end : end + 1]):
            continue
        if plain[start - 1 : start].isalpha() and not _glued(text.lower, start):
            continue
        separator = _separator(gap)
        if run and not separator:
            yield run
            run = []
        digits = characters.translate(_OCR) if misread else characters
        run.append(Group(start, end, digits, misread, separator))
    if run:
        yield run


def piece(run: list[Group], first: int, last: int) -> Piece:
    """Return the groups from first to last, both included, as one number."""
    before = run[first].separator if first else ""
    after = run[last + 1].separator if last + 1 < len(run) else ""
    if first == last:
        start, end, digits, misread, _ = run[first]
        separators = ""
    else:
        start, end = run[first].start, run[last].end
        groups = run[first : last + 1]
        digits = "".join([group.digits for group in groups])
        separators = "".join([group.separator for group in groups[1:]])
        misread = any(group.misread for group in groups)
    return Piece(start, end, digits, separators, misread, before in _JOINING or after in _JOINING)


def _readable(characters: str, gap: str, after: str) -> bool:
    """Tell whether a group with letters may be digits misread, and not a word."""
    letters = sum(not character.isdigit() for character in characters)
    if letters < len(characters):
        return letters <= _MOST_LETTERS
    glued = gap in _JOINING or after == ")"
    return letters <= _MOST_LETTERS_ALONE and glued and not characters.strip(_SURELY_MISREAD)


def _glued(lower: str, start: int) -> bool:
    return _GLUED.search(lower, max(start - _LONGEST_GLUED, 0), start) is not None


@lru_cache(maxsize=4096)
def _separator(gap: str) -> str:
    """Return the one sign that a gap between groups stands for; empty where it parts them."""
    if not gap or not _SEPARATOR.fullmatch(gap):
        return ""
    return gap.strip() or ("\n" if "\n" in gap else " ")
