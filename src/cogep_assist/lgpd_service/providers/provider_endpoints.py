"""Providers of models and what left for them, over HTTP."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.providers.model_providers import (
    list_providers,
    register_provider,
    withdraw_provider,
)
from cogep_assist.lgpd_service.providers.model_transfers import list_transfers
from cogep_assist.lgpd_service.providers.provider_schemas import (
    NewProvider,
    ProviderList,
    ProviderReply,
    TransferPage,
)

router = guarded_router(tags=["lgpd"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_PROVIDERS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_PROVIDERS, idempotent=True)


@router.get(
    "/lgpd/providers",
    response_model=ProviderList,
    summary="Lista os fornecedores de modelos, com país, mecanismo e validade",
    dependencies=[READ],
)
async def providers(
    session: SessionDep, principal: PrincipalDep, withdrawn: bool = False
) -> ProviderList:
    """List providers."""
    return ProviderList(items=await list_providers(session, principal, withdrawn=withdrawn))


@router.post(
    "/lgpd/providers",
    response_model=ProviderReply,
    status_code=201,
    summary="Registra um fornecedor de modelos",
    dependencies=[MANAGE],
)
async def register(
    request: Request,
    body: NewProvider,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Register a provider."""
    zone = ZoneInfo(edge_state(request).settings.timezone)

    async def work() -> StoredReply:
        made = await register_provider(session, principal, body, zone)
        return StoredReply(201, made.model_dump(mode="json"))

    asked = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, asked, work)
    return JSONResponse(stored.reply, status_code=stored.status)


@router.post(
    "/lgpd/providers/{provider_id}/withdraw",
    response_model=ProviderReply,
    summary="Retira um fornecedor: nada mais lhe é enviado",
    dependencies=[MANAGE],
)
async def withdraw(
    request: Request,
    provider_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Withdraw a provider."""

    async def work() -> StoredReply:
        gone = await withdraw_provider(session, principal, provider_id)
        return StoredReply(200, gone.model_dump(mode="json"))

    stored = await once(request, session, principal, idempotency_key, b"", work)
    return JSONResponse(stored.reply, status_code=stored.status)


@router.get(
    "/lgpd/transfers",
    response_model=TransferPage,
    summary="Lista o que saiu para modelos, com o que foi ocultado",
    dependencies=[READ],
)
async def transfers(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
) -> TransferPage:
    """List calls to models."""
    found, more = await list_transfers(
        session, principal, limit=limit, before=decode_id_cursor(cursor)
    )
    return TransferPage(items=found, next_cursor=encode_cursor(more))
