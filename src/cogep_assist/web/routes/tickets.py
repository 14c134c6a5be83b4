"""The list of tickets: table or board, views with counts, search, acts on many."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import TicketStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_choices import desk_choices
from cogep_assist.crm_service.desk.desk_tool_schemas import ViewBody
from cogep_assist.crm_service.desk.saved_views import filter_of, list_views, remove_view, save_view
from cogep_assist.crm_service.sla.sla_countdown import countdowns
from cogep_assist.crm_service.tickets.ticket_board import (
    CARDS_A_COLUMN,
    MOST_COUNTED,
    board_tickets,
    count_tickets,
)
from cogep_assist.crm_service.tickets.ticket_bulk import act_on_many
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter, list_tickets
from cogep_assist.crm_service.tickets.ticket_order import list_in_order
from cogep_assist.crm_service.tickets.ticket_schemas import FoundTicket, TicketReply
from cogep_assist.crm_service.tickets.ticket_search import search_tickets
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.desk_words import PRIORITY, STATUS
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.routes.ticket_deadlines import shown_deadlines
from cogep_assist.web.ticket_asked import BOARD, BUILT_IN, Asked, base_query, read_asked
from cogep_assist.web.ticket_bulk_form import bulk_body, bulk_choices, bulk_notice
from cogep_assist.web.ticket_rows import TicketRow, ticket_rows

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_TICKETS)
WORK = rule(Login.SESSION, Act.WORK_TICKETS)
PAGE = 50
SEARCHED = 50
COLUMNS = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING, TicketStatus.RESOLVED)


@router.get("/chamados", dependencies=[READ])
async def tickets(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the desk to who works there, and everybody else their own tickets."""
    if not principal.may(Act.WORK_TICKETS):
        return await _own(request, session, principal)
    asked = await read_asked(session, principal, request.query_params)
    shown = await _shown(session, principal, asked, request.query_params.get("cursor"))
    choices = await desk_choices(session, principal)
    return render(
        request,
        "tickets/list.html",
        asked=asked,
        views=await _views(session, principal),
        choices=choices,
        queue_names=[(one.name, one.name) for one in choices.queues],
        people=[(str(one.id), one.name) for one in choices.people],
        may_share=principal.may(Act.MANAGE_DESK),
        statuses=[(one.value, words.text) for one, words in STATUS.items()],
        priorities=[(one.value, words.text) for one, words in PRIORITY.items()],
        board=asked.mode == BOARD,
        swapped=False,
        **shown,
        **await shown_deadlines(request, session, principal),
    )


@router.get("/chamados/contagens", dependencies=[WORK])
async def counts(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Count each view, for the list of views to show."""
    views = await _views(session, principal)
    saved = {str(one.id): one.asked for one in await list_views(session, principal)}
    filters = [filter_of(principal, saved.get(key) or base_query(key)) for key, _, _ in views]
    found = await count_tickets(session, principal, filters)
    told = [
        (key, f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count))
        for (key, _, _), count in zip(views, found, strict=True)
    ]
    deadlines = await shown_deadlines(request, session, principal)
    return render(request, "tickets/_counts.html", counts=told, swapped=True, **deadlines)


@router.get("/chamados/lateral", dependencies=[WORK])
async def aside(
    request: Request, session: SessionDep, principal: PrincipalDep, atual: UUID | None = None
) -> Response:
    """List the tickets of a view beside the one that is open."""
    asked = await read_asked(session, principal, request.query_params)
    shown = await _rows(session, principal, asked, None)
    rows: list[TicketRow] = shown["rows"]
    place = next((n for n, row in enumerate(rows) if row.id == atual), None)
    return render(
        request,
        "tickets/_aside.html",
        rows=rows,
        current=atual,
        asked=asked,
        before=rows[place - 1] if place else None,
        after=rows[place + 1] if place is not None and place + 1 < len(rows) else None,
    )


@router.post("/chamados/visoes", dependencies=[WORK])
async def keep_view(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    nome: Annotated[str, Form(max_length=60)] = "",
    compartilhada: Annotated[bool, Form()] = False,
) -> Response:
    """Keep the list that is asked for under a name."""
    asked = await read_asked(session, principal, request.query_params)
    name = nome.strip() or "Visão sem nome"
    kept = await save_view(
        session, principal, ViewBody(name=name, shared=compartilhada, asked=asked.query)
    )
    return done(f"/chamados?visao={kept.id}", f"A visão “{name}” foi salva.", request=request)


@router.post("/chamados/visoes/{view_id}/remover", dependencies=[WORK])
async def forget_view(
    request: Request, view_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Forget a view."""
    await remove_view(session, principal, view_id)
    return done("/chamados", "A visão foi removida.", request=request)


@router.post("/chamados/lote", dependencies=[WORK])
async def bulk(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    acao: Annotated[str, Form(max_length=120)] = "",
    motivo: Annotated[str, Form(max_length=500)] = "",
    volta: Annotated[str, Form(max_length=2000)] = "/chamados",
    marcado: Annotated[list[UUID] | None, Form(max_length=200)] = None,
) -> Response:
    """Do one act on the tickets that are ticked."""
    body = bulk_body(principal, marcado or [], acao, motivo)
    days = edge_state(request).settings.ticket_reopen_days
    outcome = await act_on_many(session, principal, body, days)
    return done(local_path(volta), bulk_notice(outcome), request=request)


def local_path(path: str) -> str:
    """Return a way on within the desk, whatever a form says."""
    inside = path.startswith("/chamados") and not path.startswith("/chamados/..")
    return path if inside and "\\" not in path else "/chamados"


async def _own(request: Request, session: AsyncSession, principal: Principal) -> Response:
    cursor = decode_id_cursor(request.query_params.get("cursor"))
    found, more = await list_tickets(session, principal, TicketFilter(), limit=PAGE, before=cursor)
    return render(
        request,
        "tickets/own_list.html",
        rows=ticket_rows(found, {}),
        next_href=f"/chamados?cursor={more}" if more else "",
        first_href="/chamados" if cursor else "",
    )


async def _views(session: AsyncSession, principal: Principal) -> list[tuple[str, str, bool]]:
    """Return every view: its address's word, its name, and whether it may be removed."""
    saved = await list_views(session, principal)
    built_in = [
        (key, name, False)
        for key, (name, query) in BUILT_IN.items()
        # Nobody in particular has no tickets of their own.
        if principal.user_id is not None or query.get("assignee") != "me"
    ]
    manages = principal.may(Act.MANAGE_DESK)
    return built_in + [(str(one.id), one.name, one.mine or manages) for one in saved]


async def _shown(
    session: AsyncSession, principal: Principal, asked: Asked, cursor: str | None
) -> dict[str, Any]:
    if asked.mode == BOARD and not asked.words:
        return await _columns(session, principal, asked)
    return await _rows(session, principal, asked, cursor)


async def _rows(
    session: AsyncSession, principal: Principal, asked: Asked, cursor: str | None
) -> dict[str, Any]:
    wanted = filter_of(principal, asked.query)
    excerpts: dict[UUID, str] = {}
    more: str | None = None
    if asked.words:
        hits = await search_tickets(session, principal, asked.words, wanted, k=SEARCHED)
        found = [hit.ticket for hit in hits]
        excerpts = {hit.ticket.id: _beside(hit) for hit in hits}
    else:
        found, more = await list_in_order(session, principal, wanted, limit=PAGE, cursor=cursor)
    left = await countdowns(session, [one.id for one in found])
    return {
        "rows": ticket_rows(found, left, excerpts),
        "next_href": asked.href(cursor=more) if more else "",
        "first_href": asked.href() if cursor else "",
        "bulk": bulk_choices(),
    }


def _beside(hit: FoundTicket) -> str:
    """Return the words that a ticket was found by, unless its row shows them anyway."""
    shown = {hit.ticket.subject, hit.ticket.customer.name if hit.ticket.customer else ""}
    return "" if hit.excerpt in shown else hit.excerpt


async def _columns(session: AsyncSession, principal: Principal, asked: Asked) -> dict[str, Any]:
    """Return the columns of the board; the last takes cards in and shows none."""
    named = asked.query.status
    query = asked.query.model_copy(update={"status": []})
    columns = [one for one in COLUMNS if not named or one in named or one is COLUMNS[-1]]
    found = await board_tickets(session, principal, filter_of(principal, query), columns)
    every: list[TicketReply] = [one for column in found.values() for one in column]
    left = await countdowns(session, [one.id for one in every])
    return {
        "columns": [
            {
                "status": status.value,
                "words": STATUS[status],
                "cards": ticket_rows(cards[:CARDS_A_COLUMN], left),
                "more": len(cards) > CARDS_A_COLUMN,
            }
            for status, cards in found.items()
        ],
        "closed": STATUS[TicketStatus.CLOSED],
    }
