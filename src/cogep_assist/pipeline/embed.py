"""Optional station: vectors for a version's passages, off unless an embedder is set."""

from collections.abc import Sequence

from cogep_assist.core.config import Settings
from cogep_assist.integrations.embedder import embedder_from_settings


async def embed_chunks(texts: Sequence[str], settings: Settings) -> list[list[float]] | None:
    """Return one vector per passage, in order, or None where vectors are off (the default).

    Raises AppError("embed_...") of the ``fetch`` catalogue; ``error.retryable`` says whether
    a later attempt may succeed.
    """
    embedder = embedder_from_settings(settings)
    if embedder is None:
        return None
    async with embedder:
        return await embedder.embed(texts)
