"""Where a claim puts together what a text says apart. Pure.

A claim is laid beside the stretch of a text that is nearest to it; a word that stands in another's
place and comes from elsewhere in the passage says that two statements were mixed.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from cogep_assist.answering.grounding_numbers import MEASURES
from cogep_assist.answering.grounding_rows import Sentence, Stretch, holds, nearest, same
from cogep_assist.answering.grounding_words import FINITE, LEADS_AWAY


def mixes(
    claim: Stretch,
    sentences: tuple[Sentence, ...],
    elsewhere: Sequence[str],
    context: Sequence[str],
) -> bool:
    """Tell whether a word of a claim stands where its nearest sentence has another one.

    ``elsewhere`` are the tokens of the whole passage, ``context`` those of its headings, which may
    be added anywhere.
    """
    found = nearest(claim, sentences)
    return bool(found) and all(
        _replaces(claim, part, elsewhere, context)
        or _replaces(claim, sentence.whole, elsewhere, context)
        or _borrows_a_subject(claim, sentence, sentences, context)
        for sentence, part in found
    )


def one_statement(claim: Stretch, sentences: Sequence[Sentence]) -> bool:
    """Tell whether a claim is all in one sentence with one subject."""
    return any(
        all(holds(sentence.whole.tokens, token) for token in claim.tokens)
        and all(
            part.text.removeprefix("e ").split(maxsplit=1)[0] in FINITE
            for part in sentence.parts[1:]
            if any(holds(part.tokens, token) for token in claim.tokens)
        )
        and any(holds(sentence.parts[0].tokens, token) for token in claim.tokens)
        for sentence in sentences
    )


def _replaces(
    claim: Stretch, stretch: Stretch, elsewhere: Sequence[str], context: Sequence[str]
) -> bool:
    for mine, theirs in _gaps(claim.tokens, stretch.tokens):
        foreign = [t for t in mine if not holds(stretch.tokens, t) and not holds(context, t)]
        unsaid = [t for t in theirs if not holds(claim.tokens, t)]
        if unsaid and any(holds(elsewhere, token) for token in foreign):
            return True
        if unsaid and len(mine) == len(foreign) == 1 and _describes(claim, mine[0]):
            return True
    return False


def _describes(claim: Stretch, token: str) -> bool:
    """Tell whether a word says which, as in "nível médio" and "servidor aposentado": no verb."""
    word = claim.words[claim.tokens.index(token)] if claim.words else ""
    before, _, last = word.rpartition(" ")
    return before not in LEADS_AWAY and last.endswith(("o", "os", "as")) and last not in MEASURES


@lru_cache(maxsize=1024)
def _gaps(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Sequence[tuple[list[str], list[str]]]:
    """Return what stands between two neighbours that both rows have in the same order."""
    return tuple(_between(mine, theirs))


def _between(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    lengths = [[0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]
    for i in range(len(mine) - 1, -1, -1):
        for j in range(len(theirs) - 1, -1, -1):
            lengths[i][j] = (
                lengths[i + 1][j + 1] + 1
                if same(mine[i], theirs[j])
                else max(lengths[i + 1][j], lengths[i][j + 1])
            )
    i = j = 0
    left: list[str] = []
    right: list[str] = []
    while i < len(mine) and j < len(theirs):
        if same(mine[i], theirs[j]):
            yield left, right
            left, right = [], []
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            left.append(mine[i])
            i += 1
        else:
            right.append(theirs[j])
            j += 1
    yield left + list(mine[i:]), right + list(theirs[j:])


def _borrows_a_subject(
    claim: Stretch, sentence: Sentence, sentences: Sequence[Sentence], context: Sequence[str]
) -> bool:
    """Tell whether what opens another sentence is put before one that has its own subject."""
    first = claim.tokens[0]
    if (
        not sentence.opens_with_a_noun
        or not holds(claim.tokens, sentence.whole.tokens[0])
        or holds(sentence.whole.tokens, first)
        or holds(context, first)
    ):
        return False
    return any(s.whole.tokens and same(first, s.whole.tokens[0]) for s in sentences)
