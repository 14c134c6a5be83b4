"""Ajustes, Webhooks: who is told of what happens, and the list of subscriptions."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service import webhooks
from cogep_assist.access_service.webhook_schemas import WebhookBody
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.integrations.http import policy_from_settings
from cogep_assist.web.section_frame import in_words, settings_page, shaped
from cogep_assist.web.webhook_form import STATES, Chosen, form_choices, read_filters

HREF = "/ajustes/webhooks"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_WEBHOOKS)
Text = Annotated[str, Form(max_length=4096)]


@router.get(HREF, dependencies=[MANAGE])
async def webhooks_page(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """List the subscriptions, with a form for another."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def add(
    request: Request,
    principal: PrincipalDep,
    chosen: Annotated[Chosen, Form()],
) -> Response:
    """Subscribe an address, challenge it, and show the secret, this once."""
    edge = edge_state(request)
    typed = {"nome": chosen.nome, "endereco": chosen.endereco, "filtros": chosen.filtros}
    try:
        async with edge.database.begin() as session:
            body = shaped(
                WebhookBody,
                name=chosen.nome,
                url=chosen.endereco.strip(),
                events=chosen.eventos,
                fields=chosen.campos,
                filters=read_filters(chosen.filtros),
            )
            policy = policy_from_settings(edge.settings)
            webhook, secret = await webhooks.create_webhook(session, principal, body, policy)
            name = webhook.name
    except AppError as problem:
        if problem.status >= 500:
            raise
        async with edge.database.begin() as session:
            return await _page(
                request, session, principal, in_words(problem), typed=typed, chosen=chosen
            )
    async with edge.database.begin() as session:
        page = await _page(request, session, principal, made=(name, secret))
    page.headers["Cache-Control"] = "no-store"
    return page


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    typed: Mapping[str, str] | None = None,
    chosen: Chosen | None = None,
    made: tuple[str, str] | None = None,
) -> Response:
    values: dict[str, Any] = form_choices(
        chosen.eventos if chosen else (), chosen.campos if chosen else ()
    )
    return settings_page(
        request,
        "webhooks.html",
        problem,
        webhooks=await webhooks.list_webhooks(session, principal),
        states=STATES,
        typed=typed or {"nome": "", "endereco": "", "filtros": ""},
        made=made,
        **values,
    )
