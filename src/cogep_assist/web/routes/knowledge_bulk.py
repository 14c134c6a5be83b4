"""Act on many documents at once: read addresses anew, take out of the answers, or remove."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.collections import require_curated
from cogep_assist.ingestion_service.document_hiding import hide_document
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.ingestion_service.document_sheet import DocumentSheet, find_document_sheet
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.submission import EXTERNAL, Options, Submission, url_submission
from cogep_assist.web.documents_asked import DocumentsAsked
from cogep_assist.web.formats import counted
from cogep_assist.web.outcome import done

MOST = 100
GONE = {"document_not_found", "document_removed"}
Asked = Annotated[DocumentsAsked, Depends(DocumentsAsked.of_form)]
OfOne = Callable[[AsyncSession, UUID], Awaitable[bool]]
router = guarded_router(include_in_schema=False)


@router.post("/conhecimento/lote", dependencies=[rule(Login.SESSION, Act.DELETE_DOCUMENTS)])
async def bulk(
    request: Request,
    principal: PrincipalDep,
    asked: Asked,
    acao: Annotated[str, Form(max_length=20)] = "",
    marcado: Annotated[list[UUID] | None, Form(max_length=MOST)] = None,
    voltar: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Do one act to every ticked document that this person may change.

    ``voltar``: the document on whose own page it was asked for.
    """
    if acao not in ACTS:
        raise invalid_field("acao", "diz o que fazer com os marcados")
    if not marcado:
        raise invalid_field("marcado", "não há documento marcado")
    notice = await ACTS[acao](request, principal, marcado)
    href = f"/documentos/{voltar}/historico" if voltar else asked.href()
    return done(href, notice, request=request)


async def _remove(request: Request, principal: Principal, ids: list[UUID]) -> str:
    async def remove(session: AsyncSession, document_id: UUID) -> bool:
        await remove_document(session, principal, document_id)
        return True

    removed = await _each(request, ids, remove)
    return f"{counted(removed, 'documento saiu', 'documentos saíram')} da base e das respostas."


async def _hide(request: Request, principal: Principal, ids: list[UUID]) -> str:
    async def hide(session: AsyncSession, document_id: UUID) -> bool:
        return await hide_document(session, principal, document_id, hidden=True)

    hidden = await _each(request, ids, hide)
    return (
        f"{counted(hidden, 'documento saiu', 'documentos saíram')} das respostas e "
        f"{'continua' if hidden == 1 else 'continuam'} na base."
        if hidden
        else "Os marcados já estavam fora das respostas."
    )


async def _show(request: Request, principal: Principal, ids: list[UUID]) -> str:
    async def show(session: AsyncSession, document_id: UUID) -> bool:
        return await hide_document(session, principal, document_id, hidden=False)

    shown = await _each(request, ids, show)
    return (
        f"{counted(shown, 'documento voltou', 'documentos voltaram')} às respostas."
        if shown
        else "Os marcados já estavam nas respostas."
    )


async def _each(request: Request, ids: list[UUID], act: OfOne) -> int:
    """Act on all or on none, and return how many changed; what went meanwhile is passed over."""
    changed = 0
    async with intake_of(request).database.begin() as session:
        # In one order: two people who act on the same documents wait, and do not block each other.
        for document_id in sorted(set(ids)):
            try:
                changed += await act(session, document_id)
            except AppError as problem:
                if problem.code not in GONE:
                    raise
    return changed


async def _read_again(request: Request, principal: Principal, ids: list[UUID]) -> str:
    """Put addresses into the queue again; a file has to be sent by whoever has it."""
    intake = intake_of(request)
    async with intake.database.begin() as session:
        found = [await find_document_sheet(session, principal, one) for one in ids]
        again = [one for one in found if _has_address(one)]
        if principal.role is not Role.ADMIN:
            await require_curated(session, principal, {one.collection for one in again})
    submissions = [_submission(one) for one in again]
    if submissions:
        await intake.writer.submit(IntakeRequest(principal, submissions))
    told = counted(len(again), "endereço está", "endereços estão") + " na fila."
    files = len(found) - len(again)
    if files:
        told += f" {counted(files, 'arquivo', 'arquivos')} não: envie a versão nova."
    return told


def _submission(document: DocumentSheet) -> Submission:
    """Ask for the same document: one that was sent with an id of its own keeps it."""
    kind, _, key = document.source_key.partition(":")
    own = key if kind == EXTERNAL else None
    return url_submission(str(document.uri), Options(document.collection, external_id=own))


def _has_address(document: DocumentSheet) -> bool:
    return bool(document.uri and document.uri.startswith(("http://", "https://")))


ACTS = {"remover": _remove, "reler": _read_again, "ocultar": _hide, "mostrar": _show}
