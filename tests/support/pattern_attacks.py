"""Texts that make a regular expression try again and again, made from the expression itself."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

# Python's own reading of patterns, which has no public name.
sre: Any = importlib.import_module("re._constants")
sre_parser: Any = importlib.import_module("re._parser")

Items = Any
# What people, programs and their enemies repeat.
_RUNS = (
    *" a1A.-,(<\n\t\"'“é[=/|_*`#:;&\\@{>",
    *("a ", "1 ", "A ", "1.", ".1", "a,", " e,", "a1", "a-", "# ", "a@", "a.", "1/", "<a", "\r\n"),
    *("[a](", "e ", "de ", "é ", "Á ", "A.", "--", "https://a", "=?", "&#", "'a", "\\u"),
)
_SAMPLES = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_WORD: " ",
}
_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
_SEVERAL = 20


def attacks(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield beginnings, and what is to be repeated after each."""
    tree = sre_parser.parse(pattern.pattern, pattern.flags)
    found = dict.fromkeys(_repeats(tree, ""))
    yield from found
    bodies = dict.fromkeys(body for _, body in found)
    whole = dict.fromkeys(begin + body for begin, body in found if begin)
    yield from (("", run) for run in {**bodies, **whole, **dict.fromkeys(_RUNS)})


def _repeats(items: Items, begin: str) -> Iterator[tuple[str, str]]:
    for op, value in items:
        if op in _REPEATS:
            if value[1] > _SEVERAL:
                yield from ((begin, run) for run in _samples(value[2]) if run)
            yield from _repeats(value[2], begin)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, begin)
        elif op is sre.SUBPATTERN:
            yield from _repeats(value[3], begin)
        elif op is sre.ATOMIC_GROUP:
            yield from _repeats(value, begin)
        begin += _sample([(op, value)])


def _samples(items: Items) -> list[str]:
    return [_sample(items, which) for which in range(4)]


def _sample(items: Items, which: int = 0) -> str:
    """Return a short text that the items match; of alternatives the one with this number."""
    text = ""
    for op, value in items:
        if op is sre.LITERAL:
            text += chr(value)
        elif op in {sre.ANY, sre.NOT_LITERAL}:
            text += "b" if value == ord("a") else "a"
        elif op is sre.IN:
            text += _one_of(value)
        elif op is sre.BRANCH:
            text += _sample(value[1][which % len(value[1])], which)
        elif op is sre.SUBPATTERN:
            text += _sample(value[3], which)
        elif op is sre.ATOMIC_GROUP:
            text += _sample(value, which)
        elif op in _REPEATS:
            text += _sample(value[2], which) * min(max(value[0], 1), _SEVERAL)
    return text


def _one_of(members: Items) -> str:
    if members[0][0] is sre.NEGATE:
        return next((c for c in "a1 .-x,<\n" if not any(_holds(m, c) for m in members)), "é")
    op, value = members[0]
    if op is sre.CATEGORY:
        return _SAMPLES.get(value, "a")
    return chr(value[0] if op is sre.RANGE else value)


def _holds(member: tuple[Any, Any], char: str) -> bool:
    op, value = member
    if op is sre.LITERAL:
        return bool(value == ord(char))
    if op is sre.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    return op is sre.CATEGORY and _SAMPLES.get(value, "a") == char
