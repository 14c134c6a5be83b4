"""The forms of a ticket's acts: in a dialog where a script runs, as pages where none does."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import LinkKind, TicketStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_choices import desk_choices
from cogep_assist.crm_service.desk.reply_templates import fill_template
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter, list_tickets
from cogep_assist.crm_service.tickets.ticket_merge_preview import (
    preview_ticket_merge,
    ticket_by_protocol,
)
from cogep_assist.crm_service.tickets.ticket_reply import see_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import TicketDetail, TicketReply
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.desk_words import IMPACTS, PRIORITY, STATUS, URGENCIES
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.tickets import local_path
from cogep_assist.web.ticket_rows import move_choices
from cogep_assist.web.ticket_view import own_entries

router = guarded_router(include_in_schema=False)
WORK = rule(Login.SESSION, Act.WORK_TICKETS)
OTHERS_SHOWN = 5
TITLES = {
    "mover": "Mudar o estado",
    "adiar": "Adiar",
    "atribuir": "Atribuir",
    "alterar": "Alterar o chamado",
    "vincular": "Vincular a outro chamado",
    "dividir": "Dividir o chamado",
    "mesclar": "Mesclar outro chamado neste",
    "macro": "Usar uma macro",
    "texto": "Usar um texto pronto",
}


@router.get("/chamados/{ticket_id}/acoes/{name}", dependencies=[WORK])
async def act_form(
    request: Request, ticket_id: UUID, name: str, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Show the form of one act."""
    if name not in TITLES:
        raise AppError("not_found")
    read = describe_ticket if name == "dividir" else see_ticket
    found = await read(session, principal, ticket_id)
    params = request.query_params
    values: dict[str, Any] = {
        "choices": await desk_choices(session, principal),
        "moves": move_choices(found.status),
        "to": _state(params.get("para", "")),
        "back": local_path(params["volta"]) if params.get("volta") else "",
        "impacts": list(IMPACTS.items()),
        "urgencies": list(URGENCIES.items()),
        "priorities": [(one.value, words.text) for one, words in PRIORITY.items()],
        "relations": [(one.value, label(one)) for one in LinkKind],
        "wanted": params.get("nome", ""),
        "linked": params.get("protocolo", "")[:30],
        "entries": own_entries(found) if isinstance(found, TicketDetail) else [],
    }
    if name == "mesclar":
        values |= await _merge(session, principal, found, params.get("protocolo", ""))
    part = "hx-request" in request.headers
    return render(
        request,
        "tickets/_act.html" if part else "tickets/act.html",
        ticket=found,
        name=name,
        title=TITLES[name],
        **values,
    )


@router.get("/chamados/{ticket_id}/textos/{name}", dependencies=[WORK])
async def text(
    request: Request, ticket_id: UUID, name: str, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Fill a text in with the ticket's own words, for the composer."""
    filled = await fill_template(session, principal, ticket_id, name)
    return render(request, "tickets/_text.html", text=filled.text)


def _state(word: str) -> TicketStatus | None:
    found = [one for one in STATUS if one.value == word]
    return found[0] if found else None


async def _merge(
    session: AsyncSession, principal: Principal, found: TicketReply, protocol: str
) -> dict[str, Any]:
    """Return what the merge would do, once the other ticket is named; before, whom it may be."""
    if not protocol.strip():
        others = await _others(session, principal, found)
        return {"preview": None, "protocol": "", "problem": None, "others": others}
    try:
        other = await ticket_by_protocol(session, principal, protocol)
        preview = await preview_ticket_merge(session, principal, found.id, other)
    except AppError as problem:
        return {"preview": None, "protocol": protocol, "problem": problem, "others": []}
    return {"preview": preview, "protocol": protocol, "problem": preview.problem, "others": []}


async def _others(
    session: AsyncSession, principal: Principal, found: TicketReply
) -> list[TicketReply]:
    """Return the newest other tickets of the same customer: only theirs can be merged."""
    if found.customer is None:
        return []
    wanted = TicketFilter(customer_id=found.customer.id)
    listed, _ = await list_tickets(session, principal, wanted, limit=OTHERS_SHOWN + 1)
    return [one for one in listed if one.id != found.id][:OTHERS_SHOWN]
