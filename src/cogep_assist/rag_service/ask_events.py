"""An answer as server-sent events: ``sources``, ``delta``, ``done``; ``error`` if it breaks off."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
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


def whole_event(event: AnswerEvent) -> str:
    """Write an event with all that it tells, as the contract has it."""
    if isinstance(event, SourcesEvent):
        told = {
            "citations": [citation.model_dump(mode="json") for citation in event.citations],
            "closest": [near.model_dump(mode="json") for near in event.closest],
        }
        return event_text("sources", told)
    if isinstance(event, DeltaEvent):
        return event_text("delta", {"text": event.text, "citations": list(event.citations)})
    return event_text("done", event.reply.model_dump(mode="json"))


async def answer_events(
    first: AnswerEvent,
    rest: AsyncGenerator[AnswerEvent],
    write: Callable[[AnswerEvent], str] = whole_event,
) -> AsyncGenerator[str]:
    """Yield the events as text, and a comment whenever nothing came for a while."""
    async with aclosing(rest):
        yield write(first)
        try:
            async with aclosing(_with_keep_alive(rest)) as events:
                async for event in events:
                    yield KEEP_ALIVE if event is None else write(event)
        except Exception as error:  # noqa: BLE001 - the status has gone out: the error goes in the stream
            yield event_text("error", error_body(unexpected(error)))


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


def event_text(name: str, data: dict[str, Any]) -> str:
    """Write one event as it goes over the wire."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
