"""The words of a question, what they also mean, and where the index holds them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from psycopg import AsyncConnection

from cogep_assist.retrieval.everyday_words import EVERYDAY_WEIGHT, documents_words
from cogep_assist.retrieval.hit import AskedTerm
from cogep_assist.retrieval.index_reader import IndexReader
from cogep_assist.retrieval.lexical import TermPostings, inverse_frequency
from cogep_assist.retrieval.portuguese import other_number, stem, words
from cogep_assist.retrieval.synonyms import meanings, stand_ins_of
from cogep_assist.retrieval.vocabulary import EXPANSION_WEIGHT, nearest

LONGEST_QUESTION = 10_000
_MOST_TERMS = 64
# "Obras" where "obra" was asked.
NUMBER_WEIGHT = 0.8
_Result = TypeVar("_Result")
# Scoring is numpy work of a few milliseconds; beside the event loop it delays nobody else.
_scoring = ThreadPoolExecutor(max_workers=2, thread_name_prefix="search")


@dataclass(frozen=True, slots=True)
class Weighed:
    """Where the terms of a question occur, what each weighs, and what is known of each."""

    postings: dict[str, list[TermPostings]]
    weights: dict[str, float]
    terms: list[AskedTerm]

    def rarity(self, chunk_count: int) -> dict[str, float]:
        """Return the weight of each term that occurs, by how few passages hold it."""
        return {
            term: weight * inverse_frequency(_frequency(self.postings[term]), chunk_count)
            for term, weight in self.weights.items()
            if term in self.postings
        }


def asked_words(question: str) -> dict[str, tuple[str, int]]:
    """Return term -> (word as asked, how often), the first 64 distinct terms."""
    asked = words(question)
    counts = Counter(stem(word) for word in asked)
    spelled: dict[str, str] = {}
    for word in asked:
        spelled.setdefault(stem(word), word)
    return {term: (spelled[term], counts[term]) for term in list(counts)[:_MOST_TERMS]}


async def weigh(
    driver: AsyncConnection[Any],
    asked: Mapping[str, tuple[str, int]],
    collections: Sequence[UUID],
    index: IndexReader,
) -> Weighed:
    """Look the terms up, with what they also mean; known words stand in for an unknown one."""
    also = await meanings(driver, list(asked), collections)
    numbers = {term: other_number(word) for term, (word, _) in asked.items()}
    inflected = {other for other in numbers.values() if other and other not in asked}
    postings = await index.postings(dict.fromkeys([*asked, *also.weights, *sorted(inflected)]))
    weights = {term: float(count) for term, (_, count) in asked.items()}
    weights |= {term: weight for term, weight in also.weights.items() if term not in asked}
    weights |= {other: NUMBER_WEIGHT for other in inflected if other in postings}
    stand_ins = {
        term: (
            *stand_ins_of(also, term, postings),
            *(other for other in (numbers[term],) if other in inflected and other in postings),
        )
        for term in asked
        if term not in postings
    }
    for term, others in (await _instead(asked, stand_ins, postings, index)).items():
        stand_ins[term] = others
        for other in others:
            weights[other] = max(weights.get(other, 0.0), EVERYDAY_WEIGHT)
    unknown = [term for term, others in stand_ins.items() if not others]
    if unknown:
        vocabularies = await index.vocabularies()
        near = await beside(lambda: {term: nearest(term, vocabularies) for term in unknown})
        names = {name for found in near.values() for name in found}
        postings |= await index.postings(names - postings.keys())
        for term, found in near.items():
            stand_ins[term] = tuple(found)
            for name, similarity in found.items():
                weight = EXPANSION_WEIGHT * similarity * asked[term][1]
                weights[name] = weights.get(name, 0.0) + weight
    terms = [
        AskedTerm(word, term, _frequency(postings.get(term, ())), stand_ins.get(term, ()))
        for term, (word, _) in asked.items()
    ]
    return Weighed(postings, weights, terms)


async def _instead(
    asked: Mapping[str, tuple[str, int]],
    stand_ins: Mapping[str, tuple[str, ...]],
    postings: dict[str, list[TermPostings]],
    index: IndexReader,
) -> dict[str, tuple[str, ...]]:
    """Return what documents say instead of each word that none of them holds; add its postings."""
    said = {
        term: tuple(map(stem, documents_words(asked[term][0])))
        for term, others in stand_ins.items()
        if not others
    }
    found = await index.postings({other for others in said.values() for other in others})
    postings |= {term: parts for term, parts in found.items() if term not in postings}
    held = {term: tuple(o for o in others if o in postings) for term, others in said.items()}
    return {term: others for term, others in held.items() if others}


async def beside(work: Callable[[], _Result]) -> _Result:
    """Do some work in a thread for it."""
    return await asyncio.get_running_loop().run_in_executor(_scoring, work)


def _frequency(parts: Sequence[TermPostings]) -> int:
    return sum(len(part.offsets) for part in parts)
