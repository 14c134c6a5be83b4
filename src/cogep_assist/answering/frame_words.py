"""Words that questions are framed in ("que tipo de", "em que ano"): they say little. Pure.

The list is learnt by ``scripts/train_frame_words.py``.
"""

from functools import cache
from importlib import resources


def frame_factor(term: str) -> float:
    """Return what is left of the weight of a question's term, 1 where it is none of the frame."""
    return _factors().get(term, 1.0)


@cache
def _factors() -> dict[str, float]:
    text = resources.files(__package__).joinpath("frame_words.txt").read_text(encoding="ascii")
    lines = (line.split() for line in text.splitlines())
    return {name: float(factor) for name, factor in lines}
