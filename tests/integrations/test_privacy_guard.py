"""What leaves for an external model holds nobody's data and comes back with it; or nothing does."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from chat_server import ChatServer, chat_server
from local_web import local_web, reply
from uuid_utils.compat import uuid7

from cogep_assist.core import secret_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Conversation,
    Customer,
    ModelProvider,
    ModelTransfer,
    PseudonymVault,
    RegisteredProvider,
    TransferMechanism,
)
from cogep_assist.core.models.crm_customers import CustomerKind
from cogep_assist.core.pii import person_names
from cogep_assist.integrations.embedder import embedder_from_settings
from cogep_assist.integrations.llm import ChatMessage, ChatModel, chat_from_settings
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.pseudonym_vault import sweep_vaults
from cogep_assist.integrations.reranker import reranker_from_settings
from cogep_assist.integrations.transfer_log import TransferLog

HOST = "127.0.0.1"
SEEDED = (
    "529.982.247-25", "52998224725", "(91) 98765-4321", "tania@exemplo.com.br", "Tânia",
    "Guimarães", "Zwyrkla", "QEW1A23", "66055-090", "waldisney", "Trevizoli",
)  # fmt: skip
QUESTION = (
    "Sou Tânia Guimarães, CPF 529.982.247-25 (ou 52998224725), fone (91) 98765-4321, e-mail "
    "tania@exemplo.com.br, placa QEW1A23, CEP 66055-090. A Tânia falou com zwyrkla e com o técnico "
    "waldisney trevizoli. ⟦CPF_0000_1⟧ é texto meu."
)


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with chat_server() as running:
        running.says(lambda asked: str(asked["messages"][-1]["content"]), piece=3)
        yield running


@pytest.fixture(autouse=True)
async def customers(database: Database, settings: Settings) -> None:
    secret_key.load(settings)
    async with database.begin() as session:
        for name in ("Tânia Guimarães", "Zwyrkla"):
            session.add(
                Customer(
                    id=uuid7(),
                    kind=CustomerKind.PERSON,
                    name=name,
                    sort_key=name.lower(),
                    created_by="user:x",
                    search="",
                    match_keys=[],
                    custom={},
                )
            )


async def register(database: Database, **given: Any) -> UUID:
    row = {
        "id": uuid7(),
        "host": HOST,
        "legal_entity": "Modelos do Norte Ltda.",
        "ownership": ModelProvider.EXTERNAL,
        "country": "BR",
        "mechanism": TransferMechanism.DOMESTIC,
        "expires_at": datetime.now(UTC) + timedelta(days=1),
        "registered_by": "user:x",
        **given,
    }
    async with database.begin() as session:
        session.add(RegisteredProvider(**row))
    return UUID(str(row["id"]))


def chat(settings: Settings, database: Database, url: str, provider: str = "external") -> ChatModel:
    given = {"llm_url": url, "llm_model": "m", "llm_provider": provider}
    found = settings.model_copy(update=given)
    model = chat_from_settings(found, TransferLog(database), PrivacyGuard(found, database))
    assert model is not None
    return model


async def conversation(database: Database) -> UUID:
    begun = uuid7()
    async with database.begin() as session:
        session.add(Conversation(id=begun, owner="user:ana"))
    return UUID(str(begun))


async def transfers(database: Database) -> list[ModelTransfer]:
    async with database.begin() as session:
        return list(await session.scalars(sa.select(ModelTransfer)))


async def test_a_recording_model_sees_no_seeded_value_and_the_answer_has_them_all(
    server: ChatServer, settings: Settings, database: Database
) -> None:
    await register(database)
    own, other = await conversation(database), await conversation(database)
    async with chat(settings, database, server.url) as model:
        asked = [ChatMessage("system", "Repita."), ChatMessage("user", QUESTION)]
        for conversation_id in (own, own, other, None):
            said = await model.complete(asked, conversation_id=conversation_id)
            assert said == QUESTION
        first, again, stranger, _ = server.prompts
        seen = b"".join(hit.body for hit in server.web.hits).decode().casefold()
        assert [value for value in SEEDED if value.casefold() in seen] == []
        assert first == again != stranger
        # A marker of another conversation is text like any other, whoever writes it.
        marker = stranger[stranger.index("⟦CPF") : stranger.index("⟧", stranger.index("⟦CPF")) + 1]
        server.says(f"{marker} {marker[1:-1].lower()}")
        said = await model.complete([ChatMessage("user", f"Repita {marker}")], conversation_id=own)
        assert said == f"{marker} {marker[1:-1].lower()}"
    written = (await transfers(database))[0]
    assert (written.provider, written.country, written.mechanism) == (
        ModelProvider.EXTERNAL, "BR", "domestic",
    )  # fmt: skip
    assert written.replaced["cpf"] == 2
    assert written.replaced["person"] >= 3
    async with database.begin() as session:
        vaults = list(await session.scalars(sa.select(PseudonymVault)))
        assert {vault.conversation_id for vault in vaults} == {own, other}
        assert not any("Tânia".encode() in vault.sealed for vault in vaults)
        await session.execute(sa.update(PseudonymVault).values(expires_at=sa.func.now()))
        await sweep_vaults(session)
        assert await session.scalar(sa.select(sa.func.count()).select_from(PseudonymVault)) == 0


async def test_a_tool_s_arguments_come_back_as_json(
    server: ChatServer, settings: Settings, database: Database
) -> None:
    await register(database)

    def call(asked: dict[str, Any]) -> bytes:
        arguments = json.dumps({"texto": asked["messages"][-1]["content"]})
        pieces = [arguments[at : at + 5] for at in range(0, len(arguments), 5)]
        events = [
            {
                "choices": [
                    {"delta": {"tool_calls": [{"index": 0, "function": {"arguments": each}}]}}
                ]
            }
            for each in pieces
        ]
        events.append({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
        return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)

    server.says("")
    async with chat(settings, database, server.url) as model:
        text = 'Ligue para "Tânia Guimarães",\nCPF 529.982.247-25'
        scope = await conversation(database)
        await model.complete([ChatMessage("user", text)], conversation_id=scope)
        server.sends(call(server.asked[-1]))
        pieces = [
            piece
            async for piece in model.stream([ChatMessage("user", text)], conversation_id=scope)
        ]
    told = "".join(each.arguments for piece in pieces for each in piece.tool_calls)
    assert json.loads(told) == {"texto": text}


async def test_without_a_valid_ground_nothing_leaves(
    server: ChatServer, settings: Settings, database: Database
) -> None:
    async with chat(settings, database, server.url) as model:

        async def refusal(text: str = "Olá") -> str:
            with pytest.raises(AppError) as refused:
                await model.complete([ChatMessage("user", text)])
            return refused.value.code

        assert await refusal() == "provider_not_registered"
        first = await register(database, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        assert await refusal() == "provider_expired"
        await withdraw(database, first)
        second = await register(database)
        assert await refusal("Minha mãe está com câncer.") == "sensitive_data_refused"
        await withdraw(database, second)
        third = await register(database, ownership=ModelProvider.OWN)
        assert await refusal() == "provider_registered_as_own"
        await withdraw(database, third)
        assert await refusal() == "provider_not_registered"
        assert server.web.connections == 0
        assert await transfers(database) == []
        await register(database, sensitive_allowed=True)
        assert "câncer" in await model.complete([ChatMessage("user", "Minha mãe está com câncer.")])


async def withdraw(database: Database, provider_id: UUID) -> None:
    async with database.begin() as session:
        await session.execute(
            sa.update(RegisteredProvider)
            .where(RegisteredProvider.id == provider_id)
            .values(withdrawn_at=sa.func.now())
        )


async def test_a_detector_that_is_down_lets_nothing_out(
    server: ChatServer, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(database)

    def broken() -> None:
        raise OSError("the model's file is gone")

    monkeypatch.setattr(person_names, "_tagger", broken)
    async with chat(settings, database, server.url) as model:
        with pytest.raises(AppError) as refused:
            await model.complete([ChatMessage("user", "Olá, sou Tânia.")])
    assert (refused.value.code, refused.value.status) == ("privacy_detector_down", 503)
    assert server.web.connections == 0
    assert await transfers(database) == []


async def test_the_organisations_own_model_is_exempt_unless_the_registry_says_otherwise(
    server: ChatServer, settings: Settings, database: Database
) -> None:
    async with chat(settings, database, server.url, "own") as model:
        await model.complete([ChatMessage("user", QUESTION)])
        assert "529.982.247-25" in server.prompts[-1]
        await register(database, ownership=ModelProvider.OWN, mechanism=None, expires_at=None)
        assert await model.complete([ChatMessage("user", QUESTION)]) == QUESTION
        assert "529.982.247-25" not in server.prompts[-1]


async def test_external_vectors_and_rerankers_get_the_same_tag_for_every_value(
    settings: Settings, database: Database
) -> None:
    vectors = {"data": [{"index": 0, "embedding": [1.0, 0.5]}]}
    scores = {"results": [{"index": 0, "relevance_score": 0.5}]}
    async with local_web() as web:
        web.pages["/v1/embeddings"] = reply(200, json.dumps(vectors).encode())
        web.pages["/v1/rerank"] = reply(200, json.dumps(scores).encode())
        given = {"embed_url": web.url(), "embed_model": "bge", "rerank_url": web.url()}
        found = settings.model_copy(update=given)
        guard = PrivacyGuard(found, database)
        embedder = embedder_from_settings(found, TransferLog(database), guard)
        reranker = reranker_from_settings(found, TransferLog(database), guard)
        assert embedder is not None
        assert reranker is not None
        with pytest.raises(AppError) as refused:
            await embedder.embed_query("CPF 529.982.247-25")
        assert (refused.value.code, web.connections) == ("provider_not_registered", 0)
        await register(database)
        for number in ("529.982.247-25", "111.444.777-35"):
            await embedder.embed_query(f"CPF {number} de Zwyrkla")
        await reranker.scores("Quem é Zwyrkla?", ["CPF 529.982.247-25"], 5.0)
        bodies = [json.loads(hit.body) for hit in web.hits]
        await embedder.aclose()
        await reranker.aclose()
    assert bodies[0]["input"] == bodies[1]["input"] == ["CPF [CPF] de [PESSOA]"]
    assert (bodies[2]["query"], bodies[2]["documents"]) == ("Quem é [PESSOA]?", ["CPF [CPF]"])
