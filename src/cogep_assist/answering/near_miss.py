"""Tell where passages speak of the like of what was asked, and not of that itself. Pure.

"Religação de esgoto" is asked and the passage says what "religação de água" costs: nearly every
word is there, and the answer would be another's. What narrows a question down is held to what
narrows down the sentences that answer: the year, the kind, and a word with what describes it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from cogep_assist.answering.extract import ExtractedAnswer
from cogep_assist.answering.frame_words import asked_factor
from cogep_assist.answering.grounding_synonyms import covered, groups_of
from cogep_assist.answering.kinds import kinds_of
from cogep_assist.answering.narrowed import YEAR, Narrowed, narrowed
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.everyday_words import documents_words
from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit
from cogep_assist.retrieval.portuguese import fold, other_number, stem, words

_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n")
_YEARS = re.compile(rf"(?<![\d.,/]){YEAR.pattern}(?![\d.,]\d)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PREFIXED = re.compile(r"\b(?:vice|ex|sub|co|pre|pro)-?([^\W\d_]{4,})")
# A word whose weight shrinks to less than this only frames the question.
_SUBSTANCE = 0.5
# So alike are two spellings of a name; shorter ones are told apart by a letter.
_SAME_NAME, _LEAST_NAME = 0.75, 4
Terms = frozenset[str]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What the passages speak of instead: of ``found``, and not of ``asked``.

    Another year, kind, office or name is ``surely`` another thing; other words beside the same one
    may only be other words for it.
    """

    asked: str
    found: str
    surely: bool = True


def near_miss(question: str, findings: Findings, answer: ExtractedAnswer) -> NearMiss | None:
    """Return what an answer says of another thing than the one asked about, None if it does not."""
    said = _Said.of(answer)
    found = (*_another_year(question, said), *_another_office(question, said))
    found += (*_another_kind(question, said), *_narrowed_otherwise(question, findings, said))
    return max(found, key=lambda one: one.surely, default=None)


@dataclass(frozen=True, slots=True)
class _Said:
    """The passages of an answer, each with its sentences, and what is quoted of them."""

    hits: Sequence[Hit]
    quotes: Sequence[str]

    @classmethod
    def of(cls, answer: ExtractedAnswer) -> "_Said":
        hits = {one.hit.chunk_id: one.hit for one in answer.sentences}
        return cls([*hits.values()], [one.quote for one in answer.sentences])

    @property
    def around(self) -> Terms:
        return _union(_terms(f"{_headed(hit)}\n{hit.text}") for hit in self.hits)

    @property
    def quoted(self) -> Terms:
        return _union(_terms(quote) for quote in self.quotes)

    def first(self, terms: Terms) -> str:
        """Return the first word of the quotes that is one of these terms, as it is written."""
        found = (word for quote in self.quotes for word in _written(quote))
        return next((word for word in found if stem(fold(word)) in terms), "")


def _another_year(question: str, said: _Said) -> Iterator[NearMiss]:
    texts = [f"{_headed(hit)}\n{hit.text}" for hit in said.hits]
    told = [year for text in texts for year in _YEARS.findall(text)]
    for year in _YEARS.findall(question):
        if told and not any(year in text for text in texts):
            yield NearMiss(year, told[0])


def _another_office(question: str, said: _Said) -> Iterator[NearMiss]:
    """Yield a "vice-coordenador" where only a "coordenador" is told of."""
    written = {fold(word): word for word in _WORD.findall(question)}
    for word, typed in written.items():
        office = _PREFIXED.fullmatch(word)
        if not office or stem(word.replace("-", "")) in said.around:
            continue
        if "-" in word and stem(office[1]) in said.quoted:
            yield NearMiss(typed, said.first(frozenset((stem(office[1]),))))


def _another_kind(question: str, said: _Said) -> Iterator[NearMiss]:
    """Yield what is asked of one of a kind and told only of others: "doutorado", "mestrado"."""
    around, quoted = said.around, said.quoted
    written = {stem(fold(word).replace("-", "")): word for word in _written(question)}
    for term, word in written.items():
        kinds = kinds_of(term)
        if not kinds or _told(_alike(term, fold(word)), around):
            continue
        if any(not own.isdisjoint(around) for own, _ in kinds):
            continue
        others = _union(others for _, others in kinds) - written.keys()
        if found := said.first(others & quoted):
            yield NearMiss(word, found)


def _narrowed_otherwise(question: str, findings: Findings, said: _Said) -> Iterator[NearMiss]:
    """Yield a word that the sentences that have it narrow down to another than the one asked."""
    about = asked_terms(question)
    terms = {one.term: one for one in findings.terms}
    for pair in narrowed(question):
        term = terms.get(stem(pair.by.replace("-", "")))
        if term is None or term.term not in about or asked_factor(term) < _SUBSTANCE:
            continue
        if not _is_all_that_lacks(term, findings, about, said):
            continue
        others = [other for other in _others(pair, term, said) if stem(other.by) not in about]
        if others:
            named = all(
                other.named
                and (pair.named or other.link == pair.link != "")
                and not _is_misspelt(pair.by, other.by)
                for other in others
            )
            yield NearMiss(pair.phrase, others[0].phrase, surely=named)


def _is_misspelt(asked: str, told: str) -> bool:
    """Tell whether a name may be the other one in another spelling: "Hamza", "Hamaz"."""
    one, other = fold(asked), fold(told)
    if min(len(one), len(other)) < _LEAST_NAME or one[0] != other[0]:
        return False
    return SequenceMatcher(None, one, other).ratio() >= _SAME_NAME


def _is_all_that_lacks(
    term: AskedTerm, findings: Findings, about: Iterable[str], said: _Said
) -> bool:
    """Tell whether all else that a question is about is told: the answer is near, or no answer."""
    rest = [
        one
        for one in findings.terms
        if one is not term and one.term in about and asked_factor(one) >= _SUBSTANCE
    ]
    return all(
        _told(_alike(one.term, one.word) | frozenset(one.stand_ins), said.around) for one in rest
    )


def _others(pair: Narrowed, term: AskedTerm, said: _Said) -> list[Narrowed]:
    """Return how the quoted sentences narrow a word down, none where one does as the question."""
    like = _alike(term.term, term.word) | frozenset(term.stand_ins)
    found: list[Narrowed] = []
    for hit in said.hits:
        if _told(like, _terms(_headed(hit))):
            return []
        sentences = [
            one for one in _SENTENCE.split(hit.text) if _told({stem(pair.head)}, _terms(one))
        ]
        if any(_told(like, _terms(one)) for one in sentences):
            return []
        own = [
            other
            for one in sentences
            if any(_overlap(one, quote) for quote in said.quotes)
            for other in narrowed(one)
            if pair.is_like(other)
        ]
        if _told(like, _terms(hit.text)):
            # The thing is spoken of here: only as plain words as these take the word from it.
            own = [other for other in own if pair.link == other.link != ""]
            if not own:
                return []
        found += own
    return found


def _written(text: str) -> Iterator[str]:
    """Yield the words of a text, and of "auxílio-moradia" also what it is made of."""
    for word in _WORD.findall(text):
        yield word
        if "-" in word and not kinds_of(stem(fold(word).replace("-", ""))):
            yield from word.split("-")


def _alike(term: str, word: str) -> Terms:
    return frozenset((term, *map(stem, documents_words(word))))


def _overlap(sentence: str, quote: str) -> bool:
    return sentence.strip() in quote or quote.strip() in sentence


def _told(like: Iterable[str], held: Terms) -> bool:
    groups = groups_of(held)
    return any(covered(term, held, groups) for term in like)


def _headed(hit: Hit) -> str:
    return f"{hit.title}\n{hit.heading}"


def _union(sets: Iterable[Terms]) -> Terms:
    return frozenset[str]().union(*sets)


@lru_cache(maxsize=2048)
def _terms(text: str) -> Terms:
    said = words(text)
    return frozenset((*map(stem, said), *(other for other in map(other_number, said) if other)))
