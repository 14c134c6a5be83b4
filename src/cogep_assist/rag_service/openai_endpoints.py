"""POST /v1/chat/completions and GET /v1/models: any client of OpenAI's may ask here."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Path, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import UUID as UUID7
from uuid_utils.compat import uuid7

from cogep_assist.core.access import visible_collections
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, Conversation
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import public_address
from cogep_assist.edge.disconnect import unless_gone
from cogep_assist.edge.idempotent import IdempotencyKeyHeader
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import EdgeState, edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.ask_events import EVENT_STREAM, HEADERS
from cogep_assist.rag_service.ask_once import AskOnce
from cogep_assist.rag_service.ask_stream import AnswerEvent, DoneEvent, stream_answer, whole_answer
from cogep_assist.rag_service.openai_content import ContentWriter, marked_pieces, usage_of
from cogep_assist.rag_service.openai_facts import facts_of
from cogep_assist.rag_service.openai_messages import MODEL, ChatQuestion, read_chat
from cogep_assist.rag_service.openai_schemas import (
    AnswerMessage,
    ChatBody,
    ChatCompletion,
    Choice,
    ModelCard,
    ModelList,
    OpenAIErrorReply,
)
from cogep_assist.rag_service.openai_stream import ChunkForm, chat_chunks
from cogep_assist.rag_service.schemas import AskReply

router = guarded_router(tags=["openai"])
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIErrorReply, "description": description}
    for status, description in (
        (400, "O pedido não pode ser aceito; “param” diz por causa de quê"),
        (401, "A chave falta ou não vale"),
        (403, "O papel ou a chave não permite perguntar"),
        (404, "O modelo não existe, ou não está ao alcance de quem pede"),
        (409, "A Idempotency-Key já veio com outro conteúdo"),
        (429, "Muitos pedidos em pouco tempo"),
        (500, "Algo deu errado do nosso lado"),
        (503, "Indisponível por instantes; Retry-After diz quando tentar de novo"),
    )
}


@router.get(
    "/v1/models",
    response_model=ModelList,
    summary="Lista as coleções que se pode perguntar, na forma da OpenAI",
    responses=ERRORS,
    dependencies=[rule(Login.KEY_OR_SESSION, Act.ASK)],
)
async def models(session: SessionDep, principal: PrincipalDep) -> ModelList:
    """List the collections as models."""
    return ModelList(data=await _models(session, principal))


@router.get(
    "/v1/models/{model:path}",
    response_model=ModelCard,
    summary="Mostra uma coleção na forma da OpenAI",
    responses=ERRORS,
    dependencies=[rule(Login.KEY_OR_SESSION, Act.ASK)],
)
async def model(
    session: SessionDep,
    principal: PrincipalDep,
    model: Annotated[str, Path(max_length=80)],
) -> ModelCard:
    """Look at one model."""
    for card in await _models(session, principal):
        if card.id == model:
            return card
    raise AppError("openai_model_not_found", param="model", model=model)


@router.post(
    "/v1/chat/completions",
    response_model=ChatCompletion,
    responses={
        **ERRORS,
        200: {
            "description": "A resposta; com stream, eventos na forma da OpenAI",
            "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
        },
    },
    summary="Responde à última pergunta de uma conversa, na forma da OpenAI",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.ASK, rate=Rate.ASK, idempotent=True)],
)
async def chat_completions(
    request: Request,
    body: ChatBody,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Answer the last question of a conversation that the client keeps."""
    asked = read_chat(body)
    edge = edge_state(request)
    await _require_model(edge, principal, asked, body.model)
    options: dict[str, Any] = {
        "collection": asked.collection,
        "history": asked.history,
        "writer": edge.writer,
        "once": AskOnce(request, principal, idempotency_key, body.model_dump_json().encode()),
    }
    writer = ContentWriter(
        public_address(edge.settings) or str(request.base_url), asked.most_tokens, asked.stops
    )
    keeping = body.store is not False
    if not body.stream:
        answering = whole_answer(edge.database, principal, asked.question, **options)
        reply = await unless_gone(request, answering)
        await _forget_unless(edge, principal, reply, keeping=keeping)
        return JSONResponse(_completion(body.model, asked, writer, reply).model_dump(mode="json"))
    events = _unkept_unless(
        edge,
        principal,
        stream_answer(edge.database, principal, asked.question, **options),
        keeping=keeping,
    )
    # What is refused is refused before the status goes out.
    first = await anext(events)
    include_usage = bool(body.stream_options and body.stream_options.include_usage)
    form = ChunkForm(_chat_id(), int(time.time()), body.model, asked, include_usage)
    chunks = chat_chunks(form, writer, first, events)
    return StreamingResponse(chunks, media_type=EVENT_STREAM, headers=HEADERS)


async def _models(session: AsyncSession, principal: Principal) -> list[ModelCard]:
    rows = await session.execute(
        sa.select(Collection.name, Collection.created_at)
        .where(Collection.id.in_(visible_collections(principal)), Collection.expires_at.is_(None))
        .order_by(Collection.name)
    )
    found = [(f"{MODEL}/{row.name}", int(row.created_at.timestamp())) for row in rows]
    newest = max((created for _, created in found), default=0)
    return [ModelCard(id=name, created=at) for name, at in [(MODEL, newest), *found]]


async def _require_model(
    edge: EdgeState, principal: Principal, asked: ChatQuestion, model: str
) -> None:
    """Say of a collection that it is no model: a client of OpenAI's knows that error."""
    if asked.collection is None:
        return
    async with edge.database.begin() as session:
        known = await session.scalar(
            sa.select(Collection.id).where(
                Collection.id.in_(visible_collections(principal)),
                Collection.name == asked.collection,
            )
        )
    if known is None:
        raise AppError("openai_model_not_found", param="model", model=model)


def _completion(
    model: str, asked: ChatQuestion, writer: ContentWriter, reply: AskReply
) -> ChatCompletion:
    content = "".join(writer.add(text, cited) for text, cited in marked_pieces(reply))
    content += writer.footnotes(reply)
    message = AnswerMessage(content=content, annotations=writer.annotations(reply.citations))
    return ChatCompletion(
        # Of the answer, so that what is asked again under one Idempotency-Key is the same reply.
        id=f"chatcmpl-{reply.id.hex}",
        created=UUID7(reply.id.hex).timestamp // 1000,
        model=model,
        choices=[
            Choice(index=index, message=message, finish_reason="length" if writer.cut else "stop")
            for index in range(asked.choices)
        ],
        usage=usage_of(asked.prompt, content, asked.choices),
        cogep=facts_of(reply),
    )


async def _unkept_unless(
    edge: EdgeState,
    principal: Principal,
    events: AsyncGenerator[AnswerEvent],
    *,
    keeping: bool,
) -> AsyncGenerator[AnswerEvent]:
    async with aclosing(events):
        async for event in events:
            if isinstance(event, DoneEvent):
                await _forget_unless(edge, principal, event.reply, keeping=keeping)
            yield event


async def _forget_unless(
    edge: EdgeState, principal: Principal, reply: AskReply, *, keeping: bool
) -> None:
    if keeping:
        return
    async with edge.database.begin() as session:
        await _forget(session, principal, reply.conversation_id)


async def _forget(session: AsyncSession, principal: Principal, conversation_id: UUID) -> None:
    await session.execute(
        sa.delete(Conversation).where(
            Conversation.id == conversation_id, Conversation.owner == principal.label
        )
    )


def _chat_id() -> str:
    return f"chatcmpl-{uuid7().hex}"
