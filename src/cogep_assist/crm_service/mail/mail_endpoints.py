"""Mail over HTTP: handed in by a mail server, looked at and read again by who administers."""

import hashlib
import time
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import MailStatus
from cogep_assist.core.principal import Act
from cogep_assist.core.webhook_signature import (
    MAX_SIGNATURE_CHARS,
    SIGNATURE,
    TIMESTAMP,
    SignatureCheck,
)
from cogep_assist.core.webhooks import callback_secret
from cogep_assist.crm_service.mail.mail_keep import keep_raw
from cogep_assist.crm_service.mail.mail_queries import find_mail, list_mail, process_again, read_raw
from cogep_assist.crm_service.mail.mail_schemas import MailKept, MailList, MailReply
from cogep_assist.crm_service.mail.mail_signed import read_signed
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.errors import ErrorReply
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["mail"])
READ = rule(Login.KEY_OR_SESSION, Act.MANAGE_DESK)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_DESK, idempotent=True)
RAW = {
    "requestBody": {
        "required": True,
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def hook_secret() -> str:
    """Return the secret by which a mail server signs what it hands in."""
    return callback_secret("mail-hook")


@router.post(
    "/crm/mail/inbound",
    status_code=202,
    response_model=MailKept,
    summary="Recebe um e-mail do servidor de e-mail, assinado como um webhook",
    openapi_extra=RAW,
    responses={
        401: {"model": ErrorReply, "description": "A assinatura não confere"},
        409: {"model": ErrorReply, "description": "Este sistema não recebe e-mails"},
    },
    dependencies=[rule(Login.OPEN, rate=Rate.INGEST)],
)
async def hand_in(
    request: Request,
    session: SessionDep,
    timestamp: Annotated[str, Header(alias=TIMESTAMP, max_length=20)] = "",
    signature: Annotated[str, Header(alias=SIGNATURE, max_length=MAX_SIGNATURE_CHARS)] = "",
) -> MailKept:
    """Take a mail in. The same one may be handed in again: it is kept once."""
    settings = edge_state(request).settings
    if settings.mail_inbox is None:
        raise AppError("mail_inbox_missing")
    check = SignatureCheck(hook_secret(), timestamp, signature, time.time())
    raw = await read_signed(request.stream(), check)
    if len(raw) > settings.mail_max_bytes:
        raise AppError("mail_too_large", limit_mib=settings.mail_max_bytes >> 20)
    kept = await keep_raw(session, f"hook:{hashlib.sha256(raw).hexdigest()}", raw)
    return MailKept(id=kept)


@router.get(
    "/crm/mail",
    response_model=MailList,
    summary="Lista os e-mails recebidos, do mais novo ao mais antigo",
    dependencies=[READ],
)
async def list_(
    session: SessionDep,
    principal: PrincipalDep,
    status: MailStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
) -> MailList:
    """List mails."""
    before = decode_id_cursor(cursor)
    found = await list_mail(session, principal, status, limit + 1, before=before)
    last = found[limit - 1].id if len(found) > limit else None
    return MailList(
        items=[MailReply.of(mail) for mail in found[:limit]], next_cursor=encode_cursor(last)
    )


@router.get(
    "/crm/mail/{mail_id}",
    response_model=MailReply,
    summary="Mostra o que foi feito de um e-mail recebido",
    dependencies=[READ],
)
async def show(mail_id: UUID, session: SessionDep, principal: PrincipalDep) -> MailReply:
    """Show a mail."""
    return MailReply.of(await find_mail(session, principal, mail_id))


@router.get(
    "/crm/mail/{mail_id}/raw",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "O e-mail"},
        409: {"model": ErrorReply, "description": "O conteúdo já foi apagado"},
    },
    summary="Baixa um e-mail como ele chegou",
    dependencies=[READ],
)
async def raw_mail(mail_id: UUID, session: SessionDep, principal: PrincipalDep) -> Response:
    """Hand a mail out: to be saved, never to be shown as a page of ours."""
    return Response(
        await read_raw(session, principal, mail_id),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{mail_id}.eml"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )


@router.post(
    "/crm/mail/{mail_id}/process",
    status_code=202,
    response_model=MailReply,
    summary="Lê de novo um e-mail ignorado ou que falhou",
    dependencies=[MANAGE],
)
async def again(door: Door, mail_id: UUID) -> MailReply:
    """Read a mail again."""

    async def work() -> StoredReply:
        await process_again(door.session, door.principal, mail_id)
        return StoredReply(202, {})

    await door.once(work, b"")
    return MailReply.of(await find_mail(door.session, door.principal, mail_id))
