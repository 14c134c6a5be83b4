"""What an answer cites, at its exact place."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.document_queries import find_document, page_of, version_text
from cogep_assist.web.rendering import render
from cogep_assist.web.source_view import safe_link, source_view, version_href

router = guarded_router(include_in_schema=False)

MOST = 2**31 - 1
Offset = Annotated[int | None, Query(ge=0, le=MOST)]


@router.get("/documentos/{document_id}", dependencies=[rule(Login.SESSION, Act.READ_DOCUMENTS)])
async def document(document_id: UUID, session: SessionDep, principal: PrincipalDep) -> Response:
    """Lead to what the document says now."""
    found = await find_document(session, principal, document_id)
    if found.version is None:
        raise AppError("version_not_found")
    return RedirectResponse(version_href(document_id, found.version), status_code=303)


@router.get(
    "/documentos/{document_id}/versoes/{number}",
    dependencies=[rule(Login.SESSION, Act.READ_DOCUMENTS)],
)
async def version(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    document_id: UUID,
    number: Annotated[int, Path(ge=1, le=MOST)],
    inicio: Offset = None,
    fim: Offset = None,
    de: Offset = None,
) -> Response:
    """Show a version's text with the cited passage marked."""
    said = await version_text(session, principal, document_id, number)
    now = await find_document(session, principal, document_id)
    href = version_href(document_id, number)
    part = "hx-request" in request.headers
    whole = f"{href}?inicio={inicio}&fim={fim}#trecho" if inicio is not None else href
    return render(
        request,
        "ask/_source_pane.html" if part else "ask/source.html",
        source=source_view(href, said.text, inicio, fim, de),
        document_id=document_id,
        title=said.title,
        version=number,
        page=await page_of(session, principal, document_id, number, inicio),
        created_at=said.created_at,
        whole_href=whole,
        uri=said.uri,
        link=safe_link(said.uri),
        current_href=version_href(document_id, now.version)
        if now.version is not None and now.version != number
        else None,
    )
