"""The same search seen leg by leg: what words, 4-grams and vectors would have put first."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.searchable import searchable_collections
from cogep_assist.retrieval.hit import FUSION, RERANK
from cogep_assist.retrieval.search import Hit, investigate

# As many candidates are ranked; each leg orders these.
CANDIDATES = 100
LEGS = ("words", "grams", "vectors")
RANKINGS = (*LEGS, FUSION)
# In hundredths: what a leg counts for where somebody tries other weights than the product's.
FULL = 100


@dataclass(frozen=True, slots=True)
class ExplainedSearch:
    """The ranking of the answers and each leg's own; a leg that took no part has none."""

    fused: Sequence[Hit]
    legs: dict[str, Sequence[Hit]]
    warnings: Sequence[str]
    took_ms: int
    # Whether a reranker set the final order; FUSION is the order that it found.
    reranked: bool = False


async def explained_search(
    session: AsyncSession,
    principal: Principal,
    query: str,
    *,
    k: int = 10,
    collection: str | None = None,
    weights: Mapping[str, int] | None = None,
) -> ExplainedSearch:
    """Search once and rank the candidates by each leg besides.

    ``weights``: how much each leg counts, in hundredths, instead of the ranking of the answers;
    each leg is brought to its best hit first, so that weights mean the same for all.

    Raises AppError("role_not_allowed"|"collection_not_found").
    """
    principal.require(Act.READ_EVALUATIONS)
    began = time.perf_counter()
    collections = await searchable_collections(session, principal, collection)
    found = await investigate(session, query, collections, k=CANDIDATES, explain=True)
    return ExplainedSearch(
        fused=(found.hits if weights is None else _weighed(found.hits, weights))[:k],
        legs={leg: _by_leg(found.hits, leg)[:k] for leg in RANKINGS},
        reranked=any(RERANK in hit.legs for hit in found.hits),
        warnings=[AppError(code).message for code in found.warnings],
        took_ms=round((time.perf_counter() - began) * 1000),
    )


def _weighed(hits: Sequence[Hit], weights: Mapping[str, int]) -> list[Hit]:
    best = {leg: max((hit.legs.get(leg, 0.0) for hit in hits), default=0.0) for leg in LEGS}
    told = [leg for leg in LEGS if best[leg] > 0 and weights.get(leg, 0) > 0]
    whole = sum(weights[leg] for leg in told) or FULL

    def score(hit: Hit) -> float:
        return sum(weights[leg] * hit.legs.get(leg, 0.0) / best[leg] for leg in told) / whole

    scored = [replace(hit, score=score(hit)) for hit in hits]
    return sorted((hit for hit in scored if hit.score > 0), key=lambda hit: -hit.score)


def _by_leg(hits: Sequence[Hit], leg: str) -> list[Hit]:
    told = [hit for hit in hits if hit.legs.get(leg, 0.0) > 0]
    return sorted(told, key=lambda hit: -hit.legs[leg])
