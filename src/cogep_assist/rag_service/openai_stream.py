"""An answer as the chunks of a streamed chat completion."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from cogep_assist.edge.errors import unexpected
from cogep_assist.rag_service.ask_stream import AnswerEvent, DeltaEvent, DoneEvent
from cogep_assist.rag_service.openai_content import ContentWriter, usage_of
from cogep_assist.rag_service.openai_errors import openai_error
from cogep_assist.rag_service.openai_facts import facts_of
from cogep_assist.rag_service.openai_messages import ChatQuestion
from cogep_assist.rag_service.schemas import AskReply

DONE = "data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class ChunkForm:
    """What all chunks of one stream share."""

    id: str
    created: int
    model: str
    asked: ChatQuestion
    include_usage: bool

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        """Return one chunk, with the same delta for every choice that was asked for."""
        choices = [
            {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
            for index in range(self.asked.choices)
        ]
        return self.write(choices, **more)

    def write(self, choices: list[dict[str, Any]], **more: Any) -> str:
        """Return one event of the stream."""
        whole: dict[str, Any] = {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }
        if self.include_usage:
            whole["usage"] = None
        return f"data: {json.dumps(whole | more, ensure_ascii=False)}\n\n"


async def chat_chunks(
    form: ChunkForm, writer: ContentWriter, first: AnswerEvent, rest: AsyncGenerator[AnswerEvent]
) -> AsyncGenerator[str]:
    """Yield the chunks: the role, the text with its marks, footnotes and annotations, usage."""
    async with aclosing(rest):
        yield form.chunk({"role": "assistant", "content": "", "refusal": None})
        content = ""
        try:
            event: AnswerEvent | None = first
            while event is not None:
                if isinstance(event, DeltaEvent):
                    text = writer.add(event.text, event.citations)
                    content += text
                    if text:
                        yield form.chunk({"content": text})
                elif isinstance(event, DoneEvent):
                    for chunk in _ending(form, writer, content, event.reply):
                        yield chunk
                event = await anext(rest, None)
        except Exception as error:  # noqa: BLE001 - the status has gone out: it goes in the stream
            _, body = openai_error(unexpected(error))
            yield f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def _ending(form: ChunkForm, writer: ContentWriter, content: str, reply: AskReply) -> list[str]:
    footnotes = writer.footnotes(reply)
    chunks = [form.chunk({"content": footnotes})] if footnotes else []
    annotations = [one.model_dump() for one in writer.annotations(reply.citations)]
    chunks.append(
        form.chunk(
            {"annotations": annotations} if annotations else {},
            "length" if writer.cut else "stop",
            cogep=facts_of(reply).model_dump(mode="json"),
        )
    )
    if form.include_usage:
        usage = usage_of(form.asked.prompt, content + footnotes, form.asked.choices)
        chunks.append(form.write([], usage=usage.model_dump()))
    return [*chunks, DONE]
