"""Find the passages that answer a question, among the collections that a person may see."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.errors import AppError
from cogep_assist.core.metrics import SEARCH_SECONDS
from cogep_assist.core.one_moment import one_moment
from cogep_assist.retrieval.candidates import CandidateFinder, LivePassages
from cogep_assist.retrieval.dense import open_dense
from cogep_assist.retrieval.duplicates import collapse
from cogep_assist.retrieval.fusion import DENSE_WEIGHT, with_similarity
from cogep_assist.retrieval.hit import FUSION, Findings, Hit, SearchFilters
from cogep_assist.retrieval.index_reader import IndexChangedError, open_index
from cogep_assist.retrieval.lexical import score_passages
from cogep_assist.retrieval.postings import Floats
from cogep_assist.retrieval.query_models import VECTORS_AWAY, QueryVector, models_in_use
from cogep_assist.retrieval.rerank import reranked
from cogep_assist.retrieval.rescore import Place, fuse, legs, weighted
from cogep_assist.retrieval.weigh import LONGEST_QUESTION, asked_words, beside, weigh

__all__ = ["Findings", "Hit", "SearchFilters", "investigate", "search"]

RESCORED = 200
DENSE_CANDIDATES = 100
_FILLING = "search_vectors_filling"
MOST_RESULTS = 1_000
_ATTEMPTS = 4
_NO_FILTERS = SearchFilters()


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
    meanwhile is found once, in its old or its new version, because the search starts again when
    what it scored is gone as the passages are read, and at last looks at one moment of the base.
    """
    if not 1 <= k <= MOST_RESULTS:
        raise AppError("search_invalid_limit", limit=k, most=MOST_RESULTS)
    began = time.perf_counter()
    question = query[:LONGEST_QUESTION]
    asked = asked_words(question)
    if not asked or not collection_ids:
        return Findings((), (), 0)
    if session.new or session.dirty or session.deleted:
        await session.flush()
    driver = await driver_connection(session)
    look = _Look(driver, question, asked, list(collection_ids), k, filters, explain)
    async with _vector_of(question) as vector:
        found = await _find_however_busy(look, vector)
    SEARCH_SECONDS.observe(time.perf_counter() - began)
    return found


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


async def _find_however_busy(
    look: _Look, vector: "asyncio.Task[QueryVector | None] | None"
) -> Findings:
    for _ in range(_ATTEMPTS):
        with suppress(IndexChangedError):
            return await _find(look, vector, strict=True)
    # Commits come faster than searches.
    async with one_moment(look.driver) as still:
        try:
            # Where there is none, because this transaction has written, it takes what it sees.
            return await _find(replace(look, driver=still or look.driver), vector, strict=False)
        except IndexChangedError:
            raise AppError("search_index_busy") from None


async def _find(
    look: _Look, vector: "asyncio.Task[QueryVector | None] | None", *, strict: bool
) -> Findings:
    index = await open_index(look.driver, look.collections)
    if not index.chunk_count:
        return Findings((), (), 0)
    asked = await weigh(look.driver, look.asked, look.collections, index)
    scores = await beside(
        lambda: score_passages(
            asked.postings,
            asked.weights,
            chunk_count=index.chunk_count,
            token_total=index.token_total,
        )
    )
    finder = CandidateFinder(look.driver, index, look.collections, look.filters, strict=strict)
    live = await finder.find(scores, max(look.k, RESCORED))
    cosines, warnings = None, []
    if vector is not None:
        cosines, warning = await _add_nearest(look, await vector, finder, scores, live)
        warnings = [warning] if warning else []
    rarity = asked.rarity(index.chunk_count)
    ranked = await beside(lambda: _ranked(look, live, rarity, cosines))
    ranked, warning = await reranked(models_in_use(), look.question, ranked)
    if warning:
        warnings.append(warning)
    return Findings(tuple(ranked[: look.k]), asked.terms, index.chunk_count, tuple(warnings))


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
    known = await dense.similarities([passage.chunk_id for passage in live.passages])
    cosines = [known.get(passage.chunk_id, np.nan) for passage in live.passages]
    return np.array(cosines, dtype=np.float32), None


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


def _ranked(
    look: _Look, live: LivePassages, rarity: dict[str, float], cosines: Floats | None
) -> list[Hit]:
    """Rank the candidates, fold duplicates into the best of each, and return the first."""
    if not live.passages:
        return []
    texts = [f"{one.title}\n{one.heading}\n{one.text}" for one in live.passages]
    places = [Place(one.version_id.int, one.start, one.end) for one in live.passages]
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
            live.passages[place].hit(
                round(float(fused[place]), 6),
                _legs_of(spoke, cosines, place, float(fused[place])) if look.explain else {},
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
