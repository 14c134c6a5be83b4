"""Try the models that are set, as a question would use them, and say how long each took."""

import asyncio
import time
from dataclasses import dataclass

from cogep_assist.answering.generate import AnswerWriter
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.integrations.embedder import embedder_from_settings
from cogep_assist.integrations.llm import ChatMessage
from cogep_assist.integrations.privacy_gateway import Records
from cogep_assist.integrations.reranker import reranker_from_settings

GREETING = "Responda em uma frase curta, em português: você está funcionando?"
SAMPLE_QUESTION = "Quantos dias de férias posso marcar?"
SAMPLE_TEXTS = (
    "Cada servidor marca até trinta dias de férias por ano.",
    "O estacionamento abre às sete horas.",
)
RERANK_SECONDS = 30.0
MAX_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """How one trial went: the model's name, milliseconds, and what came back, in a few words."""

    model: str
    took_ms: int
    came_back: str


async def try_chat(principal: Principal, writer: AnswerWriter | None) -> ModelTrial:
    """Have the language model write a sentence.

    Raises AppError("role_not_allowed"|"model_not_set") and what ``AnswerWriter.complete`` raises.
    """
    principal.require(Act.READ_INSTALLATION)
    if writer is None:
        raise AppError("model_not_set", setting="COGEP_LLM_URL")
    began = time.monotonic()
    text = await writer.complete([ChatMessage("user", GREETING)], max_tokens=60)
    return ModelTrial(writer.model_name, _since(began), " ".join(text.split())[:MAX_SHOWN_CHARS])


async def try_embedder(principal: Principal, settings: Settings, records: Records) -> ModelTrial:
    """Have the embedder make the vector of a question.

    Raises AppError("role_not_allowed"|"model_not_set") and what the embedder raises.
    """
    principal.require(Act.READ_INSTALLATION)
    embedder = await asyncio.to_thread(embedder_from_settings, settings, records)
    if embedder is None:
        raise AppError("model_not_set", setting="COGEP_EMBED_URL")
    try:
        await embedder.prepare()
        began = time.monotonic()
        vector = await embedder.embed_query(SAMPLE_QUESTION)
        took = _since(began)
    finally:
        await embedder.aclose()
    return ModelTrial(embedder.model, took, f"vetor de {len(vector)} dimensões")


async def try_reranker(principal: Principal, settings: Settings, records: Records) -> ModelTrial:
    """Have the reranker tell a text that answers from one that does not.

    Raises AppError("role_not_allowed"|"model_not_set") and what the reranker raises.
    """
    principal.require(Act.READ_INSTALLATION)
    reranker = await asyncio.to_thread(reranker_from_settings, settings, records)
    if reranker is None:
        raise AppError("model_not_set", setting="COGEP_RERANK_URL")
    try:
        await reranker.prepare()
        began = time.monotonic()
        scores = await reranker.scores(SAMPLE_QUESTION, SAMPLE_TEXTS, RERANK_SECONDS)
        took = _since(began)
    finally:
        await reranker.aclose()
    told = " e ".join(f"{score:.2f}".replace(".", ",") for score in scores)
    model = settings.rerank_model or str(settings.rerank_path or "reordenador")
    return ModelTrial(model, took, f"notas {told}: a primeira é a do texto que responde")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
