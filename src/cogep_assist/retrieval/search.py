"""Find the passages that answer a question, among the collections that a person may see."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.metrics import SEARCH_SECONDS
from cogep_assist.retrieval.candidates import CandidateFinder, LivePassages
from cogep_assist.retrieval.dense import open_dense
from cogep_assist.retrieval.duplicates import collapse
from cogep_assist.retrieval.fusion import DENSE_WEIGHT, with_similarity
from cogep_assist.retrieval.hit import FUSION, AskedTerm, Findings, Hit, SearchFilters
from cogep_assist.retrieval.index_reader import IndexChangedError, IndexReader, open_index
from cogep_assist.retrieval.lexical import TermPostings, inverse_frequency, score_passages
from cogep_assist.retrieval.portuguese import stem, words
from cogep_assist.retrieval.postings import Floats
from cogep_assist.retrieval.query_models import VECTORS_AWAY, QueryVector, models_in_use
from cogep_assist.retrieval.rerank import reranked
from cogep_assist.retrieval.rescore import Place, fuse, legs, weighted
from cogep_assist.retrieval.synonyms import meanings, stand_ins_of
from cogep_assist.retrieval.vocabulary import EXPANSION_WEIGHT, nearest

__all__ = ["Findings", "Hit", "SearchFilters", "investigate", "search"]

RESCORED = 200
DENSE_CANDIDATES = 100
_FILLING = "search_vectors_filling"
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
    explain: bool = False,
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
    look = _Look(driver, question, asked, list(collection_ids), k, filters, explain)
    async with _vector_of(question) as vector:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                # Where commits come faster than searches, the last look takes what it sees.
                found = await _find(look, vector, strict=attempt < _ATTEMPTS)
            except IndexChangedError:
                continue
            SEARCH_SECONDS.observe(time.perf_counter() - began)
            return found
    raise AppError("search_index_busy")


@dataclass(frozen=True, slots=True)
class _Look:
    """What one search asks, over however many attempts."""

    driver: AsyncConnection[Any]
    question: str
    asked: dict[str, tuple[str, int]]
    collections: list[UUID]
    k: int
    filters: SearchFilters
    # Tell with each hit what spoke for it.
    explain: bool = False


async def _find(
    look: _Look, vector: "asyncio.Task[QueryVector | None] | None", *, strict: bool
) -> Findings:
    index = await open_index(look.driver, look.collections)
    if not index.chunk_count:
        return Findings((), (), 0)
    postings, weights, terms = await _weigh(look, index)
    scores = await _beside(
        lambda: score_passages(
            postings, weights, chunk_count=index.chunk_count, token_total=index.token_total
        )
    )
    finder = CandidateFinder(look.driver, index, look.collections, look.filters, strict=strict)
    live = await finder.find(scores, max(look.k, RESCORED))
    cosines, warnings = None, []
    if vector is not None:
        cosines, warning = await _add_nearest(look, await vector, finder, scores, live)
        warnings = [warning] if warning else []
    rarity = {
        term: weight * inverse_frequency(_frequency(postings[term]), index.chunk_count)
        for term, weight in weights.items()
        if term in postings
    }
    ranked = await _beside(lambda: _ranked(look, live, rarity, cosines))
    ranked, warning = await reranked(models_in_use(), look.question, ranked)
    if warning:
        warnings.append(warning)
    return Findings(tuple(ranked[: look.k]), terms, index.chunk_count, tuple(warnings))


async def _add_nearest(
    look: _Look,
    vector: QueryVector | None,
    finder: CandidateFinder,
    scores: Floats,
    live: LivePassages,
) -> tuple[Floats | None, str | None]:
    """Add the passages nearest by vector; return the cosine of each candidate, or a warning."""
    if vector is None:
        return None, VECTORS_AWAY
    dense = await open_dense(look.driver, vector)
    if dense is None:
        return None, _FILLING
    nearest_ids = await dense.find(finder.conditions, len(scores), DENSE_CANDIDATES)
    await finder.add(nearest_ids, scores, live)
    known = await dense.similarities([hit.chunk_id for hit in live.hits])
    cosines = [known.get(hit.chunk_id, np.nan) for hit in live.hits]
    return np.array(cosines, dtype=np.float32), None


async def _weigh(
    look: _Look, index: IndexReader
) -> tuple[dict[str, list[TermPostings]], dict[str, float], list[AskedTerm]]:
    """Look the terms up, with what they also mean; known words stand in for an unknown one."""
    asked = look.asked
    also = await meanings(look.driver, list(asked), look.collections)
    postings = await index.postings(dict.fromkeys([*asked, *also.weights]))
    weights = {term: float(count) for term, (_, count) in asked.items()}
    weights |= {term: weight for term, weight in also.weights.items() if term not in asked}
    stand_ins = {term: stand_ins_of(also, term, postings) for term in asked if term not in postings}
    unknown = [term for term, others in stand_ins.items() if not others]
    if unknown:
        vocabularies = await index.vocabularies()
        near = await _beside(lambda: {term: nearest(term, vocabularies) for term in unknown})
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
    return postings, weights, terms


@asynccontextmanager
async def _vector_of(question: str) -> AsyncIterator["asyncio.Task[QueryVector | None] | None"]:
    """Let the question's vector be made while its words are looked up."""
    models = models_in_use()
    if models is None or not models.makes_vectors:
        yield None
        return
    making = asyncio.create_task(models.vector(question))
    try:
        yield making
    finally:
        making.cancel()


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


def _ranked(
    look: _Look, live: LivePassages, rarity: dict[str, float], cosines: Floats | None
) -> list[Hit]:
    """Rank the candidates, fold duplicates into the best of each, and return the first."""
    if not live.hits:
        return []
    texts = [f"{hit.title}\n{hit.heading}\n{hit.text}" for hit in live.hits]
    places = [Place(hit.version_id, hit.start, hit.end) for hit in live.hits]
    words_alone = np.array(live.scores, dtype=np.float32)
    spoke = legs(look.question, texts, words_alone, places=places, terms=rarity)
    fused: Floats = fuse(*weighted(look.question, spoke))
    models = models_in_use()
    if cosines is not None:
        given = models.weight if models else None
        fused = with_similarity(fused, cosines, DENSE_WEIGHT if given is None else given)
    order = np.argsort(-fused, kind="stable").tolist()
    wanted = max(look.k, models.rerank_top if models and models.reranks else 0)
    return collapse(
        (
            replace(
                live.hits[place],
                score=round(float(fused[place]), 6),
                legs=_legs_of(spoke, cosines, place, float(fused[place])) if look.explain else {},
            )
            for place in order
        ),
        wanted,
    )


def _legs_of(
    spoke: dict[str, Floats], cosines: Floats | None, place: int, fused: float
) -> dict[str, float]:
    """Return what speaks for one candidate; one without a vector has none to tell."""
    told = {name: round(float(scores[place]), 6) for name, scores in spoke.items()}
    told[FUSION] = round(fused, 6)
    if cosines is not None and not np.isnan(cosines[place]):
        told["vectors"] = round(float(cosines[place]), 6)
    return told


async def _beside(work: Callable[[], _Result]) -> _Result:
    return await asyncio.get_running_loop().run_in_executor(_scoring, work)
