"""Optional fourth station: vectors for a version's passages, off unless an embedder is set."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.integrations import embedder as service
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.retrieval.dense_space import ensure_space

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors in the order of their texts, all of one dimension, and the space they are of."""

    vectors: Sequence[Sequence[float]]
    space: int


class Embedder:
    """The embedder of this installation, open for the life of a worker."""

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
        """Return the vectors, or None while the embedder is away: a document must not wait for it.

        Its passages are found by their words at once, and get their vectors in the background.
        Raises AppError("embed_...") where no later attempt would mend it.
        """
        try:
            return await self.embed(texts)
        except AppError as error:
            if not error.retryable:
                raise
            log.warning("vectors_put_off", code=error.code, passages=len(texts))
            return None

    async def space(self, dimensions: int) -> int:
        """Return the number of the space of this embedder's vectors."""
        if dimensions not in self._spaces:
            async with self._database.begin() as session:
                made = await ensure_space(session, self.model, dimensions)
            self._spaces[dimensions] = made
        return self._spaces[dimensions]


@asynccontextmanager
async def embedder_from_settings(
    settings: Settings, database: Database
) -> AsyncIterator[Embedder | None]:
    """Give the embedder for the time of a block, or None where vectors are off (the default).

    Raises AppError("embed_provider_not_own", "embed_settings_incomplete",
    "embed_settings_disagree", "settings_invalid", "onnx_...") before anything is sent.
    """
    guard = PrivacyGuard(settings, database)
    client = service.embedder_from_settings(settings, TransferLog(database), guard)
    if client is None:
        yield None
        return
    try:
        yield Embedder(client, database)
    finally:
        await client.aclose()


def text_to_embed(title: str, heading: str, body: str) -> str:
    """Return what a passage's vector is made of: where it stands in its document, and itself."""
    context = [title] if heading in {"", title} else [title, heading]
    return "\n".join([*(line for line in context if line), body])
