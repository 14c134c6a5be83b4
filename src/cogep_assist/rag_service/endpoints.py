"""GET /search and POST /ask."""

import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep, in_snapshot
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.answer_record import find_answer
from cogep_assist.rag_service.ask import answer_question
from cogep_assist.rag_service.schemas import AskBody, AskReply, SearchReply
from cogep_assist.rag_service.search import search_passages

MAX_QUERY_CHARS = 10_000
MAX_K = 100
EVENT_STREAM = "text/event-stream"

router = guarded_router(tags=["ask"])
routers: tuple[APIRouter, ...] = (router,)


@router.get(
    "/search",
    response_model=SearchReply,
    summary="Procura trechos nos documentos",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.SEARCH, rate=Rate.ASK)],
)
async def search(
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str, Query(min_length=1, max_length=MAX_QUERY_CHARS)],
    k: Annotated[int, Query(ge=1, le=MAX_K)] = 10,
    collection: Annotated[str | None, Query(max_length=64)] = None,
) -> SearchReply:
    """Find the passages that are nearest to a text."""
    if not q.strip():
        raise invalid_field("q", "não pode estar vazio")
    return await search_passages(session, principal, q, k=k, collection=collection)


@router.post(
    "/ask",
    response_model=AskReply,
    responses={
        200: {
            "description": (
                "A resposta; com stream, os eventos “sources”, “delta” e “done” "
                "(este traz o JSON inteiro)"
            ),
            "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
        }
    },
    summary="Responde com a fonte de cada frase",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.ASK, rate=Rate.ASK, idempotent=True)],
)
async def ask(
    request: Request,
    body: AskBody,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Answer a question from the documents that this person may see."""
    canonical = body.model_dump_json(exclude={"stream"}).encode()

    async def work(session: AsyncSession) -> AskReply:
        fresh: list[AskReply] = []

        async def answer() -> StoredReply:
            reply = await answer_question(
                session,
                principal,
                body.question,
                collection=body.collection,
                conversation_id=body.conversation_id,
            )
            fresh.append(reply)
            # The id alone: what it names is told as it stands when it is told again.
            return StoredReply(200, {"answer_id": str(reply.id)})

        stored = await once(request, session, principal, idempotency_key, canonical, answer)
        if fresh:
            return fresh[0]
        return await find_answer(session, principal, UUID(stored.reply["answer_id"]))

    reply = await in_snapshot(edge_state(request).database, work)
    if body.stream:
        return StreamingResponse(_events(reply), media_type=EVENT_STREAM)
    return JSONResponse(reply.model_dump(mode="json"))


async def _events(reply: AskReply) -> AsyncIterator[str]:
    """Send the sources first, then the answer piece by piece, then all of it."""
    whole = reply.model_dump(mode="json")
    yield _event("sources", {"citations": whole["citations"], "closest": whole["closest"]})
    for piece in _deltas(reply):
        yield _event("delta", {"text": piece})
    yield _event("done", whole)


def _deltas(reply: AskReply) -> list[str]:
    """Cut the answer's text where its sentences begin."""
    cuts, place = [], 0
    for sentence in reply.sentences:
        found = reply.answer.find(sentence.text, place)
        if found > 0:
            cuts.append(found)
        place = max(found, place) + len(sentence.text)
    edges = [0, *sorted(set(cuts)), len(reply.answer)]
    return [reply.answer[a:b] for a, b in pairwise(edges) if a < b]


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
