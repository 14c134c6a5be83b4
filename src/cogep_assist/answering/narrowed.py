"""Words and what narrows them down: "religação de esgoto", "certidão criminal". Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cogep_assist.answering.frame_words import frame_factor
from cogep_assist.answering.grounding_numbers import NUMBER_WORDS
from cogep_assist.retrieval.portuguese import STOPWORDS, fold, stem

_TOKEN = re.compile(
    r"\d[\d.,/:h]*|[^\W\d_]+(?:[-’'][^\W\d_]+)*|[^\w\s]",
    re.IGNORECASE,
)
_LINKS = {
    **dict.fromkeys(("de", "da", "do", "das", "dos"), "of"),
    **dict.fromkeys(("em", "no", "na", "nos", "nas"), "in"),
    **dict.fromkeys(("para", "pra"), "for"),
    "com": "with",
    "contra": "against",
}
_ARTICLES = frozenset(("o", "a", "os", "as", "um", "uma", "ao", "aos"))
# What stands between two words that belong to other parts of a sentence.
_PARTS_TEXT = """
principal principais maior maiores menor menores durante sobre segundo conforme sob apos desde
perante mediante atraves exceto salvo pode podem deve devem ser
"""
_PARTS = STOPWORDS | frozenset(_PARTS_TEXT.split())
_INFINITIVE = re.compile(r"\w{2,}[aei]r")
# Endings of words that describe others, plural or not; verbs have few of them.
_DESCRIBING = re.compile(
    r"\w{3,}(?:ai?|i|iv[oa]|ar|[ai]d[oa]|ic[oa]|ari[oa]|orea?|os[oa]|ens[ei]|eir[oa]|ist[ao]"
    r"|an[oa]|ul[oa]|tori[oa]|vel|ent[oe]|ante?)s?|\w{3,}[aiv]l"
)
YEAR = re.compile(r"(?:19|20)\d\d")
_NAME_GOES_ON = re.compile(r"(?:\s+[A-ZÀ-Þ][\w’'-]*)*")
_NO_LINK = "-"
_SUBSTANCE = 0.5


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A word, folded, and what narrows it down: ``phrase`` has both as they are written.

    ``link`` is the class of the preposition between them, "" where there is none.
    """

    head: str
    by: str
    link: str
    phrase: str
    named: bool

    def is_like(self, other: "Narrowed") -> bool:
        """Tell whether the same word is narrowed down in the same way, and to its like.

        A name is told from names, a kind from kinds as well as from names.
        """
        linked = self.link == other.link or {self.link, other.link} <= {"", "of"}
        return linked and stem(self.head) == stem(other.head) and other.named >= self.named


def narrowed(text: str) -> Iterator[Narrowed]:
    """Yield each word of a text with those after it that narrow it down."""
    run: list[tuple[re.Match[str], str]] = []
    link = ""
    for token in _TOKEN.finditer(text):
        word = fold(token.group())
        if word in _LINKS:
            link = _LINKS[word]
        elif word in _ARTICLES:
            link = link or _NO_LINK
        elif not word[:1].isalnum() or (word in _PARTS and not _is_a_saint(token.group())):
            run, link = [], ""
        else:
            yield from _pairs(text, run, link, token)
            run.append((token, link))
            link = ""


def _is_a_saint(word: str) -> bool:
    """Tell "São Miguel" from "são": folded the first is a stopword."""
    return word == "São"


def _pairs(
    text: str, run: list[tuple[re.Match[str], str]], link: str, token: re.Match[str]
) -> Iterator[Narrowed]:
    """Yield a word as what narrows down the word before, and the one that this one describes."""
    if link == _NO_LINK or not _narrows(token.group(), link):
        return
    for head, linked in reversed(run[-2:]):
        if _is_a_thing(head.group()):
            end = _NAME_GOES_ON.match(text, token.end())
            phrase = " ".join(text[head.start() : end.end() if end else token.end()].split())
            named = token.group()[0].isupper()
            yield Narrowed(fold(head.group()), fold(token.group()), link, phrase, named)
        if linked or not _describes(head.group()):
            return


def _narrows(word: str, link: str) -> bool:
    folded = fold(word)
    if YEAR.fullmatch(folded):
        return True
    if not folded.replace("-", "").isalpha() or folded in NUMBER_WORDS:
        return False
    if _INFINITIVE.fullmatch(folded) and link:
        return False
    return bool(link) or (_describes(word) and _has_substance(folded))


def _is_a_thing(word: str) -> bool:
    folded = fold(word)
    plain = folded.replace("-", "").isalpha() and not _INFINITIVE.fullmatch(folded)
    return plain and _has_substance(folded)


def _has_substance(folded: str) -> bool:
    return frame_factor(stem(folded)) >= _SUBSTANCE


def _describes(word: str) -> bool:
    return word[0].isupper() or bool(_DESCRIBING.fullmatch(fold(word)))
