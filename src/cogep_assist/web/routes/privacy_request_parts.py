"""Around a request: whose data it is, the copy of them, and who else is to do the same."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.customers.customer_search import Filters, search_customers
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.lgpd_service.export.subject_exports import keep_export, open_export
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.requests.request_fulfilment import copy_of
from cogep_assist.lgpd_service.requests.request_identity import link_customer
from cogep_assist.lgpd_service.requests.request_notices import Recipient, tell_recipients
from cogep_assist.lgpd_service.requests.request_public_endpoints import zip_response
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from cogep_assist.web.routes.privacy_requests import HREF, answered_by_page

router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_SUBJECT_REQUESTS)
EXPORT = rule(Login.SESSION, Act.EXPORT_SUBJECTS)


@router.post(f"{HREF}/{{request_id}}/ligar", dependencies=[MANAGE])
async def link(
    request: Request,
    principal: PrincipalDep,
    request_id: UUID,
    cliente: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Say whose data a request is about: a customer, named as a search takes it."""

    async def work(session: AsyncSession) -> None:
        found = await search_customers(session, principal, cliente, Filters(), limit=2)
        if len(found.items) != 1:
            if found.items:
                raise AppError("subject_ambiguous", records=len(found.items))
            raise AppError("customer_not_found")
        asked = await find_request(session, principal, request_id, lock=True)
        await link_customer(session, principal, asked, found.items[0][0].id)

    notice = "O pedido está ligado ao cadastro."
    return await answered_by_page(request, principal, request_id, work, notice)


@router.post(f"{HREF}/{{request_id}}/exportar", dependencies=[EXPORT])
async def export(request: Request, principal: PrincipalDep, request_id: UUID) -> Response:
    """Hand out the copy that belongs to a request; it is made where there is none."""
    async with edge_state(request).database.begin() as session:
        asked = await find_request(session, principal, request_id, lock=True)
        if asked.customer_id is None:
            raise AppError("customer_not_found")
        kept = await copy_of(session, asked)
        if kept is None:
            subject = await subject_of_customer(session, asked.customer_id)
            kept = await keep_export(session, principal, subject, request_id=asked.id)
        _, content = await open_export(session, principal, kept.id)
    return zip_response(content, asked.protocol)


@router.post(f"{HREF}/{{request_id}}/avisar", dependencies=[MANAGE])
async def tell(
    request: Request,
    principal: PrincipalDep,
    request_id: UUID,
    destinatario: Annotated[str, Form(max_length=200)] = "",
    email_destinatario: Annotated[str, Form(max_length=254)] = "",
    providencia: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Tell somebody who got the data to do the same (art. 18, par. 6)."""

    async def work(session: AsyncSession) -> None:
        to = Recipient(destinatario, email_destinatario)
        settings = edge_state(request).settings
        await tell_recipients(session, principal, request_id, [to], providencia, settings)

    notice = "O aviso foi enviado; quem recebeu confirma com o código da mensagem."
    return await answered_by_page(request, principal, request_id, work, notice)
