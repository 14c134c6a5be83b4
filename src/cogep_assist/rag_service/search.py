"""Find passages for somebody."""

import time

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Visibility
from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.schemas import SamePassage, SearchReply, SearchResult, SearchWarning
from cogep_assist.rag_service.searchable import searchable_collections
from cogep_assist.retrieval.search import Hit, SearchFilters, investigate


async def search_passages(
    session: AsyncSession,
    principal: Principal,
    query: str,
    *,
    k: int = 10,
    collection: str | None = None,
    visibility: Visibility | None = None,
    filters: SearchFilters | None = None,
) -> SearchReply:
    """Return the k passages nearest to a query, of what somebody may see.

    Raises AppError("role_not_allowed"|"collection_not_found"|"search_invalid_limit").
    """
    principal.require(Act.SEARCH)
    began = time.perf_counter()
    collections = await searchable_collections(session, principal, collection, visibility)
    found = await investigate(session, query, collections, k=k, filters=filters or SearchFilters())
    return SearchReply(
        query=query,
        took_ms=round((time.perf_counter() - began) * 1000),
        results=[_result(hit) for hit in found.hits],
        warnings=[
            SearchWarning(code=code, message=AppError(code).message) for code in found.warnings
        ],
    )


def _result(hit: Hit) -> SearchResult:
    return SearchResult(
        chunk_id=hit.chunk_id,
        document_id=hit.document_id,
        version=hit.version,
        title=hit.title,
        uri=hit.uri,
        heading=hit.heading,
        page=hit.page,
        text=hit.text,
        start=hit.start,
        end=hit.end,
        score=hit.score,
        also_in=[_same(other) for other in hit.also_in],
    )


def _same(hit: Hit) -> SamePassage:
    return SamePassage(
        chunk_id=hit.chunk_id,
        document_id=hit.document_id,
        version=hit.version,
        title=hit.title,
        uri=hit.uri,
        page=hit.page,
        start=hit.start,
        end=hit.end,
    )
