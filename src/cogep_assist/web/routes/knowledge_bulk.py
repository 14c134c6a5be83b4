"""Act on many documents at once: read their addresses anew, or remove them."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.collections import require_curated
from cogep_assist.ingestion_service.document_queries import find_document
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.intake_request import IntakeRequest
from cogep_assist.ingestion_service.schemas import DocumentReply
from cogep_assist.ingestion_service.submission import Options, url_submission
from cogep_assist.web.formats import counted
from cogep_assist.web.outcome import done
from cogep_assist.web.routes.knowledge_documents import list_href

MOST = 100
GONE = {"document_not_found", "document_removed"}
router = guarded_router(include_in_schema=False)


@router.post("/conhecimento/lote", dependencies=[rule(Login.SESSION, Act.DELETE_DOCUMENTS)])
async def bulk(
    request: Request,
    principal: PrincipalDep,
    acao: Annotated[str, Form(max_length=20)] = "",
    marcado: Annotated[list[UUID] | None, Form(max_length=MOST)] = None,
    colecao: Annotated[str, Form(max_length=64)] = "",
    q: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Do one act to every ticked document that this person may change."""
    if acao not in ACTS:
        raise invalid_field("acao", "diz o que fazer com os marcados")
    if not marcado:
        raise invalid_field("marcado", "não há documento marcado")
    notice = await ACTS[acao](request, principal, marcado)
    return done(list_href(colecao, q), notice, request=request)


async def _remove(request: Request, principal: Principal, ids: list[UUID]) -> str:
    """Remove all or none; what went meanwhile is gone, as was asked."""
    removed = 0
    async with intake_of(request).database.begin() as session:
        for document_id in ids:
            try:
                await remove_document(session, principal, document_id)
                removed += 1
            except AppError as problem:
                if problem.code not in GONE:
                    raise
    return f"{counted(removed, 'documento saiu', 'documentos saíram')} da base e das respostas."


async def _read_again(request: Request, principal: Principal, ids: list[UUID]) -> str:
    """Put addresses into the queue again; a file has to be sent by whoever has it."""
    intake = intake_of(request)
    async with intake.database.begin() as session:
        found = [await find_document(session, principal, one) for one in ids]
        again = [one for one in found if _has_address(one)]
        if principal.role is not Role.ADMIN:
            await require_curated(session, principal, {one.collection for one in again})
    submissions = [url_submission(str(one.uri), Options(one.collection)) for one in again]
    if submissions:
        await intake.writer.submit(IntakeRequest(principal, submissions))
    told = counted(len(again), "endereço está", "endereços estão") + " na fila."
    files = len(found) - len(again)
    if files:
        told += f" {counted(files, 'arquivo', 'arquivos')} não: envie a versão nova."
    return told


def _has_address(document: DocumentReply) -> bool:
    return bool(document.uri and document.uri.startswith(("http://", "https://")))


ACTS = {"remover": _remove, "reler": _read_again}
