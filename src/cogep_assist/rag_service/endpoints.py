"""GET /search and POST /ask."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from cogep_assist.core.models import Visibility
from cogep_assist.core.principal import Act
from cogep_assist.edge.absent import CollectionOrNone
from cogep_assist.edge.disconnect import unless_gone
from cogep_assist.edge.idempotent import IdempotencyKeyHeader
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service import (
    answer_notice_endpoints,
    conversation_endpoints,
    evaluation_endpoints,
    gap_endpoints,
    openai_endpoints,
    set_question_endpoints,
    synonym_endpoints,
)
from cogep_assist.rag_service.ask_events import EVENT_STREAM, HEADERS, answer_events
from cogep_assist.rag_service.ask_once import AskOnce
from cogep_assist.rag_service.ask_stream import stream_answer, whole_answer
from cogep_assist.rag_service.schemas import AskBody, AskReply, SearchReply
from cogep_assist.rag_service.search import search_passages
from cogep_assist.rag_service.search_filters import MOST_VALUES, search_filters

MAX_QUERY_CHARS = 10_000
MAX_K = 100

router = guarded_router(tags=["ask"])
routers: tuple[APIRouter, ...] = (
    router,
    answer_notice_endpoints.router,
    conversation_endpoints.router,
    evaluation_endpoints.router,
    gap_endpoints.router,
    openai_endpoints.router,
    set_question_endpoints.router,
    synonym_endpoints.router,
)


@router.get(
    "/search",
    response_model=SearchReply,
    summary="Procura trechos nos documentos",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.SEARCH, rate=Rate.ASK)],
)
async def search(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str, Query(min_length=1, max_length=MAX_QUERY_CHARS)],
    k: Annotated[int, Query(ge=1, le=MAX_K)] = 10,
    collection: CollectionOrNone = None,
    visibility: Visibility | None = None,
    media_type: Annotated[
        list[Annotated[str, Field(max_length=120)]],
        Query(max_length=MOST_VALUES, description="“pdf” ou “application/pdf”; pode repetir-se."),
    ] = [],  # noqa: B006 - FastAPI copies it
    since: Annotated[date | None, Query(description="Documentos que entraram deste dia")] = None,
    until: Annotated[date | None, Query(description="até este dia, inclusive")] = None,
    document_id: Annotated[list[UUID], Query(max_length=MOST_VALUES)] = [],  # noqa: B006
) -> SearchReply:
    """Find the passages that are nearest to a text."""
    if not q.strip():
        raise invalid_field("q", "não pode estar vazio")
    filters = search_filters(
        media_types=media_type,
        since=since,
        until=until,
        document_ids=document_id,
        timezone=edge_state(request).settings.timezone,
    )
    return await search_passages(
        session, principal, q, k=k, collection=collection, visibility=visibility, filters=filters
    )


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
    edge = edge_state(request)
    asked: dict[str, Any] = {
        "collection": body.collection,
        "conversation_id": body.conversation_id,
        "writer": edge.writer,
        "once": AskOnce(request, principal, idempotency_key, canonical),
    }
    if not body.stream:
        answering = whole_answer(edge.database, principal, body.question, **asked)
        reply = await unless_gone(request, answering)
        return JSONResponse(reply.model_dump(mode="json"))
    events = stream_answer(edge.database, principal, body.question, **asked)
    # What is refused is refused before the status goes out.
    first = await anext(events)
    return StreamingResponse(answer_events(first, events), media_type=EVENT_STREAM, headers=HEADERS)
