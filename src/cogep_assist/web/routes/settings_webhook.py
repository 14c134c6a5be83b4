"""Ajustes, one webhook: change it, try it out, pause it, replace its secret, read its log."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service import webhooks
from cogep_assist.access_service.webhook_schemas import WebhookChange
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OutboxStatus
from cogep_assist.core.outbox import list_messages
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.integrations.http import policy_from_settings
from cogep_assist.web.outbox_words import STATES as SENDING_STATES
from cogep_assist.web.section_frame import Work, answer_form, settings_page, shaped
from cogep_assist.web.webhook_form import (
    STATES,
    Chosen,
    form_choices,
    read_filters,
    written_filters,
)

HREF = "/ajustes/webhooks"
ONE = f"{HREF}/{{webhook_id}}"
SHOWN = 50
Do = Callable[[AsyncSession, Principal, UUID], Awaitable[object]]
# What each button does, and what is said once it is done.
ACTS: Mapping[str, tuple[Do, str]] = {
    "testar": (webhooks.send_test, "O evento de teste está a caminho; veja as entregas."),
    "verificar": (webhooks.challenge_again, "A verificação do endereço está a caminho."),
    "pausar": (webhooks.pause_webhook, "O webhook foi pausado; os eventos esperam, na ordem."),
    "retomar": (webhooks.resume_webhook, "O webhook foi retomado, com o que esperava."),
}
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_WEBHOOKS)


@router.get(ONE, dependencies=[MANAGE])
async def webhook_page(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    webhook_id: UUID,
    situacao: Annotated[OutboxStatus | None, Query()] = None,
    cursor: NumberCursor = None,
) -> Response:
    """Show a subscription with its deliveries, the newest first."""
    before = decode_number_cursor(cursor)
    return await _page(request, session, principal, webhook_id, status=situacao, before=before)


@router.post(ONE, dependencies=[MANAGE])
async def change(
    request: Request,
    principal: PrincipalDep,
    webhook_id: UUID,
    chosen: Annotated[Chosen, Form()],
    revisao: Annotated[int | None, Query()] = None,
) -> Response:
    """Change a subscription; another address is challenged before anything goes there."""

    async def work(session: AsyncSession) -> None:
        change = shaped(
            WebhookChange,
            name=chosen.nome,
            url=chosen.endereco.strip() or None,
            events=chosen.eventos,
            fields=chosen.campos,
            filters=read_filters(chosen.filtros),
        )
        policy = policy_from_settings(edge_state(request).settings)
        await webhooks.change_webhook(session, principal, webhook_id, change, policy, revisao)

    return await _answered(request, principal, webhook_id, work, "O webhook foi salvo.")


@router.post(f"{ONE}/ligado", dependencies=[MANAGE])
async def switch(
    request: Request,
    principal: PrincipalDep,
    webhook_id: UUID,
    ligado: Annotated[bool, Form()] = False,
) -> Response:
    """Switch a subscription off, with what waits for it, or on again after a challenge."""

    async def work(session: AsyncSession) -> None:
        policy = policy_from_settings(edge_state(request).settings)
        change = WebhookChange(enabled=ligado)
        await webhooks.change_webhook(session, principal, webhook_id, change, policy)

    notice = "O endereço será verificado de novo." if ligado else "O webhook foi desligado."
    return await _answered(request, principal, webhook_id, work, notice)


@router.post(f"{ONE}/segredo", dependencies=[MANAGE])
async def rotate(
    request: Request,
    principal: PrincipalDep,
    webhook_id: UUID,
    horas: Annotated[int, Form(ge=0, le=168)] = 24,
) -> Response:
    """Replace the secret and show the new one, this once."""
    database = edge_state(request).database
    async with database.begin() as session:
        _, secret = await webhooks.rotate_secret(session, principal, webhook_id, horas)
    async with database.begin() as session:
        page = await _page(request, session, principal, webhook_id, secret=secret)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.post(f"{ONE}/remover", dependencies=[MANAGE])
async def remove(request: Request, principal: PrincipalDep, webhook_id: UUID) -> Response:
    """Remove a subscription with its log."""

    async def work(session: AsyncSession) -> None:
        await webhooks.remove_webhook(session, principal, webhook_id)

    return await _answered(request, principal, webhook_id, work, "O webhook foi removido.", HREF)


@router.post(f"{ONE}/{{act}}", dependencies=[MANAGE])
async def act_on(request: Request, principal: PrincipalDep, webhook_id: UUID, act: str) -> Response:
    """Do what one of the buttons says."""
    if act not in ACTS:
        raise AppError("not_found")
    do, notice = ACTS[act]

    async def work(session: AsyncSession) -> None:
        await do(session, principal, webhook_id)

    return await _answered(request, principal, webhook_id, work, notice)


async def _answered(
    request: Request,
    principal: Principal,
    webhook_id: UUID,
    work: Work,
    notice: str,
    href: str = "",
) -> Response:
    return await answer_form(
        request,
        principal,
        work,
        _page,
        webhook_id,
        href=href or f"{HREF}/{webhook_id}",
        notice=notice,
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    webhook_id: UUID,
    problem: AppError | None = None,
    *,
    status: OutboxStatus | None = None,
    before: int | None = None,
    secret: str = "",
) -> Response:
    webhook = await webhooks.find_webhook(session, principal, webhook_id)
    found = await list_messages(
        session, principal, status, SHOWN + 1, webhook_id=webhook_id, before=before
    )
    return settings_page(
        request,
        "webhook.html",
        problem,
        webhook=webhook,
        state=STATES[webhook.status],
        filters=written_filters(webhook.filters),
        deliveries=found[:SHOWN],
        next_cursor=encode_cursor(found[SHOWN - 1].sequence if len(found) > SHOWN else None),
        first=before is None,
        sending_states=SENDING_STATES,
        chosen_status=status,
        secret=secret,
        **form_choices(webhook.events, webhook.fields),
    )
