"""One ticket as a page: what was written, what happened, and what helps to answer it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.actor_names import actor_names
from cogep_assist.crm_service.customers.customer_replies import visible_contacts
from cogep_assist.crm_service.customers.customer_schemas import ContactReply
from cogep_assist.crm_service.desk.desk_choices import desk_choices
from cogep_assist.crm_service.sla.sla_countdown import countdowns
from cogep_assist.crm_service.sla.sla_explain import explain_sla
from cogep_assist.crm_service.sla.sla_words import business_span
from cogep_assist.crm_service.tickets.cited_reply import PlaceRef
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_draft import draft_reply
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter, list_tickets
from cogep_assist.crm_service.tickets.ticket_merge_preview import ticket_by_protocol
from cogep_assist.crm_service.tickets.ticket_moves import ENDED
from cogep_assist.crm_service.tickets.ticket_notices import see_ticket
from cogep_assist.crm_service.tickets.ticket_presence import be_present
from cogep_assist.crm_service.tickets.ticket_schemas import SuggestedPassage, TicketDetail
from cogep_assist.crm_service.tickets.ticket_search import similar_tickets
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.search import search_passages
from cogep_assist.web.desk_words import (
    IMPACTS,
    PRIORITY,
    SCORES,
    TARGET_STATES,
    URGENCIES,
    countdown_words,
    status_words,
)
from cogep_assist.web.rendering import render
from cogep_assist.web.source_view import passage_href
from cogep_assist.web.ticket_rows import move_choices, ticket_rows
from cogep_assist.web.ticket_view import handover_view, labels_of, own_entries, timeline

router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_TICKETS)
WORK = rule(Login.SESSION, Act.WORK_TICKETS)
SUGGEST = rule(Login.SESSION, Act.WORK_TICKETS, rate=Rate.ASK)
OTHERS_SHOWN = 5
CONTACTS_SHOWN = 4
PASSAGES_SHOWN = 3
FOUND_SHOWN = 6
NO_DRAFT: Mapping[str, Any] = {"texto": "", "tipo": "resposta", "fontes": []}


@router.get("/chamados/{ticket_id}", dependencies=[READ])
async def ticket(
    request: Request, ticket_id: str, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Show a ticket; a protocol in its place leads to it."""
    try:
        found = UUID(ticket_id)
    except ValueError:
        known = await ticket_by_protocol(session, principal, ticket_id)
        return RedirectResponse(f"/chamados/{known}", status_code=303)
    return await ticket_page(request, session, principal, found)


async def ticket_page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    *,
    draft: Mapping[str, Any] | None = None,
    problem: AppError | None = None,
    told: str = "",
) -> Response:
    """Render a ticket's page; ``draft`` and ``problem`` give back what was not taken."""
    found = await describe_ticket(session, principal, ticket_id)
    await see_ticket(session, principal, ticket_id)
    if not principal.may(Act.WORK_TICKETS):
        return _own(request, found, draft, problem)
    if found.withheld:
        return await _withheld(request, session, found, problem)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    names = await actor_names(session, labels_of(found))
    left = await countdowns(session, [ticket_id])
    return render(
        request,
        "tickets/ticket.html",
        status=problem.status if problem else 200,
        ticket=found,
        state=status_words(found),
        priority=PRIORITY[found.priority],
        countdown=countdown_words(left.get(ticket_id)),
        items=timeline(found, names, principal.label, zone),
        choices=await desk_choices(session, principal),
        moves=move_choices(found.status),
        ended=found.status in ENDED,
        mine=found.assignee is not None and found.assignee.id == principal.user_id,
        handover=handover_view(found.handover),
        proof=proof_of(found.protocol),
        channel=label(found.channel),
        impacts=IMPACTS,
        urgencies=URGENCIES,
        priorities=[(one.value, words.text) for one, words in PRIORITY.items()],
        scores=SCORES,
        related=[(label(one.kind), one) for one in found.related],
        once=str(uuid4()),
        draft={**NO_DRAFT, **(draft or {})},
        problem=problem,
        told=told,
        view=request.query_params.get("visao", ""),
    )


async def _withheld(
    request: Request, session: AsyncSession, found: TicketDetail, problem: AppError | None
) -> Response:
    """Show that a sensitive ticket exists, how it stands and when it is due; none of its text."""
    left = await countdowns(session, [found.id])
    return render(
        request,
        "tickets/withheld.html",
        status=problem.status if problem else 200,
        ticket=found,
        state=status_words(found),
        priority=PRIORITY[found.priority],
        countdown=countdown_words(left.get(found.id)),
        problem=problem,
        view=request.query_params.get("visao", ""),
    )


@router.get("/chamados/{ticket_id}/contexto", dependencies=[WORK])
async def context(
    request: Request, ticket_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Show how the customer is reached, their other tickets, and tickets like this one."""
    found = await find_ticket(session, principal, ticket_id)
    others, contacts = [], list[ContactReply]()
    if found.customer_id is not None:
        contacts = await visible_contacts(session, principal, found.customer_id)
        wanted = TicketFilter(customer_id=found.customer_id)
        listed, _ = await list_tickets(session, principal, wanted, limit=OTHERS_SHOWN + 1)
        others = [one for one in listed if one.id != ticket_id][:OTHERS_SHOWN]
    similar = await similar_tickets(session, principal, ticket_id, k=OTHERS_SHOWN)
    return render(
        request,
        "tickets/_context.html" if _part(request) else "tickets/context.html",
        ticket=found,
        contacts=contacts[:CONTACTS_SHOWN],
        others=ticket_rows(others, {}),
        similar=ticket_rows([one.ticket for one in similar], {}),
    )


@router.get("/chamados/{ticket_id}/conhecimento", dependencies=[WORK])
async def knowledge(request: Request, ticket_id: UUID, principal: PrincipalDep) -> Response:
    """Show the passages of the base that speak of what is asked."""
    drafted = await draft_reply(edge_state(request).database, principal, ticket_id)
    return render(
        request,
        "tickets/_knowledge.html" if _part(request) else "tickets/knowledge.html",
        ticket_id=ticket_id,
        passages=_placed(drafted.passages[:PASSAGES_SHOWN]),
    )


@router.get("/chamados/{ticket_id}/trechos", dependencies=[SUGGEST])
async def passages(
    request: Request,
    ticket_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Find passages for the composer by words, each with the place that a reply cites."""
    await find_ticket(session, principal, ticket_id)
    found = await search_passages(session, principal, q, k=FOUND_SHOWN) if q.strip() else None
    shown = [
        {
            "title": one.title,
            "page": one.page,
            "text": one.text,
            "place": PlaceRef(one.document_id, one.version, one.start, one.end),
        }
        for one in (found.results if found else ())
    ]
    return render(request, "tickets/_passages.html", passages=shown)


@router.get("/chamados/{ticket_id}/sugestao", dependencies=[SUGGEST])
async def suggestion(request: Request, ticket_id: UUID, principal: PrincipalDep) -> Response:
    """Propose a reply with its sources, for a person to send, edit or discard."""
    edge = edge_state(request)
    drafted = await draft_reply(edge.database, principal, ticket_id, edge.writer)
    async with edge.database.begin() as session:
        found = await find_ticket(session, principal, ticket_id)
    return render(
        request,
        "tickets/_suggestion.html" if _part(request) else "tickets/suggestion.html",
        ticket=found,
        draft=drafted,
        sources=_placed(drafted.citations),
        closest=_placed(drafted.passages[:PASSAGES_SHOWN]),
        once=str(uuid4()),
    )


@router.get("/chamados/{ticket_id}/prazo", dependencies=[WORK])
async def deadline(
    request: Request, ticket_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Explain a ticket's clock: each interval that was counted."""
    reading = await explain_sla(session, principal, ticket_id)
    targets = [("Primeira resposta", reading.first_reply), ("Solução", reading.resolution)]
    return render(
        request,
        "tickets/deadline.html",
        part=_part(request),
        ticket_id=ticket_id,
        reading=reading,
        targets=[(name, target, TARGET_STATES[target.state]) for name, target in targets if target],
        minutes=lambda count: business_span(timedelta(minutes=count)),
    )


@router.post("/chamados/{ticket_id}/presenca", dependencies=[WORK])
async def presence(
    request: Request, ticket_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Say that one is at a ticket, and show who else is."""
    form = await request.form()
    writing = form.get("escrevendo") == "1"
    others = await be_present(session, principal, ticket_id, writing=writing)
    return render(request, "tickets/_presence.html", others=others)


def _part(request: Request) -> bool:
    return "hx-request" in request.headers


def _placed(passages: Sequence[SuggestedPassage]) -> list[tuple[SuggestedPassage, str]]:
    """Return passages with the addresses that open them."""
    return [
        (one, passage_href(one.document_id, one.version, one.start, one.end)) for one in passages
    ]


def _own(
    request: Request, found: TicketDetail, draft: Mapping[str, Any] | None, problem: AppError | None
) -> Response:
    """Show a ticket to the person who asked."""
    return render(
        request,
        "tickets/own_ticket.html",
        status=problem.status if problem else 200,
        ticket=found,
        state=status_words(found),
        items=own_entries(found),
        ended=found.status in ENDED,
        scores=SCORES,
        once=str(uuid4()),
        draft={**NO_DRAFT, **(draft or {})},
        problem=problem,
    )
