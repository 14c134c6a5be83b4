"""Names of persons that nobody told us: found by a model of words in their context."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files

from cogep_assist.core.pii.common_words import doubted_thing
from cogep_assist.core.pii.finding import Finding, Kind, Threshold
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.core.pii.known_names import KnownNames
from cogep_assist.core.pii.name_borders import gone_on, in_its_place
from cogep_assist.core.pii.names.model_file import read_model
from cogep_assist.core.pii.names.tagger import Probabilities, Tagger
from cogep_assist.core.pii.names.words import BREAK, Word, words_of

# How probable each word of a name must be: to be told, and to be hidden before a text leaves.
TOLD, HIDDEN = 0.5, 0.2
_TOLD_SCORE, _AGAIN_SCORE, _HIDDEN_SCORE = 0.8, 0.72, 0.5
# What joins the words of a name begins and ends none.
_INNER = frozenset(
    [*".,;:-'", BREAK, "da", "de", "di", "do", "das", "dos", "e", "del", "von", "van"]
)


def find_person_names(text: FoldedText, /) -> Iterator[Finding]:
    """Yield names of persons; the model is loaded at the first text (some 0.2 s).

    Who is told once is found wherever the text names them again, where nothing announces it.
    """
    found = [doubted_thing(text, in_its_place(text, each)) for each in names_in(text, _tagger())]
    yield from found
    yield from gone_on(text, found)
    whole = {each.value for each in found if each.score >= Threshold.REPORT and " " in each.value}
    if whole:
        given = {name.partition(" ")[0] for name in whole}
        for again in KnownNames(whole)(text):
            yield replace(again, score=_again_score(again, given))


def _again_score(again: Finding, given: set[str]) -> float:
    """Weigh a name told before: its parts together, or the given name, are the same person's."""
    if " " in again.value:
        return min(again.score, _TOLD_SCORE)
    return _AGAIN_SCORE if again.value in given else _HIDDEN_SCORE


def names_in(text: FoldedText, tagger: Tagger) -> Iterator[Finding]:
    """Yield names of persons as one model sees them."""
    words = words_of(text)
    begins, goes_on = tagger.probabilities(words)
    for least, score in ((TOLD, _TOLD_SCORE), (HIDDEN, _HIDDEN_SCORE)):
        for first, last in _spans(begins, goes_on, least):
            yield from _finding(text, words[first:last], score)


def _spans(
    begins: Probabilities, goes_on: Probabilities, least: float
) -> Iterator[tuple[int, int]]:
    """Yield stretches of words that are names; a name that begins ends the one before it."""
    inside = (begins + goes_on) >= least
    starts = inside & (begins > goes_on)
    first: int | None = None
    for at in range(len(inside)):
        if first is not None and (not inside[at] or starts[at]):
            yield first, at
            first = None
        if inside[at] and first is None:
            first = at
    if first is not None:
        yield first, len(inside)


def _finding(text: FoldedText, words: list[Word], score: float) -> Iterator[Finding]:
    while words and words[-1].lower in _INNER:
        words = words[:-1]
    while words and words[0].lower in _INNER:
        words = words[1:]
    if not any(word.lower[0].isalpha() for word in words) or _is_markup(text, words):
        return
    value = " ".join(word.lower for word in words if word.lower[0].isalpha())
    yield Finding(Kind.PERSON, *text.place(words[0].start, words[-1].end), value, score)


def _is_markup(text: FoldedText, words: list[Word]) -> bool:
    """Tell whether a word stands alone in brackets of XML: the name of a field."""
    before, after = (
        text.plain[max(words[0].start - 1, 0) : words[0].start],
        text.plain[words[-1].end : words[-1].end + 1],
    )
    return before in {"<", "/"} and after == ">"


@cache
def _tagger() -> Tagger:
    file = files("cogep_assist.core.pii.names").joinpath("names.model").read_bytes()
    return Tagger(read_model(file))
