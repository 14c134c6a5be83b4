"""Texts as rows of tokens, to be laid beside each other. Pure.

A token is a stem, a number as it is meant, or the letter of "Bloco A".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cogep_assist.answering.grounding_numbers import (
    MONTHS,
    NUMBER_WORDS,
    ORDINALS,
    blank_dates,
    read_numbers,
)
from cogep_assist.answering.grounding_synonyms import SAME, covered, groups_of
from cogep_assist.answering.grounding_words import ARTICLES, LIGHT
from cogep_assist.retrieval.portuguese import STOPWORDS, fold, stem

_SENTENCE = re.compile(r"\n|;|(?<=\D)[.!?](?=\s|$)|(?<=\d)[.!?](?=\s+\D|$)")
_UNIT = re.compile(r",? (?:e|mas|porém|enquanto|ou)(?= )", re.IGNORECASE)
_WORD = re.compile(r"§[a-z]|[^\W\d_]+(?:-[^\W\d_]+)*")
_LETTER = re.compile(r"(?<=[a-zà-ÿ]{3} )([A-Z])(?![\w'’$-]|\.\s[A-Z])")
_PREFIXED = re.compile(r"\b(pos|pre|ex|vice|anti|nao|recem|sub|co)-(?=[^\W\d_]{3})")
_UNSAID = STOPWORDS | {"eh"}
_NUMBERED = frozenset(NUMBER_WORDS)
_AGENT = re.compile(r"([^\W\d_]{4,}?)(?:(?<!me)nte|dor|dora)e?s?")
_NUMERIC_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?![\d/-])")
# "às teóricas, facultativa": what is said of it stands before.
_ELLIPTIC = re.compile(r"^\W*\w[\w ]*, (?:o |a )?\w+$")
_LEAST_SHARED = 0.5


@dataclass(frozen=True, eq=False)
class Stretch:
    """A piece of text as a row of tokens. Two are alike only where they are one."""

    text: str
    tokens: tuple[str, ...]
    # The end of what each token was read from, with what leads into it.
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence, whole and in the stretches that "e" joins."""

    whole: Stretch
    parts: tuple[Stretch, ...]

    @property
    def opens_with_a_noun(self) -> bool:
        """Whether it begins with an article and so has a subject of its own."""
        first = self.whole.text.split(maxsplit=1)[:1]
        return bool(first) and first[0] in ARTICLES


@lru_cache(maxsize=4096)
def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Read a text sentence by sentence."""
    return tuple(_sentence(part) for part in _SENTENCE.split(text) if part and part.strip())


@lru_cache(maxsize=4096)
def read_stretch(text: str) -> Stretch:
    """Read a text as one row of tokens."""
    folded = spelled(text)
    found = list(_tokens(folded))
    return Stretch(
        folded.strip(" ,"), tuple(token for token, _ in found), tuple(word for _, word in found)
    )


@lru_cache(maxsize=2048)
def spelled(text: str) -> str:
    """Fold a text; "é" stays apart from "e", a letter that names a thing from an article."""
    text = _LETTER.sub(lambda match: f"§{match[1].lower()}", text)
    folded = _PREFIXED.sub(r"\1", fold(re.sub(r"(?i)\bé\b", "eh", text)))
    return _NUMERIC_DATE.sub(_with_its_month, folded)


@lru_cache(maxsize=256)
def nearest(claim: Stretch, sentences: tuple[Sentence, ...]) -> Sequence[tuple[Sentence, Stretch]]:
    """Return the stretches that share most with a claim, if any shares half of it.

    One that a claim repeats whole is near as well: "rejeitou as de 2022" says little by itself.
    """
    scored = [
        (sum(holds(part.tokens, token) for token in claim.tokens), sentence, part)
        for sentence in sentences
        for part in sentence.parts
    ]
    best = max((score for score, _, _ in scored), default=0)
    if len(claim.tokens) < 2 or best < _LEAST_SHARED * len(claim.tokens):
        return []
    return [
        (sentence, part)
        for score, sentence, part in scored
        if score == best
        or (score > (not _ELLIPTIC.search(part.text)) and all_in(part.tokens, claim.tokens))
    ]


def repeated(claim: Stretch, sentences: tuple[Sentence, ...]) -> list[tuple[Sentence, Stretch]]:
    """Return the sentences that hold all of a claim, however little that is."""
    return [
        (sentence, sentence.whole)
        for sentence in sentences
        if claim.tokens and all_in(claim.tokens, sentence.whole.tokens)
    ]


def all_in(tokens: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether every token has its like among others."""
    return all(holds(others, token) for token in tokens)


def holds(tokens: Sequence[str], token: str) -> bool:
    """Tell whether a token has its like among others."""
    if token in tokens:
        return True
    if token[0] in "#§":
        return False
    held, groups = _stems_of(tuple(tokens))
    return covered(token, held, groups)


@lru_cache(maxsize=65536)
def same(one: str, other: str) -> bool:
    """Tell whether two tokens say the same."""
    if one[0] in "#§" or other[0] in "#§":
        return one == other
    held = frozenset((other,))
    return covered(one, held, groups_of(held))


@lru_cache(maxsize=4096)
def _stems_of(tokens: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the tokens that are stems, and the groups of the same meaning that they stand in."""
    held = frozenset(token for token in tokens if token[0] not in "#§")
    return held, groups_of(held)


@lru_cache(maxsize=4096)
def _sentence(text: str) -> Sentence:
    whole = read_stretch(text)
    return Sentence(whole, tuple(_parts(text)) or (whole,))


def _parts(text: str) -> Iterator[Stretch]:
    """Yield what "e" joins; what is too short to say anything stays with what is before it."""
    begin = 0
    held: Stretch | None = None
    for match in (*_UNIT.finditer(text), None):
        end = match.start() if match else len(text)
        stretch = read_stretch(text[begin:end])
        if match and (len(stretch.tokens) < 2 or _is_one_number(text, match)):
            continue
        if held is not None and len(stretch.tokens) < 2:
            held = read_stretch(f"{held.text} {stretch.text}")
        else:
            if held is not None:
                yield held
            held = stretch
        begin = end
    if held is not None:
        yield held


def _is_one_number(text: str, joint: re.Match[str]) -> bool:
    before, after = fold(text[: joint.start()]).split(), fold(text[joint.end() :]).split()
    return bool(before and after) and before[-1] in _NUMBERED and after[0] in _NUMBERED


def _tokens(folded: str) -> Iterator[tuple[str, str]]:
    """Yield each token and the word that it was read from, with the word before it."""
    found: list[tuple[int, str, str]] = []
    for number in read_numbers(blank_dates(folded)):
        word = _WORD.match(folded, number.start)
        ordinal = "o" if word and word.group() in ORDINALS else ""
        found.append((number.start, f"#{ordinal}{number.value}", ""))
    before = ""
    for match in _WORD.finditer(folded):
        written = match.group()
        if written[0] == "§":
            found.append((match.start(), written, written))
        elif written in MONTHS:
            found.append((match.start(), f"#{written}", written))
        elif written not in _UNSAID and written not in NUMBER_WORDS and stem(written) not in LIGHT:
            found.append((match.start(), _named_role(written), f"{before} {written}"))
        before = written
    return ((token, word) for _, token, word in sorted(found) if len(token) > 1)


def _named_role(word: str) -> str:
    """Return a word's stem; "seguradora" stays apart from "segurado"."""
    found = stem(word)
    agent = _AGENT.fullmatch(word)
    return f"§{agent[1]}" if agent and found not in SAME else found


def _with_its_month(match: re.Match[str]) -> str:
    month = int(match[2])
    return f"{match[1]} de {MONTHS[month - 1]} de {match[3]}" if 1 <= month <= 12 else match[0]
