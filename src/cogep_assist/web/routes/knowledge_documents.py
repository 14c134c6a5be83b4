"""The documents of the base: list, one with its versions and what changed; removal."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.actor_names import actor_names
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.ingestion_service.document_queries import list_versions, version_text
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.ingestion_service.document_sheet import (
    find_document_sheet,
    list_document_sheets,
)
from cogep_assist.web.documents_asked import DocumentsAsked, origin_choices, standing_choices
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.ask_source import MOST
from cogep_assist.web.version_diff import version_diff

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_DOCUMENTS)
PER_PAGE = 50
Asked = Annotated[DocumentsAsked, Depends(DocumentsAsked.of_address)]
Number = Annotated[int, Path(ge=1, le=MOST)]


@router.get("/conhecimento", dependencies=[READ])
async def documents(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    asked: Asked,
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List the documents that this person may read, newest first."""
    found, more = await list_document_sheets(
        session,
        principal,
        asked.wanted(),
        limit=PER_PAGE,
        before=decode_id_cursor(depois),
    )
    visible = await list_collections(session, principal)
    labels = {one.sent_by for one in found if one.sent_by}
    return render(
        request,
        "knowledge/documents.html",
        tabs=knowledge_tabs(principal, "/conhecimento"),
        documents=found,
        names=await actor_names(session, labels),
        collections=[one for one in visible if one.expires_at is None],
        asked=asked,
        standings=standing_choices(principal.may(Act.MANAGE_JOBS)),
        origins=origin_choices(),
        may_ingest=principal.may(Act.INGEST),
        may_remove=principal.may(Act.DELETE_DOCUMENTS),
        knows_work=principal.may(Act.MANAGE_JOBS),
        next_href=asked.href(str(more)) if more else "",
        first_href=asked.href() if depois else "",
    )


@router.get("/documentos/{document_id}/historico", dependencies=[READ])
async def history(
    request: Request, session: SessionDep, principal: PrincipalDep, document_id: UUID
) -> Response:
    """Show a document's facts and its versions."""
    found = await find_document_sheet(session, principal, document_id)
    return render(
        request,
        "knowledge/document.html",
        document=found,
        names=await actor_names(session, [found.sent_by] if found.sent_by else []),
        versions=await list_versions(session, principal, document_id),
        may_remove=principal.may(Act.DELETE_DOCUMENTS),
        knows_work=principal.may(Act.MANAGE_JOBS),
    )


@router.get("/documentos/{document_id}/versoes/{number}/mudancas", dependencies=[READ])
async def changes(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    document_id: UUID,
    number: Number,
) -> Response:
    """Show what a version changed of the one before it."""
    after = await version_text(session, principal, document_id, number)
    before = await version_text(session, principal, document_id, number - 1) if number > 1 else None
    lines, cut = version_diff(before.text if before else "", after.text)
    return render(
        request,
        "knowledge/changes.html",
        document_id=document_id,
        title=after.title,
        number=number,
        lines=lines,
        cut=cut,
    )


@router.post(
    "/documentos/{document_id}/remover", dependencies=[rule(Login.SESSION, Act.DELETE_DOCUMENTS)]
)
async def remove(
    request: Request, session: SessionDep, principal: PrincipalDep, document_id: UUID
) -> Response:
    """Remove a document: no answer uses it from the commit on."""
    await remove_document(session, principal, document_id)
    return done("/conhecimento", "O documento saiu da base e das respostas.", request=request)
