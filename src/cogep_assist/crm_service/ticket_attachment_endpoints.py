"""Files on tickets: take them in, hand them out."""

import asyncio
import hashlib
from typing import IO
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import EntryKind
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.attachment_type import HEAD_BYTES, attachment_type
from cogep_assist.crm_service.ticket_attachments import (
    AttachedFile,
    attach_files,
    read_attachment,
)
from cogep_assist.crm_service.ticket_endpoints import OPEN, READ
from cogep_assist.crm_service.ticket_reply import entries_of
from cogep_assist.crm_service.ticket_schemas import EntryReply
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import PrincipalDep, guarded_router
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.uploads import BoundedParser, UploadLimits, clean_file_name
from cogep_assist.edge.validation_words import invalid_field

router = guarded_router(tags=["tickets"])
FIELDS = frozenset({"body", "kind", "csrf_token"})
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "body": {"type": "string", "maxLength": 50_000},
                        "kind": {"type": "string", "enum": [kind.value for kind in EntryKind]},
                    },
                }
            }
        },
    }
}


@router.post(
    "/crm/tickets/{ticket_id}/attachments",
    status_code=201,
    response_model=EntryReply,
    summary="Anexa arquivos ao chamado, com ou sem uma mensagem",
    openapi_extra=FORM,
    dependencies=[OPEN],
)
async def attach(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> EntryReply:
    """Take files in."""
    settings = edge_state(request).settings
    form = await _parsed(request, settings)
    try:
        files, fields = await _checked(form)
        kind = _kind(fields.get("kind"))

        async def work() -> StoredReply:
            entry = await attach_files(
                session,
                principal,
                ticket_id,
                files,
                body=fields.get("body"),
                kind=kind,
                reopen_days=settings.ticket_reopen_days,
            )
            return StoredReply(201, {"id": str(entry.id)})

        raw = repr((sorted(fields.items()), [(f.name, f.sha256) for f in files])).encode()
        stored = await once(request, session, principal, idempotency_key, raw, work)
    finally:
        await form.close()
    written = await entries_of(
        session,
        principal.label,
        ticket_id,
        with_notes=principal.may(Act.WORK_TICKETS),
        only=UUID(stored.reply["id"]),
    )
    return written[0]


@router.get(
    "/crm/tickets/{ticket_id}/attachments/{attachment_id}",
    response_class=Response,
    responses={200: {"content": {"*/*": {}}, "description": "O arquivo, como veio"}},
    summary="Baixa um anexo",
    dependencies=[READ],
)
async def download(
    ticket_id: UUID, attachment_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Hand a file out: to be saved, never to be shown as a page of ours."""
    file = await read_attachment(session, principal, ticket_id, attachment_id)
    return Response(
        file.content,
        media_type=file.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )


async def _parsed(request: Request, settings: Settings) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise AppError("multipart_invalid")
    limits = UploadLimits(settings.ticket_max_files, settings.ticket_max_file_bytes)
    try:
        return await BoundedParser(request, limits).parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None


async def _checked(form: FormData) -> tuple[list[AttachedFile], dict[str, str]]:
    """Return the files and the fields of a form, each known and each once."""
    files: list[AttachedFile] = []
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and name == "file":
            files.append(await _file(value))
        elif isinstance(value, UploadFile) or name not in FIELDS or name in fields:
            raise invalid_field(name[:100], "não existe neste formulário, ou veio duas vezes")
        else:
            fields[name] = value
    if not files:
        raise AppError("no_files")
    return files, fields


async def _file(upload: UploadFile) -> AttachedFile:
    name = clean_file_name(upload.filename or "")
    content = await asyncio.to_thread(_content, upload.file)
    if not content:
        raise AppError("file_is_empty", name=name)
    media_type = attachment_type(name, content[:HEAD_BYTES])
    return AttachedFile(name, media_type, hashlib.sha256(content).digest(), content)


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _kind(text: str | None) -> EntryKind | None:
    if text is None:
        return None
    try:
        return EntryKind(text)
    except ValueError:
        raise invalid_field("kind", "deve ser message, reply ou note") from None
