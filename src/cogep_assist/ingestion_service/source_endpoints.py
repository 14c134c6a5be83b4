"""Sources that are followed: list, create, look, pause, visit, confirm, remove, try out."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import decode_id_cursor, encode_cursor
from cogep_assist.edge.errors import ErrorReply
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.source_preview import preview_source
from cogep_assist.ingestion_service.source_schemas import (
    PreviewBody,
    PreviewReply,
    SourceBody,
    SourceDetail,
    SourcePage,
    SourceReply,
)
from cogep_assist.ingestion_service.sources import (
    check_target,
    confirm_retirement,
    create_source,
    describe_source,
    find_source,
    list_sources,
    pause_source,
    remove_source,
    request_visit,
    resume_source,
)

router = guarded_router(tags=["sources"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_SOURCES)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_SOURCES, idempotent=True)
ORIGIN_FAILED: dict[int | str, dict[str, Any]] = {
    410: {"model": ErrorReply, "description": "O endereço não existe mais"},
    502: {"model": ErrorReply, "description": "O servidor de origem não respondeu como devia"},
    504: {"model": ErrorReply, "description": "O servidor de origem demorou demais"},
}
Change = Callable[[AsyncSession, Principal, UUID], Awaitable[SourceReply]]


@router.get(
    "/sources",
    response_model=SourcePage,
    summary="Lista as fontes seguidas, da mais nova à mais antiga",
    dependencies=[READ],
)
async def sources(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> SourcePage:
    """List what is followed."""
    found, more = await list_sources(
        session, principal, limit=limit, before=decode_id_cursor(cursor)
    )
    return SourcePage(items=found, next_cursor=None if more is None else encode_cursor(more))


@router.post(
    "/sources",
    status_code=201,
    response_model=SourceReply,
    summary="Passa a seguir um endereço, uma pasta ou um sitemap",
    dependencies=[MANAGE],
)
async def create(
    request: Request,
    body: SourceBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Follow something from now on."""
    settings = intake_of(request).settings

    async def work() -> StoredReply:
        made = await create_source(session, principal, body, settings)
        return StoredReply(201, {"id": str(made.id)})

    stored = await once(
        request, session, principal, idempotency_key, body.model_dump_json().encode(), work
    )
    reply = await find_source(session, principal, UUID(stored.reply["id"]))
    response = JSONResponse(reply.model_dump(mode="json"), status_code=201)
    response.headers["Location"] = reply.links["self"]
    return response


@router.post(
    "/sources/preview",
    response_model=PreviewReply,
    summary="Diz o que uma primeira visita traria, sem trazer nada",
    responses=ORIGIN_FAILED,
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_SOURCES, rate=Rate.ASK, idempotent=True)],
)
async def preview(
    request: Request,
    body: PreviewBody,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,  # noqa: ARG001 - it changes nothing anyway
) -> PreviewReply:
    """List something that might be followed."""
    intake = intake_of(request)
    target = check_target(body.kind, body.target, intake.settings)
    return await preview_source(intake.settings, intake.database, principal, body.kind, target)


@router.get(
    "/sources/{source_id}",
    response_model=SourceDetail,
    summary="Mostra uma fonte e os documentos dela que pedem atenção",
    dependencies=[READ],
)
async def source(source_id: UUID, session: SessionDep, principal: PrincipalDep) -> SourceDetail:
    """Look at one source."""
    return await describe_source(session, principal, source_id)


@router.delete(
    "/sources/{source_id}",
    status_code=204,
    summary="Deixa de seguir uma fonte; os documentos dela ficam",
    dependencies=[MANAGE],
)
async def remove(
    request: Request,
    source_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Follow a source no more."""

    async def work() -> StoredReply:
        await remove_source(session, principal, source_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.post(
    "/sources/{source_id}/run",
    status_code=202,
    response_model=SourceReply,
    summary="Visita a fonte assim que houver trabalhador livre",
    dependencies=[MANAGE],
)
async def run(
    request: Request,
    source_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Visit a source now."""
    reply = await _change(request, session, principal, source_id, idempotency_key, request_visit)
    return JSONResponse(reply.model_dump(mode="json"), status_code=202)


@router.post(
    "/sources/{source_id}/pause",
    response_model=SourceReply,
    summary="Deixa a fonte em pausa",
    dependencies=[MANAGE],
)
async def pause(
    request: Request,
    source_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> SourceReply:
    """Visit a source no more until it is resumed."""
    return await _change(request, session, principal, source_id, idempotency_key, pause_source)


@router.post(
    "/sources/{source_id}/resume",
    response_model=SourceReply,
    summary="Retoma uma fonte em pausa",
    dependencies=[MANAGE],
)
async def resume(
    request: Request,
    source_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> SourceReply:
    """Visit a source again by its schedule."""
    return await _change(request, session, principal, source_id, idempotency_key, resume_source)


@router.post(
    "/sources/{source_id}/confirm",
    status_code=202,
    response_model=SourceReply,
    summary="Confirma a retirada dos documentos que sumiram da fonte",
    dependencies=[MANAGE],
)
async def confirm(
    request: Request,
    source_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Let the documents that are held go."""
    reply = await _change(
        request, session, principal, source_id, idempotency_key, confirm_retirement
    )
    return JSONResponse(reply.model_dump(mode="json"), status_code=202)


async def _change(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    source_id: UUID,
    key: str | None,
    change: Change,
) -> SourceReply:
    async def work() -> StoredReply:
        await change(session, principal, source_id)
        return StoredReply(200, {})

    await once(request, session, principal, key, b"", work)
    return await find_source(session, principal, source_id)
