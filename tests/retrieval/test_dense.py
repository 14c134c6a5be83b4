"""Searching by vectors beside words: found by meaning, filtered, fused, and never in the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from local_web import LocalWeb, reply
from onnx_models import SPECIAL, save_embedder
from vector_service import vector, vector_service, vector_settings

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.models import VectorSpace, VectorState
from cogep_assist.pipeline.embed import embedding
from cogep_assist.pipeline.vector_fill import fill_vectors
from cogep_assist.retrieval import dense, query_models
from cogep_assist.retrieval.dense_space import forget_refusals, refused_passages, spaces
from cogep_assist.retrieval.hit import Findings, SearchFilters
from cogep_assist.retrieval.search import investigate

REST = "As férias do servidor são de trinta dias por ano."
BADGE = "O crachá é retirado na portaria do bloco B."
CLOCK = "O ponto é registrado no aplicativo até as 10h."
NOISE = [f"Anexo número {n} do processo de compras de papel." for n in range(30)]
MEANT = "Quando posso tirar uma folga?"


@asynccontextmanager
async def helped(library: Any, settings: Settings) -> AsyncIterator[None]:
    async with query_models.query_models(settings, library.database):
        yield


async def fill(library: Any, settings: Settings) -> int:
    async with embedding(settings, library.database) as used:
        assert used.embedder is not None
        return await fill_vectors(library.database, used.embedder)


async def ask(library: Any, question: str, *collections: UUID, **options: Any) -> Findings:
    async with library.database.sessions() as session:
        return await investigate(session, question, collections, **options)


async def test_what_is_meant_is_found_without_a_word_in_common(library) -> None:
    ours, theirs = await library.collection("nossa"), await library.collection("deles")
    async with vector_service() as web:
        settings = vector_settings(web)
        await library.add(ours, REST, BADGE, CLOCK, *NOISE)
        await library.add(theirs, "Descanso semanal remunerado aos domingos.")
        assert (await ask(library, MEANT, ours)).hits == ()
        async with helped(library, settings):
            early = await ask(library, "férias", ours)
            assert early.warnings == ("search_vectors_filling",)
            assert [hit.text for hit in early.hits] == [REST]
            assert await fill(library, settings) == 34
            found = await ask(library, MEANT, ours)
            assert (found.hits[0].text, found.warnings) == (REST, ())
            assert {hit.collection_id for hit in found.hits} == {ours}
            # A document that comes in now gets its vector with it, as the worker does it.
            later = await library.add(
                theirs, "Folga de aniversário: um dia.", media_type="text/csv"
            )
            assert await fill(library, settings) == 1
            now = datetime.now(UTC)
            for filters in (
                SearchFilters(media_types=("text/csv",)),
                SearchFilters(document_ids=(later,), created_after=now - timedelta(hours=1)),
            ):
                found = await ask(library, MEANT, ours, theirs, filters=filters)
                assert [hit.document_id for hit in found.hits] == [later]
            # What is removed is gone from both legs at once.
            await library.remove(later)
            found = await ask(library, MEANT, theirs)
            assert [hit.text for hit in found.hits] == ["Descanso semanal remunerado aos domingos."]


async def test_the_index_is_read_on_until_enough_pass_the_filters(library, monkeypatch) -> None:
    monkeypatch.setattr(dense, "_FEW_PASSAGES", 10)
    collection = await library.collection("geral")
    async with vector_service() as web:
        settings = vector_settings(web)
        await library.add(collection, *[f"Folga e descanso, caso {n}." for n in range(600)])
        rare = await library.add(collection, "Férias coletivas.", media_type="text/csv")
        await fill(library, settings)
        async with library.database.sessions() as session:
            driver = await dense_driver(session)
            values = vector(MEANT, 8)
            asked = query_models.QueryVector("significados", values)
            finder = await dense.open_dense(driver, asked)
            assert finder is not None
            conditions = everything([collection])
            near = await finder.find(conditions, 601, 50)
            assert len(set(near)) == 50
            # The index is used whatever the statistics say, and the transaction stays as it was.
            assert "hnsw_chunk_embedding_" in await explained(driver, finder, conditions)
            setting = await (await driver.execute("SHOW enable_sort")).fetchone()
            assert setting == ("on",)
            few = await finder.find({**conditions, "media_types": ["text/csv"]}, 601, 50)
            assert len(few) == 1
        async with helped(library, settings):
            found = await ask(
                library, MEANT, collection, filters=SearchFilters(media_types=("text/csv",))
            )
        assert [hit.document_id for hit in found.hits] == [rare]


@pytest.mark.parametrize("broken", ["down", "refusing", "wrong"])
async def test_an_embedder_that_is_away_costs_a_warning_and_no_search(library, broken: str) -> None:
    collection = await library.collection("geral")
    await library.add(collection, REST, BADGE)
    async with vector_service() as web:
        settings = vector_settings(web)
        await fill(library, settings)
        if broken == "refusing":
            web.pages["/v1/embeddings"] = reply(401)
        if broken == "wrong":
            settings = vector_settings(web, embed_provider_own=False)
        elsewhere = LocalWeb("127.0.0.1", 9, "http")
        if broken == "down":
            settings = vector_settings(elsewhere)
        before = len(web.hits)
        async with helped(library, settings):
            for _ in range(2):
                found = await ask(library, "férias", collection)
                assert [hit.text for hit in found.hits] == [REST]
                assert found.warnings == ("search_vectors_away",)
        # The second search did not wait for it again.
        assert len(web.hits) - before == (broken == "refusing")


async def test_another_embedder_takes_over_without_ever_being_mixed(library) -> None:
    collection = await library.collection("geral")
    async with vector_service(8) as old, vector_service(12) as new:
        before = vector_settings(old)
        after = vector_settings(new, embed_model="significados-2")
        await library.add(collection, REST, BADGE, *NOISE)
        await fill(library, before)
        async with helped(library, before):
            assert (await ask(library, MEANT, collection)).hits[0].text == REST
        async with helped(library, after):
            # Until every passage has its new vector, words alone are searched; then the new ones.
            assert (await ask(library, MEANT, collection)).warnings == ("search_vectors_filling",)
            assert await fill(library, after) == 32
            found = await ask(library, MEANT, collection)
            assert (found.hits[0].text, found.warnings) == (REST, ())
        async with helped(library, before):
            assert (await ask(library, MEANT, collection)).warnings == ("search_vectors_filling",)
        async with library.database.begin() as session:
            newer, older = await spaces(session)
        assert (newer.state, newer.embedded, newer.passages) == (VectorState.READY, 32, 32)
        assert (older.state, older.embedded) == (VectorState.RETIRED, 0)
        # And back again: nothing stands in the way of a change of mind.
        assert await fill(library, before) == 32
        async with library.database.begin() as session:
            states = await session.execute(
                sa.select(VectorSpace.dimensions, VectorSpace.state).order_by(VectorSpace.number)
            )
            assert [tuple(row) for row in states] == [
                (8, VectorState.READY),
                (12, VectorState.RETIRED),
            ]


async def test_filling_goes_on_where_it_stopped(library) -> None:
    collection = await library.collection("geral")
    await library.add(collection, *NOISE, *[f"Folga {n}." for n in range(100)])
    async with vector_service() as web:
        settings = vector_settings(web)
        async with embedding(settings, library.database) as used:
            embedder = used.embedder
            assert embedder is not None
            serving = web.pages["/v1/embeddings"]
            seen = 0

            async def die_later(reader, writer, hit) -> None:
                nonlocal seen
                seen += 1
                if seen >= 3:
                    writer.write(reply(400))
                    return
                await serving(reader, writer, hit)

            web.pages["/v1/embeddings"] = die_later
            with pytest.raises(Exception, match="embed_refused"):
                await fill_vectors(library.database, embedder)
            async with library.database.begin() as session:
                (halfway,) = await spaces(session)
            assert (halfway.state, halfway.embedded) == (VectorState.FILLING, 64)
            assert halfway.refused == 0
            web.pages["/v1/embeddings"] = serving
            assert await fill_vectors(library.database, embedder) == 66


async def test_a_passage_that_is_always_refused_keeps_no_other_waiting(library) -> None:
    collection = await library.collection("geral")
    poison = "Tabela de quarks do anexo."
    # The first of all, so that nothing is made before it, and once more in a later batch.
    await library.add(collection, poison, *[f"Folga {n}." for n in range(98)], f"{poison} Fim.")
    async with vector_service() as web:
        serving = web.pages["/v1/embeddings"]

        async def refuse(reader, writer, hit) -> None:
            if b"quarks" in hit.body:
                writer.write(reply(400))
                return
            await serving(reader, writer, hit)

        web.pages["/v1/embeddings"] = refuse
        settings = vector_settings(web)
        assert await fill(library, settings) == 98
        async with library.database.begin() as session:
            (space,) = await spaces(session)
            assert (space.state, space.embedded, space.refused) == (VectorState.READY, 98, 2)
            assert [row[2] for row in await refused_passages(session, 9)] == [0, 99]
        async with helped(library, settings):
            found = await ask(library, "Tabela do anexo", collection)
            assert {hit.text for hit in found.hits} >= {poison, f"{poison} Fim."}
            assert found.warnings == ()
        # But for the sentence of ours, nothing is sent until somebody asks for another try.
        asked = len(web.hits)
        assert await fill(library, settings) == 0
        assert len(web.hits) == asked + 1
        web.pages["/v1/embeddings"] = serving
        async with library.database.begin() as session:
            assert await forget_refusals(session) == 2
        assert await fill(library, settings) == 2


async def test_a_passage_that_a_local_model_fails_with_keeps_no_other_waiting(
    library, tmp_path
) -> None:
    collection = await library.collection("geral")
    await library.add(collection, "Tabela de quarks.", *[f"Folga {n}." for n in range(9)])
    words = {"frase": (0.0, 1.0), "folga": (1.0, 0.0), "quarks": (1.0, 1.0)}
    # Its table ends before the last word: what has that word makes the runtime itself fail.
    folder = save_embedder(tmp_path / "modelo", words, known=len(SPECIAL) + 2)
    settings = load_settings(embed_path=folder)
    assert await fill(library, settings) == 9
    async with helped(library, settings):
        found = await ask(library, "quarks", collection)
        assert [hit.text for hit in found.hits][:1] == ["Tabela de quarks."]
        assert found.warnings == ("search_vectors_away",)


def everything(collections: list[UUID]) -> dict[str, Any]:
    return {
        "collections": collections,
        "media_types": None,
        "created_after": None,
        "created_before": None,
        "document_ids": None,
    }


async def dense_driver(session: Any) -> Any:
    from cogep_assist.core.db import driver_connection

    return await driver_connection(session)


async def explained(driver: Any, finder: dense.DenseFinder, conditions: dict[str, Any]) -> str:
    asked = {**conditions, "vector": finder._vector, "most": 50}
    await driver.execute("SAVEPOINT before")
    await driver.execute(dense._SETTINGS)
    rows = await driver.execute(f"EXPLAIN {finder._statement(dense._NEAREST)}", asked)
    plan = "\n".join(row[0] for row in await rows.fetchall())
    await driver.execute("ROLLBACK TO SAVEPOINT before")
    return plan
