"""Gaps: list, look, dismiss, open again."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import GapStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.gap_schemas import GapDetail, GapPage, GapReply
from cogep_assist.rag_service.gaps import (
    dismiss_gap,
    find_gap,
    list_gaps,
    read_gap,
    reopen_gap,
)

router = guarded_router(tags=["gaps"])
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_GAPS, idempotent=True)
Change = Callable[[AsyncSession, Principal, UUID], Awaitable[GapReply]]


@router.get(
    "/gaps",
    response_model=GapPage,
    summary="Lista o que foi perguntado e ninguém soube responder",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_GAPS)],
)
async def gaps(
    session: SessionDep,
    principal: PrincipalDep,
    status: GapStatus = GapStatus.OPEN,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
) -> GapPage:
    """List gaps."""
    found, more = await list_gaps(
        session, principal, status=status, limit=limit, before=decode_id_cursor(cursor)
    )
    return GapPage(items=found, next_cursor=encode_cursor(more))


@router.get(
    "/gaps/{gap_id}",
    response_model=GapDetail,
    summary="Mostra uma lacuna, suas perguntas e os documentos mais próximos",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_GAPS, rate=Rate.ASK)],
)
async def gap(gap_id: UUID, session: SessionDep, principal: PrincipalDep) -> GapDetail:
    """Look at one gap."""
    return await read_gap(session, principal, gap_id)


@router.post(
    "/gaps/{gap_id}/dismiss",
    response_model=GapReply,
    summary="Dispensa uma lacuna: não é caso de documento",
    dependencies=[MANAGE],
)
async def dismiss(
    request: Request,
    gap_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> GapReply:
    """Set a gap aside."""
    return await _change(request, session, principal, gap_id, idempotency_key, dismiss_gap)


@router.post(
    "/gaps/{gap_id}/reopen",
    response_model=GapReply,
    summary="Reabre uma lacuna dispensada ou dada por respondida",
    dependencies=[MANAGE],
)
async def reopen(
    request: Request,
    gap_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> GapReply:
    """Open a gap again."""
    return await _change(request, session, principal, gap_id, idempotency_key, reopen_gap)


async def _change(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    gap_id: UUID,
    key: str | None,
    change: Change,
) -> GapReply:
    async def work() -> StoredReply:
        await change(session, principal, gap_id)
        return StoredReply(200, {"id": str(gap_id)})

    await once(request, session, principal, key, b"", work)
    return await find_gap(session, principal, gap_id)
