"""Ajustes, Envios: what left or waits to leave, how each try went, and sending again."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service.webhook_schemas import MessageDetail
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OutboxStatus
from cogep_assist.core.outbox import MAIL, attempts_of, find_message, list_messages, resend
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.webhooks import CALLBACK, CHALLENGE, WEBHOOK
from cogep_assist.crm_service.tickets.ticket_letters import TICKET_MAIL
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.outbox_words import STATES
from cogep_assist.web.section_frame import answer_form, settings_page

HREF = "/ajustes/envios"
TOPICS = {
    MAIL: "e-mail",
    TICKET_MAIL: "e-mail do chamado",
    WEBHOOK: "aviso a outro sistema",
    CHALLENGE: "prova de endereço",
    CALLBACK: "retorno de uma ingestão",
}
# What stands before the id in a resource key.
ABOUT = {
    "incident": "incidente",
    "officer": "encarregado",
    "request_notice": "pedido de titular",
    "subject_request": "pedido de titular",
    "ticket": "chamado",
    "user": "conta",
}
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_OUTBOX)


@router.get(HREF, dependencies=[MANAGE])
async def sendings(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    situacao: Annotated[OutboxStatus | None, Query()] = None,
) -> Response:
    """List messages, the newest first, without what is in them."""
    return await _page(request, session, principal, situacao)


@router.get(f"{HREF}/{{message_id}}", dependencies=[MANAGE])
async def sending(
    request: Request, session: SessionDep, principal: PrincipalDep, message_id: UUID
) -> Response:
    """Show every try of one message, and what was said where a program is at the other end."""
    message = await find_message(session, principal, message_id)
    tries = await attempts_of(session, principal, message_id)
    sending = MessageDetail.of(message, list(tries))
    return settings_page(
        request,
        "sending.html",
        topics=TOPICS,
        sending=sending,
        webhook_id=message.webhook_id,
        state=STATES[message.status],
    )


@router.post(f"{HREF}/{{message_id}}/reenviar", dependencies=[MANAGE])
async def send_again(request: Request, principal: PrincipalDep, message_id: UUID) -> Response:
    """Put a message back in line."""

    async def work(session: AsyncSession) -> None:
        await resend(session, principal, message_id)

    notice = "A mensagem voltou para a fila e sai em instantes."
    return await answer_form(request, principal, work, _page, None, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    status: OutboxStatus | None,
    problem: AppError | None = None,
) -> Response:
    return settings_page(
        request,
        "sendings.html",
        problem,
        messages=await list_messages(session, principal, status, limit=100),
        states=STATES,
        topics=TOPICS,
        about=ABOUT,
        chosen=status,
    )
