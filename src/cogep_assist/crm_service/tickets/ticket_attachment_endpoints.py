"""Files on tickets: take them in, hand them out."""

from uuid import UUID

from fastapi import Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import EntryKind
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.tickets.ticket_attachments import attach_files, read_attachment
from cogep_assist.crm_service.tickets.ticket_detail import entries_of
from cogep_assist.crm_service.tickets.ticket_endpoints import OPEN, READ
from cogep_assist.crm_service.tickets.ticket_schemas import EntryReply
from cogep_assist.crm_service.tickets.ticket_upload import attached_files, one_of_each, read_upload
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import PrincipalDep, guarded_router
from cogep_assist.edge.saved_file import saved_file
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
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
    form = await read_upload(request, settings)
    try:
        files, fields = await attached_files(form), one_of_each(form, FIELDS)
        if not files:
            raise AppError("no_files")
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
        principal,
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
    return saved_file(file.content, file.name, file.media_type)


def _kind(text: str | None) -> EntryKind | None:
    if text is None:
        return None
    try:
        return EntryKind(text)
    except ValueError:
        raise invalid_field("kind", "deve ser message, reply ou note") from None
