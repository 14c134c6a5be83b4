"""What data subjects do without an account: ask, prove who they are, follow, cancel, keep proof."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Path, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import RequestChannel, SubjectRequest
from cogep_assist.core.principal import ANONYMOUS
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.export.subject_exports import open_own_copy
from cogep_assist.lgpd_service.requests.receipt_document import receipt_pdf
from cogep_assist.lgpd_service.requests.receipts import content_of
from cogep_assist.lgpd_service.requests.request_access import request_by_code
from cogep_assist.lgpd_service.requests.request_ends import cancel_request
from cogep_assist.lgpd_service.requests.request_identity import (
    send_code_again,
    try_email_code,
    try_ticket_code,
)
from cogep_assist.lgpd_service.requests.request_notices import acknowledge
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request
from cogep_assist.lgpd_service.requests.request_receipts import receipt_of
from cogep_assist.lgpd_service.requests.request_replies import public_facts, public_reply
from cogep_assist.lgpd_service.requests.request_schemas import (
    AcknowledgeBody,
    AcknowledgedReply,
    CancelBody,
    CodeQuery,
    EmailProofBody,
    OpenedPublicRequest,
    PublicRequestBody,
    PublicRequestReply,
    TicketProofBody,
)
from cogep_assist.lgpd_service.signed_schemas import SIGNED_RECEIPT

router = guarded_router(tags=["lgpd-public"])
# Whoever tries codes, or floods the inbox, is held up as one who tries passwords is.
OPEN = rule(Login.OPEN, rate=Rate.SIGN_IN)
ReceiptNumber = Annotated[str, Path(max_length=40, pattern="^[A-Za-z0-9-]+$")]


@router.post(
    "/lgpd/public/requests",
    status_code=201,
    response_model=OpenedPublicRequest,
    summary="Recebe o pedido de um titular, sem conta; os códigos vão ao e-mail informado",
    dependencies=[OPEN],
)
async def ask(request: Request, body: PublicRequestBody, session: SessionDep) -> Any:
    """Take in a request."""
    settings = edge_state(request).settings
    new = NewRequest(**body.model_dump())
    made = await open_request(session, ANONYMOUS, new, settings, RequestChannel.PORTAL)
    facts = await public_facts(session, made, ZoneInfo(settings.timezone))
    signed = await _signed(session, made.protocol, made)
    return OpenedPublicRequest(receipt=signed, **facts)


@router.post(
    "/lgpd/public/requests/status",
    response_model=PublicRequestReply,
    summary="Mostra como está um pedido a quem tem o protocolo e o código",
    dependencies=[OPEN],
)
async def status(request: Request, body: CodeQuery, session: SessionDep) -> PublicRequestReply:
    """Show a request."""
    found = await request_by_code(session, body.protocol, body.code)
    return await public_reply(session, found, _zone(request))


@router.post(
    "/lgpd/public/requests/code",
    response_model=PublicRequestReply,
    summary="Envia outro código ao e-mail do pedido",
    dependencies=[OPEN],
)
async def another_code(
    request: Request, body: CodeQuery, session: SessionDep
) -> PublicRequestReply:
    """Send another code."""
    found = await request_by_code(session, body.protocol, body.code, lock=True)
    await send_code_again(session, ANONYMOUS, found, edge_state(request).settings)
    return await public_reply(session, found, _zone(request))


@router.post(
    "/lgpd/public/requests/identity",
    response_model=PublicRequestReply,
    summary="Comprova o e-mail do pedido com o código recebido",
    dependencies=[OPEN],
)
async def prove_email(request: Request, body: EmailProofBody) -> PublicRequestReply:
    """Check a code that went to an address."""
    settings = edge_state(request).settings

    async def check(session: AsyncSession, found: SubjectRequest) -> bool:
        return await try_email_code(session, ANONYMOUS, found, body.email_code, settings)

    return await _prove(request, body, check, "identity_code_wrong")


@router.post(
    "/lgpd/public/requests/ticket",
    response_model=PublicRequestReply,
    summary="Comprova quem pede com o protocolo e o código de um chamado",
    dependencies=[OPEN],
)
async def prove_ticket(request: Request, body: TicketProofBody) -> PublicRequestReply:
    """Check the code of a ticket."""
    settings = edge_state(request).settings

    async def check(session: AsyncSession, found: SubjectRequest) -> bool:
        return await try_ticket_code(
            session, ANONYMOUS, found, body.ticket_protocol, body.ticket_code, settings
        )

    return await _prove(request, body, check, "ticket_code_wrong")


@router.post(
    "/lgpd/public/requests/cancel",
    response_model=PublicRequestReply,
    summary="Cancela o próprio pedido",
    dependencies=[OPEN],
)
async def cancel(request: Request, body: CancelBody, session: SessionDep) -> PublicRequestReply:
    """Cancel a request."""
    found = await request_by_code(session, body.protocol, body.code, lock=True)
    await cancel_request(session, ANONYMOUS, found, body.reason, edge_state(request).settings)
    return await public_reply(session, found, _zone(request))


@router.post(
    "/lgpd/public/receipts/{number}",
    response_class=JSONResponse,
    responses=SIGNED_RECEIPT,
    summary="Baixa o comprovante assinado de um pedido, em JSON",
    dependencies=[OPEN],
)
async def receipt(number: ReceiptNumber, body: CodeQuery, session: SessionDep) -> JSONResponse:
    """Hand out a signed receipt."""
    return JSONResponse(await _receipt(session, number, body))


@router.post(
    "/lgpd/public/receipts/{number}/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "O comprovante"}},
    summary="Baixa o comprovante de um pedido, em PDF",
    dependencies=[OPEN],
)
async def receipt_as_pdf(number: ReceiptNumber, body: CodeQuery, session: SessionDep) -> Response:
    """Hand out a receipt to be printed."""
    signed = await _receipt(session, number, body)
    return pdf_response(await asyncio.to_thread(receipt_pdf, signed), number)


@router.post(
    "/lgpd/public/requests/copy",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "A cópia"}},
    summary="Baixa a cópia dos dados que acompanha a resposta, a quem comprovou a identidade",
    dependencies=[OPEN],
)
async def copy(body: CodeQuery, session: SessionDep) -> Response:
    """Hand out the copy that belongs to an answer."""
    found = await request_by_code(session, body.protocol, body.code)
    _, content = await open_own_copy(session, ANONYMOUS, found)
    return zip_response(content, found.protocol)


@router.post(
    "/lgpd/public/notices/acknowledge",
    response_model=AcknowledgedReply,
    summary="Confirma o cumprimento de um aviso sobre dados compartilhados",
    dependencies=[OPEN],
)
async def acknowledge_notice(body: AcknowledgeBody, session: SessionDep) -> AcknowledgedReply:
    """Note that a recipient did what was asked."""
    notice = await acknowledge(session, ANONYMOUS, body.code, body.words)
    assert notice.acknowledged_at is not None
    return AcknowledgedReply(acknowledged_at=notice.acknowledged_at)


def pdf_response(content: bytes, name: str) -> Response:
    """Answer with a PDF to be saved."""
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def zip_response(content: bytes, protocol: str) -> Response:
    """Answer with the copy of a person's data, to be saved."""
    return Response(
        content,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="dados-{protocol}.zip"'},
    )


async def _prove(
    request: Request,
    body: CodeQuery,
    check: Callable[[AsyncSession, SubjectRequest], Awaitable[bool]],
    wrong: str,
) -> PublicRequestReply:
    """Check a proof, commit that it was tried, and only then say that it was wrong."""
    async with edge_state(request).database.begin() as session:
        found = await request_by_code(session, body.protocol, body.code, lock=True)
        passed = await check(session, found)
        reply = await public_reply(session, found, _zone(request))
    if not passed:
        raise AppError(wrong)
    return reply


async def _receipt(session: AsyncSession, number: str, body: CodeQuery) -> dict[str, Any]:
    found = await request_by_code(session, body.protocol, body.code)
    return await _signed(session, number, found)


async def _signed(session: AsyncSession, number: str, request: SubjectRequest) -> dict[str, Any]:
    return content_of(await receipt_of(session, number, request))


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(edge_state(request).settings.timezone)
