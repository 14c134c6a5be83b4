"""Views, macros, texts, acts on many tickets, and who is at one."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response
from pydantic import BaseModel

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.desk_tool_schemas import (
    BulkBody,
    BulkReply,
    FilledTemplate,
    MacroBody,
    MacroReply,
    PresenceBody,
    PresenceReply,
    TemplateBody,
    TemplateReply,
    ViewBody,
    ViewReply,
)
from cogep_assist.crm_service.macros import apply_macro, list_macros, remove_macro, set_macro
from cogep_assist.crm_service.reply_templates import (
    fill_template,
    list_templates,
    remove_template,
    set_template,
)
from cogep_assist.crm_service.saved_views import list_views, remove_view, save_view
from cogep_assist.crm_service.ticket_act_endpoints import Door
from cogep_assist.crm_service.ticket_bulk import act_on_many
from cogep_assist.crm_service.ticket_endpoints import WORK
from cogep_assist.crm_service.ticket_presence import be_present, leave
from cogep_assist.crm_service.ticket_schemas import TicketReply
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["tickets"])
READ = rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_DESK, idempotent=True)
NameInPath = Annotated[str, Path(min_length=1, max_length=60)]


@router.get(
    "/crm/views",
    response_model=list[ViewReply],
    summary="Lista as visões salvas: as suas e as compartilhadas",
    dependencies=[READ],
)
async def views(session: SessionDep, principal: PrincipalDep) -> list[ViewReply]:
    """List views."""
    return await list_views(session, principal)


@router.post(
    "/crm/views",
    status_code=201,
    response_model=ViewReply,
    summary="Salva uma visão",
    dependencies=[WORK],
)
async def post_view(
    request: Request,
    body: ViewBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> ViewReply:
    """Keep a list under a name."""

    async def work() -> StoredReply:
        view = await save_view(session, principal, body)
        return StoredReply(201, view.model_dump(mode="json"))

    stored = await once(request, session, principal, idempotency_key, _raw(body), work)
    return ViewReply.model_validate(stored.reply)


@router.delete(
    "/crm/views/{view_id}",
    status_code=204,
    summary="Remove uma visão",
    dependencies=[WORK],
)
async def delete_view(
    request: Request,
    view_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Forget a view."""

    async def work() -> StoredReply:
        await remove_view(session, principal, view_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.get(
    "/crm/macros",
    response_model=list[MacroReply],
    summary="Lista as macros",
    dependencies=[READ],
)
async def macros(session: SessionDep, principal: PrincipalDep) -> list[MacroReply]:
    """List macros."""
    return await list_macros(session, principal)


@router.put(
    "/crm/macros/{name}",
    response_model=MacroReply,
    responses={201: {"model": MacroReply, "description": "Macro criada"}},
    summary="Cria ou muda uma macro",
    dependencies=[MANAGE],
)
async def put_macro(
    request: Request,
    response: Response,
    name: NameInPath,
    body: MacroBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> MacroReply:
    """Keep steps under a name."""

    async def work() -> StoredReply:
        macro, created = await set_macro(session, principal, name, body)
        return StoredReply(201 if created else 200, {"id": str(macro.id), "name": macro.name})

    stored = await once(request, session, principal, idempotency_key, _raw(body), work)
    response.status_code = stored.status
    return MacroReply(**stored.reply, steps=body.steps)


@router.delete(
    "/crm/macros/{name}",
    status_code=204,
    summary="Remove uma macro",
    dependencies=[MANAGE],
)
async def delete_macro(
    request: Request,
    name: NameInPath,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Forget a macro."""

    async def work() -> StoredReply:
        await remove_macro(session, principal, name)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.post(
    "/crm/tickets/{ticket_id}/macros/{name}",
    response_model=TicketReply,
    summary="Faz no chamado os passos de uma macro",
    dependencies=[WORK],
)
async def run_macro(door: Door, name: NameInPath) -> TicketReply:
    """Do a macro's steps."""
    return await door.change(
        lambda: apply_macro(door.session, door.principal, door.ticket_id, name, door.reopen_days)
    )


@router.get(
    "/crm/templates",
    response_model=list[TemplateReply],
    summary="Lista os textos prontos",
    dependencies=[READ],
)
async def templates(session: SessionDep, principal: PrincipalDep) -> list[TemplateReply]:
    """List texts."""
    return await list_templates(session, principal)


@router.put(
    "/crm/templates/{name}",
    response_model=TemplateReply,
    responses={201: {"model": TemplateReply, "description": "Texto criado"}},
    summary="Cria ou muda um texto pronto",
    dependencies=[MANAGE],
)
async def put_template(
    request: Request,
    response: Response,
    name: NameInPath,
    body: TemplateBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> TemplateReply:
    """Keep a text under a name."""

    async def work() -> StoredReply:
        template, created = await set_template(session, principal, name, body.body)
        return StoredReply(201 if created else 200, template.model_dump(mode="json"))

    stored = await once(request, session, principal, idempotency_key, _raw(body), work)
    response.status_code = stored.status
    return TemplateReply.model_validate(stored.reply)


@router.delete(
    "/crm/templates/{name}",
    status_code=204,
    summary="Remove um texto pronto",
    dependencies=[MANAGE],
)
async def delete_template(
    request: Request,
    name: NameInPath,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Forget a text."""

    async def work() -> StoredReply:
        await remove_template(session, principal, name)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.get(
    "/crm/tickets/{ticket_id}/templates/{name}",
    response_model=FilledTemplate,
    summary="Mostra um texto pronto com as palavras do chamado",
    dependencies=[READ],
)
async def filled(
    ticket_id: UUID, name: NameInPath, session: SessionDep, principal: PrincipalDep
) -> FilledTemplate:
    """Fill a text in."""
    return await fill_template(session, principal, ticket_id, name)


@router.post(
    "/crm/tickets/bulk",
    response_model=BulkReply,
    summary="Faz o mesmo em muitos chamados, cada um por si",
    dependencies=[WORK],
)
async def bulk(
    request: Request,
    body: BulkBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> BulkReply:
    """Act on many tickets."""
    days = edge_state(request).settings.ticket_reopen_days

    async def work() -> StoredReply:
        items = await act_on_many(session, principal, body, days)
        return StoredReply(200, {"items": [item.model_dump(mode="json") for item in items]})

    raw = body.model_dump_json(exclude_unset=True).encode()
    stored = await once(request, session, principal, idempotency_key, raw, work)
    return BulkReply.model_validate(stored.reply)


@router.put(
    "/crm/tickets/{ticket_id}/presence",
    response_model=list[PresenceReply],
    summary="Diz que você está no chamado e mostra quem mais está",
    dependencies=[WORK],
)
async def presence(
    ticket_id: UUID,
    body: PresenceBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,  # noqa: ARG001 - saying it twice is saying it
) -> list[PresenceReply]:
    """Be at a ticket."""
    return await be_present(session, principal, ticket_id, writing=body.writing)


@router.delete(
    "/crm/tickets/{ticket_id}/presence",
    status_code=204,
    summary="Diz que você saiu do chamado",
    dependencies=[WORK],
)
async def gone(
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,  # noqa: ARG001 - leaving twice is leaving
) -> Response:
    """Leave a ticket."""
    await leave(session, principal, ticket_id)
    return Response(status_code=204)


def _raw(body: BaseModel) -> bytes:
    return body.model_dump_json().encode()
