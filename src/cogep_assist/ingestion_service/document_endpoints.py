"""Documents, their versions, and collections."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.absent import EMPTY_IS_ABSENT, CollectionOrNone
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import list_collections, set_visibility
from cogep_assist.ingestion_service.document_queries import (
    find_document,
    list_documents,
    list_versions,
    version_text,
)
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.ingestion_service.schemas import (
    CollectionBody,
    CollectionList,
    CollectionReply,
    DocumentPage,
    DocumentReply,
    VersionList,
)

MAX_INT4 = 2**31 - 1

router = guarded_router(tags=["documents"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_DOCUMENTS)


@router.get(
    "/documents",
    response_model=DocumentPage,
    summary="Lista os documentos, do mais novo ao mais antigo",
    dependencies=[READ],
)
async def documents(
    session: SessionDep,
    principal: PrincipalDep,
    collection: CollectionOrNone = None,
    q: Annotated[
        str, Query(max_length=200, description="Palavras do título ou do endereço; todas.")
    ] = "",
    hidden: Annotated[
        bool | None,
        EMPTY_IS_ABSENT,
        Query(description="Só os que estão fora das respostas (true), ou nelas (false)."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
) -> DocumentPage:
    """List the live documents that this person may see."""
    found, more = await list_documents(
        session,
        principal,
        collection=collection,
        words=q,
        hidden=hidden,
        limit=limit,
        before=decode_id_cursor(cursor),
    )
    return DocumentPage(items=found, next_cursor=encode_cursor(more))


@router.get(
    "/documents/{document_id}",
    response_model=DocumentReply,
    summary="Mostra um documento",
    dependencies=[READ],
)
async def document(
    document_id: UUID, session: SessionDep, principal: PrincipalDep, response: Response
) -> DocumentReply:
    """Look at one document."""
    found = await find_document(session, principal, document_id)
    set_entity_tag(response, found.version or 0)
    return found


@router.delete(
    "/documents/{document_id}",
    status_code=204,
    summary="Remove um documento, que some já da próxima resposta",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.DELETE_DOCUMENTS, idempotent=True)],
)
async def remove(
    request: Request,
    document_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Remove a document and what answers quoted from it."""
    expected = expected_revision(if_match)

    async def work() -> StoredReply:
        await remove_document(session, principal, document_id, expected)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.get(
    "/documents/{document_id}/versions",
    response_model=VersionList,
    summary="Lista as versões de um documento",
    dependencies=[READ],
)
async def versions(document_id: UUID, session: SessionDep, principal: PrincipalDep) -> VersionList:
    """List what a document said over time."""
    return VersionList(items=await list_versions(session, principal, document_id))


@router.get(
    "/documents/{document_id}/versions/{number}/text",
    response_class=PlainTextResponse,
    summary="Texto de uma versão, no qual as citações contam os caracteres",
    dependencies=[READ],
)
async def text(
    document_id: UUID,
    number: Annotated[int, Path(ge=1, le=MAX_INT4)],
    session: SessionDep,
    principal: PrincipalDep,
) -> PlainTextResponse:
    """Give the exact text that citations point into."""
    version = await version_text(session, principal, document_id, number)
    return PlainTextResponse(version.text)


@router.get(
    "/collections",
    response_model=CollectionList,
    summary="Lista as coleções",
    dependencies=[READ],
)
async def collections(session: SessionDep, principal: PrincipalDep) -> CollectionList:
    """List the collections that this person may see."""
    return CollectionList(items=await list_collections(session, principal))


@router.put(
    "/collections/{name}",
    response_model=CollectionReply,
    responses={201: {"model": CollectionReply, "description": "Coleção criada"}},
    summary="Cria uma coleção ou muda quem pode lê-la",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_COLLECTIONS, idempotent=True)],
)
async def put_collection(
    request: Request,
    name: str,
    body: CollectionBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Set who may read a collection."""

    async def work() -> StoredReply:
        reply, created = await set_visibility(
            session,
            principal,
            name,
            body.visibility,
            readers=body.readers,
            curators=body.curators,
            personal_data=body.personal_data,
        )
        return StoredReply(201 if created else 200, reply.model_dump(mode="json"))

    asked = body.model_dump_json(exclude_unset=True).encode()
    stored = await once(request, session, principal, idempotency_key, asked, work)
    return JSONResponse(stored.reply, status_code=stored.status)
