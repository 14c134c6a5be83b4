"""Find the passages that answer a question, among the collections that a person may see."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.metrics import SEARCH_SECONDS
from cogep_assist.retrieval.candidates import CandidateFinder, LivePassages
from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit, SearchFilters
from cogep_assist.retrieval.index_reader import IndexChangedError, IndexReader, open_index
from cogep_assist.retrieval.lexical import TermPostings, score_passages
from cogep_assist.retrieval.portuguese import stem, words
from cogep_assist.retrieval.postings import Floats
from cogep_assist.retrieval.rescore import rescore
from cogep_assist.retrieval.vocabulary import EXPANSION_WEIGHT, nearest

__all__ = ["Findings", "Hit", "SearchFilters", "investigate", "search"]

RESCORED = 200
MOST_RESULTS = 1_000
_LONGEST_QUESTION = 10_000
_MOST_TERMS = 64
_ATTEMPTS = 8
_Result = TypeVar("_Result")
_NO_FILTERS = SearchFilters()
# Scoring is numpy work of a few milliseconds; beside the event loop it delays nobody else.
_scoring = ThreadPoolExecutor(max_workers=2, thread_name_prefix="search")


async def search(
    session: AsyncSession,
    query: str,
    collection_ids: Sequence[UUID],
    *,
    k: int = 10,
    filters: SearchFilters = _NO_FILTERS,
) -> list[Hit]:
    """Return the k best passages of these collections, best first.

    ``collection_ids`` is what the person may see: nothing else is read, not even for idf.
    Raise AppError("search_invalid_limit") unless k is 1 to 1,000.
    """
    findings = await investigate(session, query, collection_ids, k=k, filters=filters)
    return list(findings.hits)


async def investigate(
    session: AsyncSession,
    query: str,
    collection_ids: Sequence[UUID],
    *,
    k: int = 10,
    filters: SearchFilters = _NO_FILTERS,
) -> Findings:
    """Search, and tell what the collections know of the question's words as well.

    All is judged at one moment, whatever the transaction's isolation: a document that is replaced
    meanwhile is found once, in its old or its new version, because the search starts again when the
    statement that reads the passages sees other segments than those that were scored.
    """
    if not 1 <= k <= MOST_RESULTS:
        raise AppError("search_invalid_limit", limit=k, most=MOST_RESULTS)
    began = time.perf_counter()
    question = query[:_LONGEST_QUESTION]
    asked = _asked_words(question)
    if not asked or not collection_ids:
        return Findings((), (), 0)
    await session.flush()
    driver = await driver_connection(session)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            # Where commits come faster than searches, the last look takes what it sees.
            strict = attempt < _ATTEMPTS
            found = await _look(driver, question, asked, list(collection_ids), k, filters, strict)
        except IndexChangedError:
            continue
        SEARCH_SECONDS.observe(time.perf_counter() - began)
        return found
    raise AppError("search_index_busy")


async def _look(
    driver: AsyncConnection[Any],
    question: str,
    asked: dict[str, tuple[str, int]],
    collections: list[UUID],
    k: int,
    filters: SearchFilters,
    strict: bool,
) -> Findings:
    index = await open_index(driver, collections)
    if not index.chunk_count:
        return Findings((), (), 0)
    postings, weights, terms = await _weigh(index, asked)
    scores = await _beside(
        lambda: score_passages(
            postings, weights, chunk_count=index.chunk_count, token_total=index.token_total
        )
    )
    finder = CandidateFinder(driver, index, collections, filters, strict=strict)
    live = await finder.find(scores, max(k, RESCORED))
    ranked = await _beside(lambda: _ranked(question, live, k))
    return Findings(ranked, terms, index.chunk_count)


async def _weigh(
    index: IndexReader, asked: dict[str, tuple[str, int]]
) -> tuple[dict[str, list[TermPostings]], dict[str, float], list[AskedTerm]]:
    """Look the terms up, and let the nearest known words stand in for an unknown one."""
    postings = await index.postings(asked)
    weights = {term: float(count) for term, (_, count) in asked.items()}
    stand_ins: dict[str, dict[str, float]] = {}
    unknown = [term for term in asked if term not in postings]
    if unknown:
        vocabularies = await index.vocabularies()
        stand_ins = await _beside(lambda: {term: nearest(term, vocabularies) for term in unknown})
        near = {name for names in stand_ins.values() for name in names}
        postings |= await index.postings(near - postings.keys())
        for term, names in stand_ins.items():
            for name, similarity in names.items():
                weight = EXPANSION_WEIGHT * similarity * asked[term][1]
                weights[name] = weights.get(name, 0.0) + weight
    terms = [
        AskedTerm(word, term, _frequency(postings.get(term, ())), tuple(stand_ins.get(term, ())))
        for term, (word, _) in asked.items()
    ]
    return postings, weights, terms


def _asked_words(question: str) -> dict[str, tuple[str, int]]:
    """Return term -> (word as asked, how often), the first 64 distinct terms."""
    asked = words(question)
    counts = Counter(stem(word) for word in asked)
    spelled: dict[str, str] = {}
    for word in asked:
        spelled.setdefault(stem(word), word)
    return {term: (spelled[term], counts[term]) for term in list(counts)[:_MOST_TERMS]}


def _frequency(parts: Sequence[TermPostings]) -> int:
    return sum(len(part.offsets) for part in parts)


def _ranked(question: str, live: LivePassages, k: int) -> list[Hit]:
    if not live.hits:
        return []
    texts = [f"{hit.title}\n{hit.heading}\n{hit.text}" for hit in live.hits]
    fused: Floats = rescore(question, texts, np.array(live.scores, dtype=np.float32))
    order = np.argsort(-fused, kind="stable")[:k].tolist()
    return [replace(live.hits[place], score=round(float(fused[place]), 6)) for place in order]


async def _beside(work: Callable[[], _Result]) -> _Result:
    return await asyncio.get_running_loop().run_in_executor(_scoring, work)
