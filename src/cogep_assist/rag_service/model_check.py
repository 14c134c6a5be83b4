"""Try the models that are set, as a question would use them, and say how long each took."""

import asyncio
import time
from dataclasses import dataclass

from cogep_assist.core.config import Settings
from cogep_assist.core.config_models import PREFIXES
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.integrations.embedder import embedder_from_settings
from cogep_assist.integrations.llm import ChatMessage, chat_from_settings
from cogep_assist.integrations.privacy_gateway import Guard, Records
from cogep_assist.integrations.reranker import reranker_from_settings

GREETING = "Responda em uma frase curta, em português: você está funcionando?"
SAMPLE_QUESTION = "Quantos dias de férias posso marcar?"
SAMPLE_TEXTS = (
    "Cada servidor marca até trinta dias de férias por ano.",
    "O estacionamento abre às sete horas.",
)
# As long as passages are, and as many as a local reranker judges at once.
SAMPLE_PASSAGES = tuple(" ".join([text] * 12) for text in (*SAMPLE_TEXTS, *SAMPLE_TEXTS))
RERANK_SECONDS = 30.0
MAX_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """How one trial went: the model's name, milliseconds, and what came back, in a few words."""

    model: str
    took_ms: int
    came_back: str


async def try_model(
    principal: Principal, kind: ModelKind, settings: Settings, records: Records, guard: Guard
) -> ModelTrial:
    """Ask the model of a kind that these settings name, and close the way to it again.

    Raises AppError("role_not_allowed"|"model_not_set") and what the model's client raises.
    """
    principal.require(Act.MANAGE_MODELS)
    if not settings.has_model(kind.value):
        setting = f"COGEP_{PREFIXES[kind.value].upper()}_URL"
        raise AppError("model_not_set", setting=setting)
    return await _TRIALS[kind](settings, records, guard)


async def _try_chat(settings: Settings, records: Records, guard: Guard) -> ModelTrial:
    chat = chat_from_settings(settings, records, guard)
    assert chat is not None
    async with chat:
        began = time.monotonic()
        text = await chat.complete([ChatMessage("user", GREETING)], max_tokens=60)
        return ModelTrial(chat.name, _since(began), " ".join(text.split())[:MAX_SHOWN_CHARS])


async def _try_embedder(settings: Settings, records: Records, guard: Guard) -> ModelTrial:
    embedder = await asyncio.to_thread(embedder_from_settings, settings, records, guard)
    assert embedder is not None
    try:
        await embedder.prepare()
        began = time.monotonic()
        vector = await embedder.embed_query(SAMPLE_QUESTION)
        took = _since(began)
    finally:
        await embedder.aclose()
    return ModelTrial(embedder.model, took, f"vetor de {len(vector)} dimensões")


async def _try_reranker(settings: Settings, records: Records, guard: Guard) -> ModelTrial:
    reranker = await asyncio.to_thread(reranker_from_settings, settings, records, guard)
    assert reranker is not None
    try:
        await reranker.prepare()
        began = time.monotonic()
        scores = await reranker.scores(SAMPLE_QUESTION, SAMPLE_PASSAGES, RERANK_SECONDS)
        took = _since(began)
    finally:
        await reranker.aclose()
    told = " e ".join(f"{score:.2f}".replace(".", ",") for score in scores[:2])
    model = settings.rerank_model or str(settings.rerank_path or "reordenador")
    return ModelTrial(model, took, f"notas {told}: a primeira é a do texto que responde")


_TRIALS = {
    ModelKind.CHAT: _try_chat,
    ModelKind.EMBEDDINGS: _try_embedder,
    ModelKind.RERANK: _try_reranker,
}


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
