"""Read an OpenAI request: which question, after what, of which collection; refuse the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cogep_assist.core.errors import AppError
from cogep_assist.rag_service.courtesy import small_talk, without_courtesy
from cogep_assist.rag_service.followup import TURNS, Turn, resolve
from cogep_assist.rag_service.openai_content import without_footnotes
from cogep_assist.rag_service.openai_schemas import MAX_CHOICES, ChatBody, ChatMessage
from cogep_assist.rag_service.schemas import MAX_QUESTION_CHARS

MODEL = "cogep"
# They tune how a model writes or who is billed: an answer from documents is the same without.
# Tools are what a model may use and need not: chat programs offer theirs with every question.
_WITHOUT_EFFECT = frozenset(
    (
        "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "user",
        "metadata", "service_tier", "safety_identifier", "prompt_cache_key", "reasoning_effort",
        "verbosity", "parallel_tool_calls", "prompt_cache_retention", "logit_bias", "tools",
        "functions", "prediction",
        # Of vLLM, llama.cpp, Ollama and OpenRouter, which programs for those send along.
        "top_k", "min_p", "top_a", "typical_p", "tfs_z", "repetition_penalty", "repeat_penalty",
        "repeat_last_n", "mirostat", "mirostat_eta", "mirostat_tau", "num_ctx", "keep_alive",
        "cache_prompt", "chat_template_kwargs", "thinking", "enable_thinking", "reasoning",
        "include_reasoning",
    )
)  # fmt: skip
# With a value they would change what comes back, and it cannot be had.
_UNSUPPORTED = frozenset(
    (
        "tool_choice", "function_call", "logprobs", "top_logprobs", "audio", "web_search_options",
    )
)  # fmt: skip
_HARMLESS_VALUES: dict[str, tuple[Any, ...]] = {
    "tool_choice": ("none", "auto"),
    "function_call": ("none", "auto"),
    "top_logprobs": (0,),
}


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """The last question, what came before it, and the collection that the model names."""

    question: str
    history: tuple[Turn, ...]
    collection: str | None
    choices: int
    most_tokens: int | None
    stops: tuple[str, ...]
    prompt: str


def read_chat(body: ChatBody) -> ChatQuestion:
    """Return what a request asks.

    Instructions of the system or of a developer are not followed: what may be answered, and from
    what, is not the client's to say. Raises AppError("openai_unknown_parameter"|
    "openai_unsupported_parameter"|"openai_unsupported_value"|"openai_invalid_value"|
    "openai_model_not_found").
    """
    _refuse_others(body)
    texts = [_text(place, message) for place, message in enumerate(body.messages)]
    places = [place for place, message in enumerate(body.messages) if message.role == "user"]
    if not places or not texts[places[-1]].strip():
        raise AppError("openai_invalid_value", param="messages", reason="falta uma pergunta")
    if len(texts[places[-1]].strip()) > MAX_QUESTION_CHARS:
        raise AppError(
            "openai_invalid_value",
            param=f"messages[{places[-1]}].content",
            reason=f"a pergunta passa de {MAX_QUESTION_CHARS} caracteres",
        )
    limits = [one for one in (body.max_tokens, body.max_completion_tokens) if one is not None]
    return ChatQuestion(
        question=texts[places[-1]],
        history=_history(body.messages, texts, places),
        collection=_collection(body.model),
        choices=1 if body.n is None else body.n,
        most_tokens=min(limits) if limits else None,
        stops=tuple(stop for stop in _stops(body) if stop),
        prompt="\n".join(texts),
    )


def _refuse_others(body: ChatBody) -> None:
    for name, value in (body.model_extra or {}).items():
        if name in _WITHOUT_EFFECT:
            continue
        if name in {"response_format", "modalities"}:
            _refuse_form(name, value)
        elif name not in _UNSUPPORTED:
            raise AppError("openai_unknown_parameter", param=name[:100])
        elif value and value not in _HARMLESS_VALUES.get(name, ()):
            raise AppError("openai_unsupported_parameter", param=name)
    if body.stream_options is not None and not body.stream:
        raise AppError(
            "openai_invalid_value",
            param="stream_options",
            reason="só acompanha um pedido com stream",
        )
    if body.n is not None and not 1 <= body.n <= MAX_CHOICES:
        raise AppError("openai_invalid_value", param="n", reason=f"use de 1 a {MAX_CHOICES}")


def _stops(body: ChatBody) -> list[str]:
    if body.stop is None or isinstance(body.stop, str):
        return [body.stop or ""]
    return body.stop


def _refuse_form(name: str, value: Any) -> None:
    plain = (None, {"type": "text"}) if name == "response_format" else (None, ["text"])
    if value not in plain:
        raise AppError("openai_unsupported_value", param=name)


def _text(place: int, message: ChatMessage) -> str:
    if message.role in {"tool", "function"}:
        # What another model's tool gave: it came from no document.
        return ""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    for number, part in enumerate(message.content):
        if part.type not in {"text", "refusal"}:
            raise AppError(
                "openai_unsupported_value", param=f"messages[{place}].content[{number}].type"
            )
    return "\n".join(part.text or "" for part in message.content)


def _history(
    messages: Sequence[ChatMessage], texts: Sequence[str], places: Sequence[int]
) -> tuple[Turn, ...]:
    """Return the turns before the last question, each as it was understood then."""
    turns: list[Turn] = []
    for place, following in pairwise(places[-1 - 2 * TURNS :]):
        answers = [
            without_footnotes(texts[at])
            for at in range(place + 1, following)
            if messages[at].role == "assistant"
        ]
        question = texts[place].strip()
        if small_talk(question):
            continue
        plain = without_courtesy(question)
        turns.append(Turn(resolve(plain, turns) or plain, " ".join(answers)))
    return tuple(turns[-TURNS:])


def _collection(model: str) -> str | None:
    if model == MODEL:
        return None
    prefix, _, name = model.partition("/")
    if prefix != MODEL or not name:
        raise AppError("openai_model_not_found", param="model", model=model)
    return name
