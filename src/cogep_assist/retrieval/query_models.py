"""The models that help a search, where they are set: an embedder and a reranker.

They help and never hinder: a model that is away, slow or wrongly set costs its help and a warning,
no search. One set of them is in use per process; it may be exchanged while searches run.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.retirement import Retirement
from cogep_assist.integrations.embedder import TextEmbedder, embedder_from_settings
from cogep_assist.integrations.privacy_gateway import Guard, Records
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.reranker import Reranker, reranker_from_settings
from cogep_assist.integrations.transfer_log import TransferLog

VECTORS_AWAY = "search_vectors_away"
RERANK_AWAY = "search_rerank_away"
# After a failure the model is left alone for a while, so that not every search waits for it.
_REST_SECONDS = 15.0
_REMEMBERED = 512
_RECORDING_CONNECTIONS = 2
# Longer than any search that began with the models of before.
_RETIRE_SECONDS = 90.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class QueryVector:
    """A question's vector, and the embedder that it is of."""

    embedder: str
    values: Sequence[float]


class QueryModels:
    """Make vectors of questions and reorder passages, within their budgets of time."""

    def __init__(self, settings: Settings, records: Records, guard: Guard | None = None) -> None:
        self.weight = settings.embed_weight
        self.rerank_top = settings.rerank_top
        self.makes_vectors = settings.has_model("embeddings")
        self.reranks = settings.has_model("rerank")
        self._settings = settings
        self._records = records
        self._guard = guard
        self._embedder: TextEmbedder | None = None
        self._reranker: Reranker | None = None
        self._rests_until: dict[str, float] = {}
        self._vectors: OrderedDict[str, QueryVector] = OrderedDict()
        self._opening = asyncio.Lock()

    async def vector(self, question: str) -> QueryVector | None:
        """Return the question's vector, or None while there is none to be had."""
        known = self._vectors.get(question)
        if known is not None:
            self._vectors.move_to_end(question)
            return known
        if self._rests(VECTORS_AWAY):
            return None
        try:
            embedder = await self._opened_embedder()
            async with asyncio.timeout(self._settings.embed_query_seconds):
                values = await embedder.embed_query(question)
        except (AppError, TimeoutError) as error:
            self._rest(VECTORS_AWAY, error)
            return None
        made = self._vectors[question] = QueryVector(embedder.model, values)
        if len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return made

    async def rerank(self, question: str, texts: Sequence[str]) -> list[float] | None:
        """Return the scores of the first texts, as many as time allowed, or None."""
        if self._rests(RERANK_AWAY):
            return None
        try:
            reranker = await self._opened_reranker()
            return await reranker.scores(question, texts, self._settings.rerank_seconds)
        except (AppError, TimeoutError) as error:
            self._rest(RERANK_AWAY, error)
            return None

    async def aclose(self) -> None:
        """Close the connections and models that were opened."""
        if self._embedder is not None:
            await self._embedder.aclose()
        if self._reranker is not None:
            await self._reranker.aclose()

    async def _opened_embedder(self) -> TextEmbedder:
        async with self._opening:
            if self._embedder is None:
                opened = await asyncio.to_thread(
                    embedder_from_settings, self._settings, self._records, self._guard
                )
                assert opened is not None
                # Loading a local model is no part of a question's budget: it happens once.
                await opened.prepare()
                self._embedder = opened
            return self._embedder

    async def _opened_reranker(self) -> Reranker:
        async with self._opening:
            if self._reranker is None:
                opened = await asyncio.to_thread(
                    reranker_from_settings, self._settings, self._records, self._guard
                )
                assert opened is not None
                await opened.prepare()
                self._reranker = opened
            return self._reranker

    def _rests(self, what: str) -> bool:
        return time.monotonic() < self._rests_until.get(what, 0.0)

    def _rest(self, what: str, error: Exception) -> None:
        self._rests_until[what] = time.monotonic() + _REST_SECONDS
        code = error.code if isinstance(error, AppError) else "timeout"
        log.warning(what, cause=code, rests_seconds=_REST_SECONDS)


_in_use: QueryModels | None = None


def models_in_use() -> QueryModels | None:
    """Return the models that help this process's searches, or None where there are none."""
    return _in_use


class SearchModels:
    """Put models into use for every search of this process, and take them out again."""

    def __init__(self, database: Database) -> None:
        self._before = _in_use
        # What leaves is written down over connections of its own: searches that hold all the
        # others while they wait for their vectors would wait for one another.
        self._apart = Database(database.url, pool_size=_RECORDING_CONNECTIONS)
        self._models: QueryModels | None = None
        self._retired = Retirement()

    def use(self, settings: Settings) -> None:
        """Use the models of these settings from the next search on."""
        global _in_use  # noqa: PLW0603  (one set per process)
        if self._models is not None:
            self._retired.add(self._models.aclose, _RETIRE_SECONDS)
        guard = PrivacyGuard(settings, self._apart)
        self._models = QueryModels(settings, TransferLog(self._apart), guard)
        _in_use = self._models if self._models.makes_vectors or self._models.reranks else None

    async def aclose(self) -> None:
        """Leave the process as it was."""
        global _in_use  # noqa: PLW0603  (one set per process)
        _in_use = self._before
        await self._retired.close()
        if self._models is not None:
            await self._models.aclose()
        await self._apart.close()


@asynccontextmanager
async def query_models(settings: Settings, database: Database) -> AsyncIterator[SearchModels]:
    """Let the models that are set help every search of this process until the block ends."""
    models = SearchModels(database)
    models.use(settings)
    try:
        yield models
    finally:
        await models.aclose()
