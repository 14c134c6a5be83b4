"""What the doctor says of vectors and the reranker: tried for real, and each failure named."""

import time
from pathlib import Path
from uuid import UUID, uuid4

from chat_server import chat_server
from local_web import reply
from onnx_models import save_reranker
from published import publish
from vector_service import vector_service, vector_settings

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis.finding import State
from cogep_assist.core.models import Answer, AnswerMode, Conversation, ModelKind
from cogep_assist.pipeline.embed import embedding
from cogep_assist.pipeline.vector_fill import fill_vectors
from cogep_assist.rag_service.model_findings import check_chat, check_model


async def codes(settings: Settings, database: Database, kind: ModelKind) -> list[str]:
    return [finding.code for finding in await check_model(settings, database, kind)]


async def chat_codes(settings: Settings, database: Database) -> list[str]:
    return [finding.code for finding in await check_chat(settings, database)]


async def test_the_doctor_tries_the_embedder(database: Database, tmp_path: Path) -> None:
    vectors = ModelKind.EMBEDDINGS
    assert await codes(load_settings(), database, vectors) == ["doctor_embedder_off"]
    missing = load_settings(embed_path=tmp_path / "nada")
    (told,) = await check_model(missing, database, vectors)
    assert (told.check, told.state, told.code[:5]) == ("embedder", State.ERROR, "onnx_")
    assert str(tmp_path) in told.text
    await publish(database, "As férias são de trinta dias.", "Férias")
    async with vector_service() as web:
        settings = vector_settings(web)
        async with embedding(settings, database) as used:
            assert used.embedder is not None
            await used.embedder.space(8)
            filling = ["doctor_embedder_ok", "doctor_vectors_filling"]
            assert await codes(settings, database, vectors) == filling
            await fill_vectors(database, used.embedder)
        assert await codes(settings, database, vectors) == ["doctor_embedder_ok"]
        quick = vector_settings(web, embed_query_seconds=0.05)
        serving = web.pages["/v1/embeddings"]
        web.pages["/v1/embeddings"] = reply(401)
        assert await codes(settings, database, vectors) == ["embed_refused"]
        web.pages["/v1/embeddings"] = reply(200, b'{"data": []}')
        assert await codes(settings, database, vectors) == ["embed_response_invalid"]
        web.pages["/v1/embeddings"] = serving
        assert (await codes(quick, database, vectors))[0].startswith("doctor_embedder_")


async def test_the_doctor_asks_the_language_model(database: Database) -> None:
    async with chat_server() as server:
        web = server.web
        web.pages["/v1/models"] = reply(200, b'{"data": [{"id": "sabia"}]}')
        own = load_settings(llm_url=server.url, llm_model="sabia", llm_provider="own")
        server.says("Sim, estou.")
        assert await chat_codes(own, database) == ["doctor_llm_ok", "doctor_llm_answers"]
        server.replies(reply(200, b"<html>oi</html>"))
        assert await chat_codes(own, database) == ["doctor_llm_ok", "llm_response_invalid"]
        # What failed an hour ago and answers now is told too; what failed last week no longer is.
        await _failed(database, hours=1, times=2)
        await _failed(database, hours=200, times=1)
        server.says("Sim, estou.")
        (*_, told) = await check_chat(own, database)
        assert (told.code, told.state) == ("doctor_llm_failed", State.WARNING)
        assert "nas últimas 24 horas: 2 (llm_response_invalid)" in told.text
        web.pages["/v1/models"] = reply(200, b'{"data": [{"id": "outro"}]}')
        assert await chat_codes(own, database) == ["doctor_llm_no_such_model"]


async def test_the_doctor_tries_the_reranker(database: Database, tmp_path: Path) -> None:
    rerank = ModelKind.RERANK
    assert await codes(load_settings(), database, rerank) == ["doctor_reranker_off"]
    missing = load_settings(rerank_path=tmp_path / "nada")
    assert (await codes(missing, database, rerank))[0].startswith("onnx_")
    folder = save_reranker(tmp_path / "modelo", {"férias": 1.0})
    # One that no search waits for would else be in order here and away in every search.
    for seconds, code in ((60.0, "doctor_reranker_ok"), (1e-6, "doctor_reranker_slow")):
        given = load_settings(rerank_path=folder, rerank_seconds=seconds)
        assert await codes(given, database, rerank) == [code]


async def _failed(database: Database, *, hours: int, times: int) -> None:
    """Keep answers that a model was to write so many hours ago."""
    async with database.begin() as session:
        held = Conversation(owner="system")
        session.add(held)
        await session.flush()
        for _ in range(times):
            then = time.time_ns() // 1_000_000 - hours * 3_600_000
            session.add(
                Answer(
                    id=UUID(int=(then << 80) | (uuid4().int & ((1 << 80) - 1))),
                    conversation_id=held.id,
                    question="Quando?",
                    abstained=False,
                    mode=AnswerMode.EXTRACTIVE,
                    sentences=[],
                    notice_code="llm_response_invalid",
                    took_ms=1,
                )
            )
