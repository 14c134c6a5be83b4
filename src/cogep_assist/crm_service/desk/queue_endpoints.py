"""Queues: list them, create and change them."""

from typing import Annotated

from fastapi import Path

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.desk.queues import MAX_NAME_CHARS, list_queues, set_queue
from cogep_assist.crm_service.tickets.ticket_schemas import QueueChange, QueueReply
from cogep_assist.edge.linked_page import Paged
from cogep_assist.edge.once_door import Door
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
async def queues(session: SessionDep, principal: PrincipalDep, page: Paged) -> list[QueueReply]:
    """List queues."""
    return page.cut(await list_queues(session, principal), lambda one: one.name)


@router.put(
    "/crm/queues/{name}",
    response_model=QueueReply,
    responses={201: {"model": QueueReply, "description": "Fila criada"}},
    summary="Cria ou muda uma fila",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_DESK, idempotent=True)],
)
async def put_queue(door: Door, name: QueueName, body: QueueChange) -> QueueReply:
    """Create a queue or change it."""
    return await door.put(
        QueueReply, lambda: set_queue(door.session, door.principal, name, body), body
    )
