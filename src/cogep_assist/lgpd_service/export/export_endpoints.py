"""Copies for data subjects over HTTP."""

from uuid import UUID

from fastapi import Response

from cogep_assist.core.principal import Act
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.erasure.erasure_endpoints import subject_from
from cogep_assist.lgpd_service.erasure.erasure_schemas import ExportReply, SubjectBody
from cogep_assist.lgpd_service.export.subject_exports import (
    export_subject,
    keep_export,
    open_export,
)
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer

router = guarded_router(tags=["lgpd"])
EXPORT = rule(Login.KEY_OR_SESSION, Act.EXPORT_SUBJECTS)
ZIP = {200: {"content": {"application/zip": {}}, "description": "A cópia"}}


@router.get(
    "/lgpd/subjects/{customer_id}/export",
    response_class=Response,
    responses=ZIP,  # type: ignore[arg-type]  # FastAPI wants a wider type of key
    summary="Baixa a cópia dos dados de um cliente: JSON, CSV e PDF",
    dependencies=[EXPORT],
)
async def download(session: SessionDep, principal: PrincipalDep, customer_id: UUID) -> Response:
    """Make a copy and hand it out."""
    subject = await subject_of_customer(session, customer_id)
    return _archive(await export_subject(session, principal, subject))


@router.post(
    "/lgpd/exports",
    response_model=ExportReply,
    status_code=201,
    summary="Faz a cópia dos dados de um titular e a guarda cifrada por alguns dias",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.EXPORT_SUBJECTS, idempotent=True)],
)
async def make(door: Door, body: SubjectBody) -> ExportReply:
    """Make a copy and keep it."""

    async def work() -> tuple[ExportReply, bool]:
        subject = await subject_from(door.session, body)
        kept = await keep_export(door.session, door.principal, subject, request_id=body.request_id)
        return ExportReply.of(kept), True

    return await door.put(ExportReply, work, body)


@router.get(
    "/lgpd/exports/{export_id}",
    response_class=Response,
    responses=ZIP,  # type: ignore[arg-type]  # FastAPI wants a wider type of key
    summary="Baixa uma cópia guardada",
    dependencies=[EXPORT],
)
async def kept_copy(session: SessionDep, principal: PrincipalDep, export_id: UUID) -> Response:
    """Hand out a kept copy."""
    _, content = await open_export(session, principal, export_id)
    return _archive(content)


def _archive(content: bytes) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="dados-do-titular.zip"'}
    return Response(content, media_type="application/zip", headers=headers)
