"""The page that takes a consent back: one address in a letter, one button, no account."""

import asyncio
from typing import Annotated

from fastapi import Form, Query, Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.sign_in import address_of
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.consent.consent_links import (
    PAGE,
    OpenedLink,
    open_link,
    revoke_by_link,
)
from cogep_assist.lgpd_service.requests.receipt_document import receipt_pdf
from cogep_assist.lgpd_service.requests.receipts import consent_receipt
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
TRY = rule(Login.OPEN, rate=Rate.SIGN_IN)
Token = Annotated[str, Form(max_length=200)]


@router.get(PAGE, dependencies=[TRY])
async def asked(
    request: Request, session: SessionDep, c: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Show what was consented to; looking takes nothing back, for mail programs look too."""
    try:
        link = await open_link(session, c)
    except AppError as problem:
        return _page(request, problem=problem)
    return _page(request, link=link, token=c)


@router.post(PAGE, dependencies=[TRY])
async def revoke(request: Request, c: Token = "") -> Response:
    """Take the consent back."""
    edge = edge_state(request)
    try:
        async with edge.database.begin() as session:
            event = await revoke_by_link(session, c, edge.settings.timezone, address_of(request))
            link = await open_link(session, c)
    except AppError as problem:
        return _page(request, problem=problem)
    return _page(request, link=link, token=c, number=event.receipt_number)


@router.post(f"{PAGE}/comprovante", dependencies=[TRY])
async def receipt(
    request: Request,
    session: SessionDep,
    c: Token = "",
    numero: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Hand out the receipt of a revocation to be printed."""
    try:
        link = await open_link(session, c)
        purpose_id = link.purpose.purpose.id
        signed = await consent_receipt(session, numero, link.customer_id, purpose_id)
    except AppError as problem:
        return _page(request, problem=problem)
    content = await asyncio.to_thread(receipt_pdf, signed)
    disposition = f'attachment; filename="{signed["number"]}.pdf"'
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": disposition}
    )


def _page(
    request: Request,
    *,
    link: OpenedLink | None = None,
    token: str = "",
    number: str | None = None,
    problem: AppError | None = None,
) -> Response:
    reply = render(
        request,
        "privacy/revocation.html",
        status=problem.status if problem else 200,
        problem=problem,
        link=link,
        token=token,
        number=number,
    )
    # The address is the whole proof: it goes nowhere else with a click, and no cache keeps it.
    reply.headers["Referrer-Policy"] = "no-referrer"
    reply.headers["Cache-Control"] = "no-store"
    return reply
