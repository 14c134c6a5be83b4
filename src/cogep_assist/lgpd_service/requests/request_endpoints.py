"""Requests of data subjects: registered, listed, shown."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import RequestChannel, RequestStatus, SubjectRight
from cogep_assist.core.principal import Act, PrincipalKind
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.entity_tags import set_entity_tag
from cogep_assist.edge.idempotent import IdempotencyKeyHeader
from cogep_assist.edge.once_door import OnceDoor, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.requests.request_list import (
    RequestFilter,
    list_requests,
    pressing_requests,
)
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request
from cogep_assist.lgpd_service.requests.request_replies import item_replies, request_reply
from cogep_assist.lgpd_service.requests.request_schemas import (
    RequestBody,
    RequestPage,
    RequestReply,
)

router = guarded_router(tags=["lgpd-requests"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_SUBJECT_REQUESTS)
OPEN = rule(Login.KEY_OR_SESSION, Act.OPEN_SUBJECT_REQUESTS, idempotent=True)
SEE_ALL = rule(Login.KEY_OR_SESSION, Act.MANAGE_SUBJECT_REQUESTS)
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post(
    "/lgpd/requests",
    status_code=201,
    response_model=RequestReply,
    summary="Registra o pedido de um titular: o próprio, ou o de um cliente no atendimento",
    dependencies=[OPEN],
)
async def open_(
    request: Request,
    response: Response,
    body: RequestBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> RequestReply:
    """Register a request."""
    door = OnceDoor(request, response, session, principal, idempotency_key)
    settings = edge_state(request).settings
    by_key = principal.kind is PrincipalKind.KEY
    channel = RequestChannel.API if by_key else RequestChannel.DESK

    async def work() -> StoredReply:
        made = await open_request(
            session, principal, NewRequest(**body.model_dump()), settings, channel
        )
        return StoredReply(201, {"id": str(made.id)})

    made = UUID((await door.once(work, raw(body))).reply["id"])
    reply = await request_reply(session, principal, made, ZoneInfo(settings.timezone))
    response.headers["Location"] = reply.links["self"]
    set_entity_tag(response, reply.revision)
    return reply


@router.get(
    "/lgpd/requests",
    response_model=RequestPage,
    summary="Lista os pedidos ao alcance de quem pergunta, do mais novo ao mais antigo",
    dependencies=[READ],
)
async def list_(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    status: Annotated[list[RequestStatus] | None, Query()] = None,
    right: Annotated[list[SubjectRight] | None, Query()] = None,
    assignee_id: UUID | None = None,
    customer_id: UUID | None = None,
    late: bool = False,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> RequestPage:
    """List requests."""
    asked = RequestFilter(status or (), right or (), assignee_id, customer_id, late)
    found, more = await list_requests(
        session, principal, asked, after=decode_id_cursor(cursor), limit=limit
    )
    items = await item_replies(session, found, _zone(request))
    return RequestPage(items=items, next_cursor=encode_cursor(more))


@router.get(
    "/lgpd/requests/pressing",
    response_model=RequestPage,
    summary="Lista os pedidos cujos prazos correm, do que vence antes ao que vence depois",
    dependencies=[SEE_ALL],
)
async def pressing(
    request: Request, session: SessionDep, principal: PrincipalDep, limit: Limit = 50
) -> RequestPage:
    """List what is due."""
    found = await pressing_requests(session, principal, limit)
    items = await item_replies(session, found, _zone(request))
    return RequestPage(items=items, next_cursor=None)


@router.get(
    "/lgpd/requests/{request_id}",
    response_model=RequestReply,
    summary="Mostra um pedido inteiro",
    dependencies=[READ],
)
async def show(
    request: Request,
    response: Response,
    request_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
) -> RequestReply:
    """Look at a request."""
    reply = await request_reply(session, principal, request_id, _zone(request))
    set_entity_tag(response, reply.revision)
    return reply


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(edge_state(request).settings.timezone)
