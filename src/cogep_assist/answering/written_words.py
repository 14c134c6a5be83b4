"""The words of a question as they were typed, by what a search makes of them. Pure."""

import re

from cogep_assist.retrieval.portuguese import fold

_WORD = re.compile(r"\w+")
# Begun where a word begins: a word of thousands of letters is looked through once.
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)+")


def written_words(question: str) -> dict[str, str]:
    """Return each word by its folded form; a compound also by its parts and as one word."""
    joined = {fold(word).replace("-", ""): word for word in _COMPOUND.findall(question)}
    return joined | {fold(word): word for word in _WORD.findall(question)}
