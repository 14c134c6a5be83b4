"""Receipts, and the key that checks them."""

import asyncio
import base64

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from cogep_assist.core import signing
from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.requests.receipt_document import receipt_pdf
from cogep_assist.lgpd_service.requests.receipts import SIGNED_KIND, read_receipt
from cogep_assist.lgpd_service.requests.request_public_endpoints import ReceiptNumber, pdf_response
from cogep_assist.lgpd_service.signed_schemas import SIGNED_RECEIPT

router = guarded_router(tags=["lgpd-receipts"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_SUBJECT_REQUESTS)


class PublicKeyReply(BaseModel):
    """The Ed25519 key of this installation. People compare ``key_id``."""

    algorithm: str
    kind: str
    key_id: str
    public_key: str


# Before the routes of one receipt, whose number would else stand for this name.
@router.get(
    "/lgpd/receipts/key",
    response_model=PublicKeyReply,
    summary="Mostra a chave pública que confere os comprovantes",
    dependencies=[rule(Login.OPEN)],
)
async def public_key() -> PublicKeyReply:
    """Publish the key."""
    key = signing.public_key()
    return PublicKeyReply(
        algorithm=signing.ALGORITHM,
        kind=SIGNED_KIND,
        key_id=signing.key_id(key),
        public_key=base64.b64encode(key).decode(),
    )


@router.get(
    "/lgpd/receipts/{number}",
    response_class=JSONResponse,
    responses=SIGNED_RECEIPT,
    summary="Mostra um comprovante assinado, em JSON",
    dependencies=[READ],
)
async def receipt(
    number: ReceiptNumber, session: SessionDep, principal: PrincipalDep
) -> JSONResponse:
    """Hand out a signed receipt."""
    return JSONResponse(await read_receipt(session, principal, number))


@router.get(
    "/lgpd/receipts/{number}/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "O comprovante"}},
    summary="Baixa um comprovante em PDF",
    dependencies=[READ],
)
async def receipt_as_pdf(
    number: ReceiptNumber, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Hand out a receipt to be printed."""
    signed = await read_receipt(session, principal, number)
    return pdf_response(await asyncio.to_thread(receipt_pdf, signed), number.strip().upper())
