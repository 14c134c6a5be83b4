"""Optional fourth station: vectors for a version's passages, off unless an embedder is set."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cogep_assist.core.config import Settings
from cogep_assist.integrations import embedder as service


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors in the order of their texts, all of one dimension, and the model they are of."""

    vectors: Sequence[Sequence[float]]
    embedder: str


class Embedder:
    """The embedder of this installation, open for the life of a worker."""

    def __init__(self, client: service.Embedder) -> None:
        self._client = client

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return the vectors of a version's passages.

        Raises AppError("embed_...") of the ``fetch`` catalogue; ``error.retryable`` says
        whether a later attempt may succeed.
        """
        vectors = await self._client.embed(texts)
        return Embedded(vectors=vectors, embedder=self._client.model)


@asynccontextmanager
async def embedder_from_settings(settings: Settings) -> AsyncIterator[Embedder | None]:
    """Give the embedder for the time of a block, or None where vectors are off (the default).

    Raises AppError("embed_provider_not_own", "embed_settings_incomplete",
    "settings_invalid") before anything is sent.
    """
    client = service.embedder_from_settings(settings)
    if client is None:
        yield None
        return
    async with client:
        yield Embedder(client)
