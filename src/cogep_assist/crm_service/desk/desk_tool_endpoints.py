"""Views, macros, texts, acts on many tickets, and who is at one."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.desk.desk_tool_schemas import (
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
from cogep_assist.crm_service.desk.macros import apply_macro, list_macros, remove_macro, set_macro
from cogep_assist.crm_service.desk.reply_templates import (
    fill_template,
    list_templates,
    remove_template,
    set_template,
)
from cogep_assist.crm_service.desk.saved_views import list_views, remove_view, save_view
from cogep_assist.crm_service.tickets.ticket_act_endpoints import Door as AtTicket
from cogep_assist.crm_service.tickets.ticket_bulk import act_on_many
from cogep_assist.crm_service.tickets.ticket_endpoints import WORK
from cogep_assist.crm_service.tickets.ticket_presence import be_present, leave
from cogep_assist.crm_service.tickets.ticket_schemas import TicketReply
from cogep_assist.edge.linked_page import Paged
from cogep_assist.edge.once_door import Door
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
async def views(session: SessionDep, principal: PrincipalDep, page: Paged) -> list[ViewReply]:
    """List views."""
    return page.cut(await list_views(session, principal), lambda one: one.id)


@router.post(
    "/crm/views",
    status_code=201,
    response_model=ViewReply,
    summary="Salva uma visão",
    dependencies=[WORK],
)
async def post_view(door: Door, body: ViewBody) -> ViewReply:
    """Keep a list under a name."""
    return await door.reply(ViewReply, lambda: save_view(door.session, door.principal, body), body)


@router.delete(
    "/crm/views/{view_id}",
    status_code=204,
    summary="Remove uma visão",
    dependencies=[WORK],
)
async def delete_view(door: Door, view_id: UUID) -> Response:
    """Forget a view."""
    return await door.remove(lambda: remove_view(door.session, door.principal, view_id))


@router.get(
    "/crm/macros",
    response_model=list[MacroReply],
    summary="Lista as macros",
    dependencies=[READ],
)
async def macros(session: SessionDep, principal: PrincipalDep, page: Paged) -> list[MacroReply]:
    """List macros."""
    return page.cut(await list_macros(session, principal), lambda one: one.name)


@router.put(
    "/crm/macros/{name}",
    response_model=MacroReply,
    responses={201: {"model": MacroReply, "description": "Macro criada"}},
    summary="Cria ou muda uma macro",
    dependencies=[MANAGE],
)
async def put_macro(door: Door, name: NameInPath, body: MacroBody) -> MacroReply:
    """Keep steps under a name."""
    return await door.put(
        MacroReply, lambda: set_macro(door.session, door.principal, name, body), body
    )


@router.delete(
    "/crm/macros/{name}",
    status_code=204,
    summary="Remove uma macro",
    dependencies=[MANAGE],
)
async def delete_macro(door: Door, name: NameInPath) -> Response:
    """Forget a macro."""
    return await door.remove(lambda: remove_macro(door.session, door.principal, name))


@router.post(
    "/crm/tickets/{ticket_id}/macros/{name}",
    response_model=TicketReply,
    summary="Faz no chamado os passos de uma macro",
    dependencies=[WORK],
)
async def run_macro(door: AtTicket, name: NameInPath) -> TicketReply:
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
async def templates(
    session: SessionDep, principal: PrincipalDep, page: Paged
) -> list[TemplateReply]:
    """List texts."""
    return page.cut(await list_templates(session, principal), lambda one: one.name)


@router.put(
    "/crm/templates/{name}",
    response_model=TemplateReply,
    responses={201: {"model": TemplateReply, "description": "Texto criado"}},
    summary="Cria ou muda um texto pronto",
    dependencies=[MANAGE],
)
async def put_template(door: Door, name: NameInPath, body: TemplateBody) -> TemplateReply:
    """Keep a text under a name."""
    return await door.put(
        TemplateReply, lambda: set_template(door.session, door.principal, name, body.body), body
    )


@router.delete(
    "/crm/templates/{name}",
    status_code=204,
    summary="Remove um texto pronto",
    dependencies=[MANAGE],
)
async def delete_template(door: Door, name: NameInPath) -> Response:
    """Forget a text."""
    return await door.remove(lambda: remove_template(door.session, door.principal, name))


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
async def bulk(door: Door, body: BulkBody) -> BulkReply:
    """Act on many tickets."""
    days = edge_state(door.request).settings.ticket_reopen_days
    return await door.reply(
        BulkReply, lambda: act_on_many(door.session, door.principal, body, days), body
    )


@router.put(
    "/crm/tickets/{ticket_id}/presence",
    response_model=list[PresenceReply],
    summary="Diz que você está no chamado e mostra quem mais está",
    dependencies=[WORK],
)
async def presence(door: AtTicket, body: PresenceBody) -> list[PresenceReply]:
    """Be at a ticket. Saying it twice is saying it: nothing is kept for a repetition."""
    return await be_present(door.session, door.principal, door.ticket_id, writing=body.writing)


@router.delete(
    "/crm/tickets/{ticket_id}/presence",
    status_code=204,
    summary="Diz que você saiu do chamado",
    dependencies=[WORK],
)
async def gone(door: AtTicket) -> Response:
    """Leave a ticket."""
    return await door.remove(lambda: leave(door.session, door.principal, door.ticket_id))
