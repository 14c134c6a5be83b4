"""Optional fourth station: vectors for a version's passages, off unless an embedder is set."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.retirement import Retirement
from cogep_assist.integrations import embedder as service
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.retrieval.dense_space import ensure_space

# Longer than the longest batch that was sent with the embedder of before.
_RETIRE_SECONDS = 600.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors in the order of their texts, all of one dimension, and the space they are of."""

    vectors: Sequence[Sequence[float]]
    space: int


class Embedder:
    """The embedder of this installation, open for as long as it is the one that is set."""

    def __init__(self, client: service.TextEmbedder, database: Database) -> None:
        self._client = client
        self._database = database
        self._spaces: dict[int, int] = {}

    @property
    def model(self) -> str:
        """The name that its vectors go by."""
        return self._client.model

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return the vectors of passages, and the space that they belong to.

        Raises AppError("embed_...") of the ``fetch`` catalogue; ``error.retryable`` says
        whether a later attempt may succeed.
        """
        vectors = await self._client.embed(texts)
        return Embedded(vectors, await self.space(len(vectors[0])))

    async def embed_now_or_later(self, texts: Sequence[str]) -> Embedded | None:
        """Return the vectors, or None where the embedder gives none: no document fails for that.

        Its passages are found by their words at once, and get their vectors in the background once
        a service that is away is back, or one that refuses is put right.
        """
        try:
            return await self.embed(texts)
        except AppError as error:
            log.warning("vectors_put_off", code=error.code, passages=len(texts))
            return None

    async def space(self, dimensions: int) -> int:
        """Return the number of the space of this embedder's vectors."""
        if dimensions not in self._spaces:
            async with self._database.begin() as session:
                made = await ensure_space(session, self.model, dimensions)
            self._spaces[dimensions] = made
        return self._spaces[dimensions]


class Embedding:
    """The embedder that a worker uses now, or None; it may be exchanged between two documents."""

    def __init__(self, database: Database) -> None:
        self.embedder: Embedder | None = None
        self._database = database
        self._client: service.TextEmbedder | None = None
        self._retired = Retirement()

    async def use(self, settings: Settings) -> None:
        """Use the embedder of these settings from the next document on; one refused leaves none.

        Raises AppError("embed_provider_not_own", "embed_settings_incomplete",
        "embed_settings_disagree", "settings_invalid", "onnx_...") before anything is sent.
        """
        if self._client is not None:
            self._retired.add(self._client.aclose, _RETIRE_SECONDS)
        self._client = self.embedder = None
        guard = PrivacyGuard(settings, self._database)
        self._client = await asyncio.to_thread(
            service.embedder_from_settings, settings, TransferLog(self._database), guard
        )
        if self._client is not None:
            self.embedder = Embedder(self._client, self._database)

    async def use_if_fit(self, settings: Settings) -> None:
        """Use the embedder of these settings, or none where it is refused, and note the cause."""
        try:
            await self.use(settings)
        except AppError as refusal:
            log.warning("embedder_refused", code=refusal.code, cause=refusal.text)

    async def aclose(self) -> None:
        """Close every connection and model."""
        await self._retired.close()
        if self._client is not None:
            await self._client.aclose()


@asynccontextmanager
async def embedding(settings: Settings, database: Database) -> AsyncIterator[Embedding]:
    """Give the embedder that is set for the time of a block; without it where it is refused.

    Documents must come in all the same: their vectors are made once it is put right. What is
    wrong is told by ``cogep doctor``.
    """
    made = Embedding(database)
    try:
        await made.use_if_fit(settings)
        yield made
    finally:
        await made.aclose()


def text_to_embed(title: str, heading: str, body: str) -> str:
    """Return what a passage's vector is made of: where it stands in its document, and itself."""
    context = [title] if heading in {"", title} else [title, heading]
    return "\n".join([*(line for line in context if line), body])
