"""The optional station: nothing leaves unless an own service is set."""

import json
from pathlib import Path

import pytest
from local_web import local_web, reply

from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import VectorState
from cogep_assist.pipeline.embed import embedding
from cogep_assist.retrieval.dense_space import spaces


async def test_vectors_are_off_by_default(database: Database) -> None:
    async with embedding(load_settings(), database) as used:
        assert used.embedder is None


async def test_passages_get_their_vectors_from_an_own_service(database: Database) -> None:
    async with local_web() as web:
        rows = [{"index": n, "embedding": [n + 1.0, 2.0]} for n in range(2)]
        web.pages["/v1/embeddings"] = reply(200, json.dumps({"data": rows}).encode())
        settings = load_settings(embed_url=web.url(), embed_model="bge", embed_provider_own=True)
        async with embedding(settings, database) as used:
            embedder = used.embedder
            assert embedder is not None
            embedded = await embedder.embed(["Férias", "Licença"])
    assert embedded.vectors == [[1.0, 2.0], [2.0, 2.0]]
    async with database.begin() as session:
        (space,) = await spaces(session)
    assert (space.embedder, space.dimensions, space.state) == ("bge", 2, VectorState.READY)


async def test_no_passage_leaves_for_a_service_that_is_not_own(database: Database) -> None:
    async with local_web() as web:
        settings = load_settings(embed_url=web.url(), embed_model="bge")
        async with embedding(settings, database) as used:
            embedder = used.embedder
            assert embedder is not None
            with pytest.raises(AppError) as refused:
                await embedder.embed(["CPF 529.982.247-25"])
            # The document does not wait for the registry: its words are found at once.
            assert await embedder.embed_now_or_later(["CPF 529.982.247-25"]) is None
        assert web.connections == 0
    assert refused.value.code == "provider_not_registered"


async def test_no_document_fails_for_its_vectors(database: Database, tmp_path: Path) -> None:
    async with embedding(load_settings(embed_path=tmp_path / "nada"), database) as refused:
        assert refused.embedder is None
    async with local_web() as web:
        settings = load_settings(embed_url=web.url(), embed_model="bge", embed_provider_own=True)
        async with embedding(settings, database) as used:
            assert used.embedder is not None
            for bad in (
                reply(401),
                reply(200, b"{}"),
                reply(200, b'{"data": [{"embedding": []}]}'),
            ):
                web.pages["/v1/embeddings"] = bad
                assert await used.embedder.embed_now_or_later(["Férias"]) is None
