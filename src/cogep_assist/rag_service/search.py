"""Find passages for somebody."""

import time

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.schemas import SearchReply, SearchResult
from cogep_assist.rag_service.searchable import searchable_collections
from cogep_assist.retrieval.search import SearchFilters, search


async def search_passages(
    session: AsyncSession,
    principal: Principal,
    query: str,
    *,
    k: int = 10,
    collection: str | None = None,
    filters: SearchFilters | None = None,
) -> SearchReply:
    """Return the k passages nearest to a query, of what somebody may see.

    Raises AppError("role_not_allowed"|"collection_not_found"|"search_invalid_limit").
    """
    principal.require(Act.SEARCH)
    began = time.perf_counter()
    collections = await searchable_collections(session, principal, collection)
    hits = await search(session, query, collections, k=k, filters=filters or SearchFilters())
    return SearchReply(
        query=query,
        took_ms=round((time.perf_counter() - began) * 1000),
        results=[
            SearchResult(
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
            )
            for hit in hits
        ],
    )
