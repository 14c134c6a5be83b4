"""The Idempotency-Key of a request: one act and one reply, however often it is sent."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply, body_hash, check_key, claim, complete
from cogep_assist.core.principal import Principal

IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=(
            "De 1 a 200 caracteres ASCII visíveis. O mesmo pedido, repetido com a mesma chave "
            "em até 24 h, é feito uma só vez e recebe a mesma resposta."
        ),
        # Told in the contract, checked by ``check_key``: its error has a code of its own.
        json_schema_extra={"pattern": "^[!-~]{1,200}$"},
    ),
]


async def once(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    key: str | None,
    body: bytes,
    work: Callable[[], Awaitable[StoredReply]],
) -> StoredReply:
    """Do work in the request's transaction, or return what it answered the first time.

    Raises AppError("idempotency_key_invalid"|"idempotency_key_reused").
    """
    if key is None:
        return await work()
    route = route_name(request)
    query = request.url.query
    asked_for = f"{request.url.path}?{query}" if query else request.url.path
    digest = body_hash(request.method, asked_for, body)
    stored = await claim(session, principal, route, check_key(key), digest)
    if stored is not None:
        return stored
    reply = await work()
    await complete(session, principal, route, key, reply)
    return reply


def route_name(request: Request) -> str:
    """Return the route as keys remember it: method and pattern."""
    return f"{request.method} {route_pattern(request)}"


def route_pattern(request: Request) -> str:
    """Return the pattern of the route that serves a request."""
    route: Any = request.scope.get("route")
    return str(getattr(route, "path", request.url.path))
