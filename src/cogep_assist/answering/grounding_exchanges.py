"""Where a claim exchanges two things of a text: numbers, cause and effect, "até" and "a partir de".

Pure.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations

from cogep_assist.answering.grounding_rows import holds, read_stretch, spelled
from cogep_assist.retrieval.portuguese import stem

_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*")
_BESIDE = re.compile(r"[^\W\d_]+|[^\s\d]")
_UNLIKE = {
    "ate": ("a partir", "desde"),
    "a partir": ("ate",),
    "desde": ("ate",),
    "antes": ("depois", "apos"),
    "depois": ("antes",),
    "apos": ("antes",),
    "com": ("sem",),
    "sem": ("com",),
    "mais": ("menos",),
    "menos": ("mais",),
}
_LINKED = re.compile(
    r"\b(?P<link>a partir|ate|desde|antes|depois|apos|com|sem|mais|menos)"
    r" (?:(?:d[aeo]s?|[oa]s?|aos?|n[oa]s?|uma?|us|r\$|\$) ?)*(?P<to>[^\W_]{2,})"
)
_SINCE = re.compile(r",? \b(?:porque|pois|ja que|visto que|uma vez que|por causa d[aeo]s?)\b ")
_HENCE = re.compile(r"[,;]? \b(?:por isso|portanto|logo|consequentemente|de modo que)\b,? ")
_MOST_NUMBERS = 12
_Beside = tuple[str, str]


def exchanges_numbers(claim: str, text: str) -> bool:
    """Tell whether two numbers of a text stand each in the place of the other."""
    mine, theirs = dict(_numbers(claim)), dict(_numbers(text))
    both = [number for number in mine if number in theirs][:_MOST_NUMBERS]
    return any(
        mine[one] == theirs[other] != theirs[one] and mine[other] == theirs[one]
        for one, other in permutations(both, 2)
    )


def trades_a_link(claim: str, text: str) -> bool:
    """Tell whether a claim says "até março" where a text says only "a partir de março"."""
    said = set(_links(text))
    return any(
        (link, to) not in said and any((other, to) in said for other in _UNLIKE[link])
        for link, to in _links(claim)
    )


def turns_a_cause(claim: str, text: str) -> bool:
    """Tell whether a claim gives as the cause what a text gives as the effect."""
    mine, theirs = _cause(claim), _cause(text)
    if mine is None or theirs is None:
        return False
    (effect, cause), (said_effect, said_cause) = mine, theirs
    return _shared(effect, said_cause) > _shared(effect, said_effect) and _shared(
        cause, said_effect
    ) > _shared(cause, said_cause)


@lru_cache(maxsize=1024)
def _numbers(text: str) -> tuple[tuple[str, _Beside], ...]:
    """Return the numbers that stand once in a text, each with what stands before and after it."""
    folded = spelled(text)
    found = list(_NUMBER.finditer(folded))
    written = [match.group() for match in found]
    return tuple(
        (match.group(), (_before(folded[: match.start()]), _after(folded[match.end() :])))
        for match in found
        if written.count(match.group()) == 1
    )


def _before(text: str) -> str:
    word = ""
    for found in _BESIDE.finditer(text[-40:]):
        word = found.group()
    return word


def _after(text: str) -> str:
    found = _BESIDE.search(text[:40])
    return found.group() if found else ""


@lru_cache(maxsize=1024)
def _links(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(_read_links(spelled(text)))


def _read_links(folded: str) -> Iterator[tuple[str, str]]:
    place = 0
    while found := _LINKED.search(folded, place):
        yield found["link"], stem(found["to"])
        place = found.start("to")


def _cause(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the tokens of an effect and of its cause, None where a text gives none."""
    folded = spelled(text)
    for joint, turned in ((_SINCE, False), (_HENCE, True)):
        parts = joint.split(folded, maxsplit=1)
        if len(parts) == 2:
            first, last = (read_stretch(part).tokens for part in parts)
            return (last, first) if turned else (first, last)
    return None


def _shared(tokens: tuple[str, ...], others: tuple[str, ...]) -> float:
    return sum(holds(others, token) for token in tokens) / len(tokens) if tokens else 0.0
