"""Keys of integrations, for who administers."""

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from cogep_assist.access_service.schemas import KeyBody, KeyList, KeyReply
from cogep_assist.core.access_keys import find_key, list_keys, make_key, revoke_key_by_id
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["access"])
READ = rule(Login.KEY_OR_SESSION, Act.MANAGE_KEYS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_KEYS, idempotent=True)


@router.get(
    "/access/keys",
    response_model=KeyList,
    summary="Lista as chaves que não foram revogadas",
    dependencies=[READ],
)
async def keys(session: SessionDep, principal: PrincipalDep) -> KeyList:
    """List the keys."""
    found = await list_keys(session, by=principal)
    return KeyList(items=[KeyReply.of(key) for key in found])


@router.post(
    "/access/keys",
    status_code=201,
    response_model=KeyReply,
    summary="Cria uma chave, mostrada só desta vez",
    dependencies=[MANAGE],
)
async def create(
    request: Request,
    body: KeyBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Create a key. A repeated request is told of the same key, without the key itself."""
    shown: list[str] = []

    async def work() -> StoredReply:
        plaintext, key = await make_key(
            session, body.name, body.role, body.expires_at, scopes=body.scopes, by=principal
        )
        shown.append(plaintext)
        return StoredReply(201, {"id": str(key.id)})

    asked = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, asked, work)
    key = await find_key(session, UUID(stored.reply["id"]), by=principal)
    reply = KeyReply.of(key, shown[0] if shown else None)
    return JSONResponse(reply.model_dump(mode="json"), status_code=201)


@router.delete(
    "/access/keys/{key_id}",
    status_code=204,
    summary="Revoga uma chave, na hora e para sempre",
    dependencies=[MANAGE],
)
async def revoke(
    request: Request,
    key_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> None:
    """Revoke a key."""

    async def work() -> StoredReply:
        await revoke_key_by_id(session, key_id, by=principal)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
