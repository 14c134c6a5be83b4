"""What a question is about: its words with their places, and those that name its topic. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cogep_assist.rag_service.followup_words import (
    ANAPHORS,
    ATTRIBUTES,
    DEMONSTRATIVES,
    EMPTY,
    EMPTY_NOUNS,
    FINITE_VERBS,
    NOUNS_IN_R,
    PREPOSITIONS,
    STATES,
)
from cogep_assist.retrieval.portuguese import fold, stem

_WORD = re.compile(r"[^\W_]+(?:[-–'’./][^\W_]+)*")
_BREAK = re.compile(r"[,;:.!?()—]")
_CLITIC = re.compile(r"-(?:[ln]?[oa]s?|lhes?|se|me|nos)$")
_INFINITIVE = re.compile(r"^[a-z]{2,}(?:[aei]r|por)$")


@dataclass(frozen=True)
class Word:
    """A word of a question, where it stands, and whether a clause ends after it."""

    text: str
    start: int
    end: int
    breaks: bool

    @cached_property
    def folded(self) -> str:
        """The word in lower case without accents."""
        return fold(self.text)

    @cached_property
    def stem(self) -> str:
        """What two forms of the word share."""
        return stem(_CLITIC.sub("", self.folded))

    @property
    def is_name(self) -> bool:
        """Whether it is written as a name, an acronym or a number."""
        return self.text[:1].isupper() or self.text[:1].isdigit()

    @cached_property
    def is_verb(self) -> bool:
        """Whether it looks like a verb: a guess by its ending."""
        bare = _CLITIC.sub("", self.folded)
        if bare in FINITE_VERBS or self.folded != bare:
            return True
        return bool(_INFINITIVE.match(bare)) and bare not in NOUNS_IN_R and not self.is_name


def read_words(text: str) -> list[Word]:
    """Return the words of a text with their places."""
    found = []
    matches = list(_WORD.finditer(text))
    for place, match in enumerate(matches):
        until = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        gap = text[match.end() : until]
        found.append(Word(match.group(), match.start(), match.end(), bool(_BREAK.search(gap))))
    return found


def content(words: Sequence[Word]) -> list[Word]:
    """Return the words that say what a question is about, neither asking nor pointing."""
    kept: list[Word] = []
    for place, word in enumerate(words):
        if _is_content(word) or (kept and _completes(words, place, kept[-1])):
            kept.append(word)
    return kept


def _is_content(word: Word) -> bool:
    return not any(
        word.folded in closed
        for closed in (EMPTY, ATTRIBUTES, ANAPHORS, DEMONSTRATIVES, EMPTY_NOUNS)
    )


def _completes(words: Sequence[Word], place: int, last: Word) -> bool:
    """Tell whether an attribute is part of a name, as the hours of "banco de horas"."""
    return (
        place > 1
        and words[place].folded in ATTRIBUTES
        and words[place - 1].folded == "de"
        and words[place - 2] is last
        and not last.is_verb
    )


def topic_words(words: Sequence[Word]) -> list[Word]:
    """Return the words that name the topic, without verbs and states if any other is left."""
    about = content(words)
    named = [word for word in about if not word.is_verb and word.folded not in STATES]
    return named or about


def surface(text: str, words: Sequence[Word]) -> str:
    """Write words as the text did, with the small words that joined neighbours."""
    parts: list[str] = []
    for place, word in enumerate(words):
        if place:
            between = text[words[place - 1].end : word.start]
            joined = all(
                fold(small) in PREPOSITIONS or fold(small) in {"o", "a", "os", "as", "e"}
                for small in between.split()
            )
            parts.append(between if joined and not _BREAK.search(between) else ", ")
        parts.append(word.text)
    return "".join(parts)
