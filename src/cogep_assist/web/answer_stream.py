"""An answer on its way into the page: server-sent events of HTML that HTMX puts in their places."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi import Request
from uuid_utils import uuid7

from cogep_assist.core.principal import Principal
from cogep_assist.edge.errors import unexpected
from cogep_assist.edge.state import edge_state
from cogep_assist.rag_service.ask_stream import (
    AnswerEvent,
    DeltaEvent,
    DoneEvent,
    SourcesEvent,
)
from cogep_assist.rag_service.cited_versions import version_days
from cogep_assist.rag_service.schemas import AskReply, CitationReply
from cogep_assist.web.answer_view import answer_view, sentence_source
from cogep_assist.web.error_page import problem_of
from cogep_assist.web.rendering import render_text

# An extracted answer is whole at once: its sentences follow each other as fast as one reads along.
SENTENCE_SECONDS = 0.04


async def written_answer(
    request: Request,
    principal: Principal,
    question: str,
    first: AnswerEvent,
    rest: AsyncIterator[AnswerEvent],
) -> AsyncGenerator[str]:
    """Yield the turn's frame, then each sentence with its chips, then the whole turn as kept."""
    turn = str(uuid7())
    yield _event(render_text(request, "ask/_stream_start.html", turn=turn, question=question))
    citations: list[CitationReply] = []
    try:
        async for event in _joined(first, rest):
            if isinstance(event, SourcesEvent):
                citations = list(event.citations)
            elif isinstance(event, DeltaEvent):
                sources = [sentence_source(citations, n, {}) for n in event.citations]
                text = render_text(
                    request, "ask/_stream_delta.html", turn=turn, text=event.text, sources=sources
                )
                yield _event(text)
                await asyncio.sleep(SENTENCE_SECONDS)
            else:
                yield await _done(request, principal, question, turn, event)
                yield _named("answered", {"conversation": str(event.reply.conversation_id)})
    except Exception as error:  # noqa: BLE001 - the status has gone out: the error goes in the stream
        problem = problem_of(unexpected(error))
        text = render_text(
            request, "ask/_stream_error.html", turn=turn, question=question, problem=problem
        )
        yield _event(text)


async def _done(
    request: Request, principal: Principal, question: str, turn: str, event: DoneEvent
) -> str:
    reply: AskReply = event.reply
    async with edge_state(request).database.begin() as session:
        quoted = [(one.document_id, one.version) for one in reply.citations]
        days = await version_days(session, principal, quoted)
    shown = answer_view(question, reply, days)
    return _event(render_text(request, "ask/_stream_done.html", turn=turn, answer=shown))


async def _joined(
    first: AnswerEvent, rest: AsyncIterator[AnswerEvent]
) -> AsyncGenerator[AnswerEvent]:
    yield first
    async for event in rest:
        yield event


def _event(html: str) -> str:
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"{lines}\n"


def _named(name: str, data: dict[str, str]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
