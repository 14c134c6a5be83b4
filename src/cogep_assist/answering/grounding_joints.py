"""Where a claim makes a choice of what a text joins, leaves out an "only", or ends on other days.

Pure.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from cogep_assist.answering.grounding_rows import Sentence, Stretch, holds, nearest, spelled
from cogep_assist.retrieval.portuguese import stem

_JOINT = re.compile(
    r"(?P<left>[^\W_]{3,}),? (?P<joint>e|ou) (?:(?:[oa]s?|aos?|uma?|d[aeo]s?|n[oa]s?|pel[oa]s?|por"
    r"|para|com|em|r\$) )*(?P<right>[^\W_]{2,})"
)
_OTHER = {"e": "ou", "ou": "e"}
_ONLY = re.compile(
    r"\b(?:so|somente|apenas|exclusivamente|unicamente) (?!se\b|quando\b)(?P<next>[^\W\d_]{2,})"
)
_RESTRICTS = re.compile(
    r"^(?:com|mediante|apos|depois|em caso)\b"
    r"|\b(?:so|somente|apenas|exclusiv\w+|unic\w+|precis\w+|exig\w+|depend\w+|necess\w+|obrigat\w+"
    r"|dev\w+|tem de|tem que|restri\w+|limit\w+|sem|nao|nem|proibid\w+|vedad\w+|desde"
    r"|reservad\w+)\b"
)
_DAYS = "segunda|terca|quarta|quinta|sexta|sabado|domingo"
_DAY_RANGE = re.compile(
    rf"\b(?P<first>{_DAYS})s?(?:[- ]feiras?)? (?:a|as|ate|ate a|ate o|ao) (?P<last>{_DAYS})\b"
)


def trades_a_joint(claim: str, text: str) -> bool:
    """Tell whether a claim says "a ou b" where a text says "a e b", or the other way round."""
    said = set(_joints(text))
    return any(
        (left, _OTHER[joint], right) in said and (left, joint, right) not in said
        for left, joint, right in _joints(claim)
    )


def drops_an_only(claim: Stretch, sentences: tuple[Sentence, ...]) -> bool:
    """Tell whether a claim repeats without "só" what a text says with it.

    What says the same by another word restricts it as well: "depende de", "é preciso".
    """
    if _RESTRICTS.search(claim.text):
        return False
    found = nearest(claim, sentences)
    return bool(found) and all(_repeats_after_only(claim, part.text) for _, part in found)


def ends_on_another_day(claim: str, text: str) -> bool:
    """Tell whether "de segunda a quinta" has one end in common with a text's days, not both."""
    said = set(_day_ranges(text))
    return any(
        one not in said and any(one[0] == other[0] or one[1] == other[1] for other in said)
        for one in _day_ranges(claim)
    )


def _repeats_after_only(claim: Stretch, text: str) -> bool:
    only = _ONLY.search(text)
    if only is None:
        return False
    return only["next"] in claim.text.split() or holds(claim.tokens, stem(only["next"]))


@lru_cache(maxsize=1024)
def _joints(text: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(_read_joints(spelled(text)))


def _read_joints(folded: str) -> Iterator[tuple[str, str, str]]:
    place = 0
    while found := _JOINT.search(folded, place):
        yield stem(found["left"]), found["joint"], stem(found["right"])
        place = found.start("right")


def _day_ranges(text: str) -> Iterator[tuple[str, str]]:
    for found in _DAY_RANGE.finditer(spelled(text)):
        yield found["first"], found["last"]
