"""The documents of the base: list, one with its versions and what changed; removal."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Path, Query, Request, Response

from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.ingestion_service.document_queries import (
    find_document,
    list_documents,
    list_versions,
    version_text,
)
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.ask_source import MOST
from cogep_assist.web.version_diff import version_diff

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_DOCUMENTS)
PER_PAGE = 50
Number = Annotated[int, Path(ge=1, le=MOST)]


@router.get("/conhecimento", dependencies=[READ])
async def documents(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    colecao: Annotated[str, Query(max_length=64)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    depois: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """List the documents that this person may read, newest first."""
    found, more = await list_documents(
        session,
        principal,
        collection=colecao or None,
        words=q,
        limit=PER_PAGE,
        before=decode_id_cursor(depois),
    )
    visible = await list_collections(session, principal)
    return render(
        request,
        "knowledge/documents.html",
        tabs=knowledge_tabs(principal, "/conhecimento"),
        documents=found,
        collections=[one for one in visible if one.expires_at is None],
        collection=colecao,
        words=q,
        may_ingest=principal.may(Act.INGEST),
        may_remove=principal.may(Act.DELETE_DOCUMENTS),
        next_href=list_href(colecao, q, str(more)) if more else "",
        first_href=list_href(colecao, q) if depois else "",
    )


def list_href(collection: str, words: str, after: str = "") -> str:
    """Return the address of a page of the list, as it was filtered."""
    asked = {"colecao": collection, "q": words, "depois": after}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/conhecimento?{query}" if query else "/conhecimento"


@router.get("/documentos/{document_id}/historico", dependencies=[READ])
async def history(
    request: Request, session: SessionDep, principal: PrincipalDep, document_id: UUID
) -> Response:
    """Show a document's facts and its versions."""
    found = await find_document(session, principal, document_id)
    return render(
        request,
        "knowledge/document.html",
        document=found,
        versions=await list_versions(session, principal, document_id),
        may_remove=principal.may(Act.DELETE_DOCUMENTS),
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
