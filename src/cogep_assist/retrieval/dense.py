"""The dense leg: passages whose vectors are nearest to the question's.

HNSW under the same conditions as the lexical leg: the index is read on until enough passages pass
them. Where so few pass that it would be read for nothing, the passages that pass are compared one
by one, which is exact. Vectors of another embedder are never looked at.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cogep_assist.retrieval.candidates import CONDITIONS
from cogep_assist.retrieval.index_reader import fetch
from cogep_assist.retrieval.query_models import QueryVector

# Up to so many passages are compared one by one sooner than through the index.
_FEW_PASSAGES = 2_000
_EF_SEARCH = 200

_SPACE = """
    SELECT number FROM ai.vector_space
     WHERE embedder = %(embedder)s AND dimensions = %(dimensions)s AND state = 'ready'
"""
# Statistics that are behind make sorting every vector look cheap: here only the index may order.
_SETTINGS = f"""
    SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true),
           set_config('hnsw.ef_search', '{_EF_SEARCH}', true),
           set_config('enable_sort', 'off', true)
"""
# OFFSET 0 keeps the order of the index and each look-up one step, however stale the statistics.
_NEAREST = """
    SELECT e.chunk_id
      FROM (SELECT chunk_id FROM ai.chunk_embedding WHERE space_number = {space}
             ORDER BY embedding::halfvec({size}) <=> %(vector)s::halfvec({size}) OFFSET 0) e
     CROSS JOIN LATERAL
           (SELECT id, document_id, collection_id, hidden FROM ai.chunk
             WHERE chunk.id = e.chunk_id OFFSET 0) c
     CROSS JOIN LATERAL
           (SELECT id, media_type, created_at, deleted_at FROM ai.document
             WHERE document.id = c.document_id OFFSET 0) d
     WHERE {conditions} LIMIT %(most)s
"""
_EXACT = """
    SELECT c.id
      FROM ai.chunk c
      JOIN ai.document d ON d.id = c.document_id
      JOIN ai.chunk_embedding e ON e.chunk_id = c.id AND e.space_number = {space}
     WHERE {conditions}
     ORDER BY e.embedding::halfvec({size}) <=> %(vector)s::halfvec({size}) LIMIT %(most)s
"""
_SIMILARITIES = """
    SELECT chunk_id, 1 - (embedding::halfvec({size}) <=> %(vector)s::halfvec({size}))
      FROM ai.chunk_embedding WHERE space_number = {space} AND chunk_id = ANY(%(ids)s::uuid[])
"""


class DenseFinder:
    """Find and compare passages by one question's vector, in one space."""

    def __init__(self, driver: AsyncConnection[Any], space: int, vector: QueryVector) -> None:
        self._driver = driver
        self._parts = {"space": space, "size": len(vector.values), "conditions": CONDITIONS}
        self._vector = f"[{','.join(map(repr, vector.values))}]"

    async def find(self, conditions: dict[str, Any], passages: int, most: int) -> list[UUID]:
        """Return the ids of up to ``most`` passages, about the nearest first.

        ``passages`` is how many the searched collections hold.
        """
        asked = {**conditions, "vector": self._vector, "most": most}
        if passages > _FEW_PASSAGES:
            rows = await self._through_the_index(asked)
            if len(rows) >= min(most, passages):
                return [row[0] for row in rows]
        return [row[0] for row in await fetch(self._driver, self._statement(_EXACT), asked)]

    async def similarities(self, ids: Sequence[UUID]) -> dict[UUID, float]:
        """Return the cosine of each of these passages that has its vector."""
        asked = {"vector": self._vector, "ids": list(ids)}
        rows = await fetch(self._driver, self._statement(_SIMILARITIES), asked)
        return {chunk_id: float(cosine) for chunk_id, cosine in rows}

    async def _through_the_index(self, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Look the nearest up, in one trip that leaves the transaction's settings as they were."""
        async with self._driver.pipeline(), self._driver.cursor(binary=True) as cursor:
            await self._driver.execute("SAVEPOINT dense")
            await self._driver.execute(_SETTINGS)
            await cursor.execute(self._statement(_NEAREST), asked)
            await self._driver.execute("ROLLBACK TO SAVEPOINT dense")
            return await cursor.fetchall()

    def _statement(self, template: str) -> str:
        # Numbers of ours: the partial index is only recognised by a constant.
        return template.format(**self._parts)


async def open_dense(driver: AsyncConnection[Any], vector: QueryVector) -> DenseFinder | None:
    """Return the finder in the embedder's space, or None while that is not ready."""
    asked = {"embedder": vector.embedder, "dimensions": len(vector.values)}
    rows = await fetch(driver, _SPACE, asked)
    return DenseFinder(driver, rows[0][0], vector) if rows else None
