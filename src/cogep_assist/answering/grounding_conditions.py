"""What a text says only under a condition, and whether a claim says it without. Pure."""

import re
from collections.abc import Iterator, Sequence

from cogep_assist.answering.grounding_rows import (
    Sentence,
    Stretch,
    nearest,
    read_stretch,
    repeated,
)
from cogep_assist.answering.grounding_synonyms import covered, groups_of

_CONDITION = re.compile(
    r"(?:(?<=^)|(?<=, )|(?<= ))(?:se (?=(?:nao|o|a|os|as|houver|for|forem|tiver|tiverem|estiver|"
    r"estiverem|quiser|puder|apresentar|ele|ela|seu|sua)\b)|caso (?=[^\W\d_])|desde que |"
    r"contanto que |a menos que |em caso de |no caso de |na hipotese de |havendo |"
    # What a rule leaves out belongs to it.
    r"salvo |exceto |ressalvad[oa]s? |com excecao d[aeo]s? |a nao ser |"
    r"(?:(?<=, )se (?=[^\W\d_]{4})|se (?=\w+[ai]d[oa]s?\b))|nos demais casos)"
    r"(?P<what>[^,;.]*)"
)
_ONLY = re.compile(r"\b(?:so|somente|apenas|exclusivamente|unicamente)\b(?! (?:se|quando)\b)")
_LEAST_TOLD = 0.3


def drops_a_condition(
    claim: Stretch, sentences: tuple[Sentence, ...], told: frozenset[str]
) -> bool:
    """Tell whether what a text allows or says in one case alone is claimed for every case.

    ``told`` are the tokens of the whole claim and of the question, which may have named the case.
    """
    found = nearest(claim, sentences) or repeated(claim, sentences)
    return bool(found) and all(
        any(not _told(what, claim, told) for what in _conditions(claim, sentence, part))
        for sentence, part in found
    )


def _conditions(claim: Stretch, sentence: Sentence, part: Stretch) -> Iterator[Stretch]:
    """Yield the conditions under which a sentence says what a claim repeats."""
    text = sentence.whole.text
    for match in _CONDITION.finditer(text):
        before = text[: match.start()].strip(" ,")
        governed = before.rpartition(",")[2] or text[match.end() :]
        words = _plain(governed) or _plain(before)
        shared = any(_covers(word, claim.tokens) for word in words)
        if shared and (not before or governed.strip() in part.text or part.text in text):
            yield read_stretch(match["what"])
    only = _ONLY.search(part.text)
    if only and not _ONLY.search(claim.text):
        yield read_stretch(part.text[only.end() :])


def _plain(text: str) -> list[str]:
    return [token for token in read_stretch(text).tokens if token[0] != "#"]


def _told(what: Stretch, claim: Stretch, named: frozenset[str]) -> bool:
    if not what.tokens:
        return True
    held = (*claim.tokens, *named)
    told = sum(_covers(token, held) for token in what.tokens)
    return told >= _LEAST_TOLD * len(what.tokens)


def _covers(token: str, held: Sequence[str]) -> bool:
    if token[0] in "#§":
        return token in held
    stems = frozenset(held)
    return covered(token, stems, groups_of(stems))
