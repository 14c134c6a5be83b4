"""What waits to be delivered, was, or was given up."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel

from cogep_assist.access_service.schemas import OutboxList, OutboxReply
from cogep_assist.access_service.webhook_schemas import MessageDetail
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import OutboxStatus
from cogep_assist.core.outbox import attempts_of, find_message, list_messages, resend
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["access"])


@router.get(
    "/access/outbox",
    response_model=OutboxList,
    summary="Lista as mensagens da caixa de saída, sem o conteúdo",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_OUTBOX)],
)
async def messages(
    session: SessionDep,
    principal: PrincipalDep,
    status: OutboxStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: NumberCursor = None,
) -> OutboxList:
    """List messages."""
    found = await list_messages(
        session, principal, status, limit + 1, before=decode_number_cursor(cursor)
    )
    shown = found[:limit]
    more = shown[-1].sequence if len(found) > limit else None
    return OutboxList(
        items=[OutboxReply.of(message) for message in shown], next_cursor=encode_cursor(more)
    )


@router.get(
    "/access/outbox/{message_id}",
    response_model=MessageDetail,
    summary="Mostra uma mensagem da caixa de saída e cada tentativa de entrega",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_OUTBOX)],
)
async def message(message_id: UUID, session: SessionDep, principal: PrincipalDep) -> MessageDetail:
    """Show a message with its tries."""
    tries = await attempts_of(session, principal, message_id)
    return MessageDetail.of(await find_message(session, principal, message_id), list(tries))


class Resent(BaseModel):
    """A message that is in line again."""

    id: UUID


@router.post(
    "/access/outbox/{message_id}/resend",
    status_code=202,
    summary="Põe de novo na fila uma mensagem que não foi entregue",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_OUTBOX, idempotent=True)],
)
async def send_again(
    request: Request,
    message_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Resent:
    """Put a message back in line."""

    async def work() -> StoredReply:
        await resend(session, principal, message_id)
        return StoredReply(202, {"id": str(message_id)})

    await once(request, session, principal, idempotency_key, b"", work)
    return Resent(id=message_id)
