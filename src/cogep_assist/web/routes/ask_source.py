"""What an answer cites, at its exact place."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.saved_file import saved_file
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.document_original import (
    DRAWN,
    PDF,
    PictureCache,
    draw_page,
    read_original,
)
from cogep_assist.ingestion_service.document_queries import find_document, page_of, version_text
from cogep_assist.web.rendering import render
from cogep_assist.web.source_view import safe_link, source_view, version_href

router = guarded_router(include_in_schema=False)

MOST = 2**31 - 1
Offset = Annotated[int | None, Query(ge=0, le=MOST)]
Number = Annotated[int, Path(ge=1, le=MOST)]
# Of this process: a page is drawn once while people read it.
_drawn = PictureCache()


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
    number: Number,
    inicio: Offset = None,
    fim: Offset = None,
    de: Offset = None,
) -> Response:
    """Show a version's text with the cited passage marked."""
    said = await version_text(session, principal, document_id, number)
    now = await find_document(session, principal, document_id)
    href = version_href(document_id, number)
    part = "hx-request" in request.headers
    page = await page_of(session, principal, document_id, number, inicio)
    whole = f"{href}?inicio={inicio}&fim={fim}#trecho" if inicio is not None else href
    return render(
        request,
        "ask/_source_pane.html" if part else "ask/source.html",
        source=source_view(href, said.text, inicio, fim, de),
        document_id=document_id,
        title=said.title,
        version=number,
        page=page,
        original_href=f"{href}/original" if said.has_original else "",
        picture_href=_picture(href, page, inicio, fim)
        if page and said.has_original and said.media_type in DRAWN
        else "",
        marked=said.media_type == PDF,
        created_at=said.created_at,
        whole_href=whole,
        uri=said.uri,
        link=safe_link(said.uri),
        current_href=version_href(document_id, now.version)
        if now.version is not None and now.version != number
        else None,
    )


@router.get(
    "/documentos/{document_id}/versoes/{number}/original",
    dependencies=[rule(Login.SESSION, Act.READ_DOCUMENTS)],
)
async def original(
    session: SessionDep, principal: PrincipalDep, document_id: UUID, number: Number
) -> Response:
    """Hand the file out as it came: to be saved, never to be shown as a page of ours."""
    file = await read_original(session, principal, document_id, number)
    return saved_file(file.content, file.file_name, "application/octet-stream")


@router.get(
    "/documentos/{document_id}/versoes/{number}/paginas/{page}",
    dependencies=[rule(Login.SESSION, Act.READ_DOCUMENTS)],
)
async def picture(
    request: Request,
    principal: PrincipalDep,
    document_id: UUID,
    number: Number,
    page: Number,
    inicio: Offset = None,
    fim: Offset = None,
) -> Response:
    """Draw a page of a PDF, with the cited passage marked where it stands, or a picture."""
    span = (inicio, fim) if inicio is not None and fim is not None and inicio < fim else None
    drawn = await draw_page(
        edge_state(request).database,
        principal,
        document_id,
        number,
        page,
        span=span,
        cache=_drawn,
    )
    # The browser asks again each time: who may read it may change.
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, no-cache"})


def _picture(href: str, page: int, start: int | None, end: int | None) -> str:
    place = f"?inicio={start}&fim={end}" if start is not None and end is not None else ""
    return f"{href}/paginas/{page}{place}"
