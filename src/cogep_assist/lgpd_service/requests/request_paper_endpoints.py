"""Papers of a request: a power of attorney, a birth certificate; read, and then deleted."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Header, Request, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import ANONYMOUS, Act
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal.officer_endpoints import download
from cogep_assist.lgpd_service.requests.request_access import find_request, request_by_code
from cogep_assist.lgpd_service.requests.request_documents import (
    MAX_BYTES,
    add_document,
    read_document,
)
from cogep_assist.lgpd_service.requests.request_replies import public_reply, request_reply
from cogep_assist.lgpd_service.requests.request_schemas import PublicRequestReply, RequestReply
from cogep_assist.lgpd_service.uploaded_file import FILE_FORM, uploaded_file

router = guarded_router(tags=["lgpd-requests"])
OPEN = rule(Login.KEY_OR_SESSION, Act.OPEN_SUBJECT_REQUESTS, idempotent=True)
SEE_ALL = rule(Login.KEY_OR_SESSION, Act.MANAGE_SUBJECT_REQUESTS)
Protocol = Annotated[str, Header(alias="X-Request-Protocol", max_length=40)]
Code = Annotated[str, Header(alias="X-Request-Code", max_length=40)]
UNNAMED = "documento"


@router.post(
    "/lgpd/public/requests/papers",
    status_code=201,
    response_model=PublicRequestReply,
    summary="Envia um documento do pedido, como a procuração; é apagado depois de lido",
    openapi_extra=FILE_FORM,
    dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)],
)
async def send_paper(
    request: Request, session: SessionDep, protocol: Protocol, code: Code
) -> PublicRequestReply:
    """Take a paper from somebody without an account: who they are comes before the file."""
    found = await request_by_code(session, protocol, code, lock=True)
    file = await uploaded_file(request, MAX_BYTES)
    await add_document(session, ANONYMOUS, found, file.purpose or UNNAMED, file.name, file.content)
    return await public_reply(session, found, ZoneInfo(edge_state(request).settings.timezone))


@router.post(
    "/lgpd/requests/{request_id}/papers",
    status_code=201,
    response_model=RequestReply,
    summary="Guarda um documento do pedido, cifrado, até alguém o ler",
    openapi_extra=FILE_FORM,
    dependencies=[OPEN],
)
async def add_paper(
    request: Request,
    request_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> RequestReply:
    """Take a paper in; whether the request is there comes before the file."""
    await find_request(session, principal, request_id)
    file = await uploaded_file(request, MAX_BYTES)

    async def work() -> StoredReply:
        found = await find_request(session, principal, request_id, lock=True)
        await add_document(
            session, principal, found, file.purpose or UNNAMED, file.name, file.content
        )
        return StoredReply(201, {})

    await once(request, session, principal, idempotency_key, file.fingerprint, work)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    return await request_reply(session, principal, request_id, zone)


@router.get(
    "/lgpd/requests/{request_id}/papers/{paper_id}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "O documento"}},
    summary="Baixa um documento do pedido, enquanto ele existe",
    dependencies=[SEE_ALL],
)
async def read_paper(
    request_id: UUID, paper_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Hand a paper out."""
    return download(*await read_document(session, principal, request_id, paper_id))
