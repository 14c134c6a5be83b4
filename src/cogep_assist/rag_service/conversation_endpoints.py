"""Conversations, and POST /ask/ID/feedback."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.conversation_schemas import (
    ConversationPage,
    ConversationReply,
    FeedbackBody,
    FeedbackReply,
)
from cogep_assist.rag_service.conversations import (
    delete_conversation,
    list_conversations,
    read_conversation,
)
from cogep_assist.rag_service.feedback import find_feedback, give_feedback, withdraw_feedback

router = guarded_router(tags=["conversations"])


@router.get(
    "/conversations",
    response_model=ConversationPage,
    summary="Lista as próprias conversas, da mais nova à mais antiga",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_CONVERSATIONS)],
)
async def conversations(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
) -> ConversationPage:
    """List one's own conversations."""
    found, more = await list_conversations(
        session, principal, limit=limit, before=decode_id_cursor(cursor)
    )
    return ConversationPage(items=found, next_cursor=encode_cursor(more))


@router.get(
    "/conversations/{conversation_id}",
    response_model=ConversationReply,
    summary="Mostra uma conversa própria, com perguntas e respostas",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_CONVERSATIONS)],
)
async def conversation(
    conversation_id: UUID, session: SessionDep, principal: PrincipalDep
) -> ConversationReply:
    """Read one of one's own conversations."""
    return await read_conversation(session, principal, conversation_id)


@router.delete(
    "/conversations/{conversation_id}",
    status_code=204,
    summary="Apaga uma conversa própria, com as respostas e as avaliações",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.DELETE_CONVERSATIONS, idempotent=True)],
)
async def remove(
    request: Request,
    conversation_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Delete one of one's own conversations."""

    async def work() -> StoredReply:
        await delete_conversation(session, principal, conversation_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.post(
    "/ask/{answer_id}/feedback",
    response_model=FeedbackReply,
    summary="Diz se uma resposta ajudou, e o que faltou a ela",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.GIVE_FEEDBACK, idempotent=True)],
)
async def feedback(
    request: Request,
    answer_id: UUID,
    body: FeedbackBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> FeedbackReply:
    """Keep what a person thought of an answer of theirs."""
    fresh: list[FeedbackReply] = []

    async def work() -> StoredReply:
        fresh.append(await give_feedback(session, principal, answer_id, body))
        return StoredReply(200, {"answer_id": str(answer_id)})

    await once(request, session, principal, idempotency_key, body.model_dump_json().encode(), work)
    return fresh[0] if fresh else await find_feedback(session, principal, answer_id)


@router.delete(
    "/ask/{answer_id}/feedback",
    status_code=204,
    summary="Retira a própria avaliação de uma resposta",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.GIVE_FEEDBACK, idempotent=True)],
)
async def withdraw(
    request: Request,
    answer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Take one's own word on an answer back."""

    async def work() -> StoredReply:
        await withdraw_feedback(session, principal, answer_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)
