"""Queues: list them, create and change them."""

from typing import Annotated

from fastapi import Path, Request, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.queues import MAX_NAME_CHARS, list_queues, set_queue
from cogep_assist.crm_service.ticket_schemas import QueueChange, QueueReply
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["tickets"])
QueueName = Annotated[str, Path(min_length=1, max_length=MAX_NAME_CHARS)]


@router.get(
    "/crm/queues",
    response_model=list[QueueReply],
    summary="Lista as filas em que você atende",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS)],
)
async def queues(session: SessionDep, principal: PrincipalDep) -> list[QueueReply]:
    """List queues."""
    return await list_queues(session, principal)


@router.put(
    "/crm/queues/{name}",
    response_model=QueueReply,
    responses={201: {"model": QueueReply, "description": "Fila criada"}},
    summary="Cria ou muda uma fila",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_DESK, idempotent=True)],
)
async def put_queue(
    request: Request,
    response: Response,
    name: QueueName,
    body: QueueChange,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> QueueReply:
    """Create a queue or change it."""

    async def work() -> StoredReply:
        _, created = await set_queue(session, principal, name, body)
        return StoredReply(201 if created else 200, {})

    raw = body.model_dump_json(exclude_unset=True).encode()
    stored = await once(request, session, principal, idempotency_key, raw, work)
    response.status_code = stored.status
    listed = await list_queues(session, principal)
    return next(queue for queue in listed if queue.name == " ".join(name.split()))
