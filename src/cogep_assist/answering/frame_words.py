"""Words that questions are framed in ("que tipo de", "em que ano"): they say little. Pure.

The list is learnt by ``scripts/train_frame_words.py``, on written questions; ``spoken_words.txt``
has what people say besides ("pego", "aqui", "agora"), which those hardly hold.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from cogep_assist.retrieval.hit import AskedTerm
from cogep_assist.retrieval.portuguese import fold

# What is left of a word of talk that some document holds.
_SPOKEN = 0.3
# "3 camisas", "tenho 8": how many somebody has is no thing that a document must name.
_OWN_COUNT = re.compile(
    r"(?<![\d.,/-])(\d{1,3})(?=\s+[^\W\d_]+s\b)|\b(?:somos|tenho|sao|faltando|comprar)\s+(\d{1,3})\b"
    # "25 mil", "250 km": a sum or a measure falls under a rule that says others.
    r"|(?<![\d.,/-])(\d+)(?=(?:[.,]\d+)*\s?(?:mil|milhao|reais|kg|quilos?|km|m2)\b)"
)


def speaking(question: str, terms: Sequence[AskedTerm]) -> list[AskedTerm]:
    """Return the terms of a question that ask something; all of them where none does.

    Words of talk and the person's own counts ask for nothing where no document holds them.
    """
    own = {count for found in _OWN_COUNT.findall(fold(question)) for count in found if count}
    asking = [
        one for one in terms if one.frequency or (one.word not in _spoken() and one.word not in own)
    ]
    return asking or list(terms)


def asked_factor(asked: AskedTerm) -> float:
    """Return what is left of the weight of a term, as it was asked."""
    factor = frame_factor(asked.term)
    return min(factor, _SPOKEN) if asked.word in _spoken() else factor


def frame_factor(term: str) -> float:
    """Return what is left of the weight of a question's term, 1 where it is none of the frame."""
    return _factors().get(term, 1.0)


@cache
def _factors() -> dict[str, float]:
    text = resources.files(__package__).joinpath("frame_words.txt").read_text(encoding="ascii")
    lines = (line.split() for line in text.splitlines())
    return {name: float(factor) for name, factor in lines}


@cache
def _spoken() -> frozenset[str]:
    text = resources.files(__package__).joinpath("spoken_words.txt").read_text(encoding="utf-8")
    lines = (fold(line) for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
