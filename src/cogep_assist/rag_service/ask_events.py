"""An answer as server-sent events: ``sources``, ``delta``, ``done``; ``error`` if it breaks off."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from cogep_assist.edge.errors import error_body, unexpected
from cogep_assist.rag_service.ask_stream import AnswerEvent, DeltaEvent, SourcesEvent

EVENT_STREAM = "text/event-stream"
# Proxies hang up on a silent reply; a comment is no event.
SILENCE_SECONDS = 10.0
KEEP_ALIVE = ": aguarde\n\n"
# nginx would hold the events back to fill its buffer.
HEADERS = {"X-Accel-Buffering": "no"}


async def answer_events(
    first: AnswerEvent, rest: AsyncGenerator[AnswerEvent]
) -> AsyncGenerator[str]:
    """Yield the events as text, and a comment whenever nothing came for a while."""
    async with aclosing(rest):
        yield _written(first)
        try:
            async with aclosing(_with_keep_alive(rest)) as events:
                async for event in events:
                    yield KEEP_ALIVE if event is None else _written(event)
        except Exception as error:  # noqa: BLE001 - the status has gone out: the error goes in the stream
            yield _event("error", error_body(unexpected(error)))


async def _with_keep_alive(
    events: AsyncIterator[AnswerEvent],
) -> AsyncGenerator[AnswerEvent | None]:
    waiting: asyncio.Task[AnswerEvent] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(events))
            done, _ = await asyncio.wait({waiting}, timeout=SILENCE_SECONDS)
            if not done:
                yield None
                continue
            try:
                event = waiting.result()
            except StopAsyncIteration:
                return
            waiting = None
            yield event
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


async def _next(events: AsyncIterator[AnswerEvent]) -> AnswerEvent:
    return await anext(events)


def _written(event: AnswerEvent) -> str:
    if isinstance(event, SourcesEvent):
        told = {
            "citations": [citation.model_dump(mode="json") for citation in event.citations],
            "closest": [near.model_dump(mode="json") for near in event.closest],
        }
        return _event("sources", told)
    if isinstance(event, DeltaEvent):
        return _event("delta", {"text": event.text, "citations": list(event.citations)})
    return _event("done", event.reply.model_dump(mode="json"))


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
