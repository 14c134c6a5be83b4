"""The optional station: nothing leaves unless an own service is set."""

import json

import pytest
from local_web import local_web, reply

from cogep_assist.core.config import load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.embed import embed_chunks


async def test_vectors_are_off_by_default() -> None:
    assert await embed_chunks(["Férias"], load_settings()) is None


async def test_passages_get_their_vectors_from_an_own_service() -> None:
    async with local_web() as web:
        rows = [{"index": n, "embedding": [n + 1.0, 2.0]} for n in range(2)]
        web.pages["/v1/embeddings"] = reply(200, json.dumps({"data": rows}).encode())
        settings = load_settings(embed_url=web.url(), embed_model="m", embed_provider_own=True)
        vectors = await embed_chunks(["Férias", "Licença"], settings)
    assert vectors == [[1.0, 2.0], [2.0, 2.0]]


async def test_no_passage_leaves_for_a_service_that_is_not_own() -> None:
    async with local_web() as web:
        settings = load_settings(embed_url=web.url(), embed_model="m")
        with pytest.raises(AppError) as refused:
            await embed_chunks(["Salário de João"], settings)
        assert web.connections == 0
    assert refused.value.code == "embed_provider_not_own"
