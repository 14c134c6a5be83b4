"""A local server that speaks /v1/embeddings: words of one meaning have one direction."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from local_web import Hit, LocalWeb, local_web, reply

from cogep_assist.core.config import Settings, load_settings

# Each list is a direction of its own; a text points where its words do.
MEANINGS = (
    ("férias", "descanso", "folga"),
    ("crachá", "identificação", "acesso"),
    ("ponto", "frequência", "jornada"),
)


def vector(text: str, size: int) -> list[float]:
    """Point a text where its words point, never nowhere."""
    folded = text.lower()
    found = [0.05 + sum(folded.count(word) for word in words) for words in MEANINGS]
    return [*found, *([0.01] * (size - len(found)))]


@asynccontextmanager
async def vector_service(size: int = 8) -> AsyncIterator[LocalWeb]:
    """Serve vectors of so many dimensions until the block ends."""

    async def embed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
        texts = json.loads(hit.body)["input"]
        rows = [{"index": n, "embedding": vector(text, size)} for n, text in enumerate(texts)]
        writer.write(reply(200, json.dumps({"data": rows}).encode()))
        await writer.drain()

    async with local_web() as web:
        web.pages["/v1/embeddings"] = embed
        yield web


def vector_settings(web: LocalWeb, **given: Any) -> Settings:
    """Return settings under which this server makes the vectors."""
    own: Mapping[str, Any] = {
        "embed_url": web.url("/v1"),
        "embed_model": "significados",
        "embed_provider_own": True,
        # These vectors know what is meant, unlike a weak model's.
        "embed_weight": 1.0,
    }
    return load_settings(**{**own, **given})
