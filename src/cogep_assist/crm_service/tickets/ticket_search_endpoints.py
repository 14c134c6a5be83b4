"""Find tickets by their words, and what helps to answer one."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.desk.desk_tool_schemas import TicketQuery
from cogep_assist.crm_service.desk.saved_views import filter_of
from cogep_assist.crm_service.tickets.ticket_classification import classify_ticket
from cogep_assist.crm_service.tickets.ticket_draft import draft_reply
from cogep_assist.crm_service.tickets.ticket_schemas import Classification, DraftReply, FoundTickets
from cogep_assist.crm_service.tickets.ticket_search import search_tickets, similar_tickets
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import ReadingDep

router = guarded_router(tags=["tickets"])
SEARCH = rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS, rate=Rate.ASK)


class TicketSearchQuery(TicketQuery):
    """Words to look for, among the tickets that a filter lets pass."""

    q: Annotated[str, Query(min_length=1, max_length=500)]
    k: Annotated[int, Query(ge=1, le=100)] = 20


@router.get(
    "/crm/tickets/search",
    response_model=FoundTickets,
    summary="Busca chamados pelas palavras, com ou sem acentos, ou pelo protocolo",
    dependencies=[SEARCH],
)
async def search(
    asked: Annotated[TicketSearchQuery, Query()], session: ReadingDep, principal: PrincipalDep
) -> FoundTickets:
    """Search tickets."""
    wanted = filter_of(principal, asked)
    found = await search_tickets(session, principal, asked.q, wanted, k=asked.k)
    return FoundTickets(items=found)


@router.get(
    "/crm/tickets/{ticket_id}/similar",
    response_model=FoundTickets,
    summary="Mostra chamados parecidos",
    dependencies=[SEARCH],
)
async def similar(ticket_id: UUID, session: ReadingDep, principal: PrincipalDep) -> FoundTickets:
    """Find tickets like one."""
    return FoundTickets(items=await similar_tickets(session, principal, ticket_id))


@router.get(
    "/crm/tickets/{ticket_id}/draft",
    response_model=DraftReply,
    summary="Propõe uma resposta com as fontes, para a pessoa conferir e editar",
    dependencies=[SEARCH],
)
async def draft(ticket_id: UUID, request: Request, principal: PrincipalDep) -> DraftReply:
    """Draft a reply."""
    edge = edge_state(request)
    return await draft_reply(edge.database, principal, ticket_id, edge.writer)


@router.get(
    "/crm/tickets/{ticket_id}/classification",
    response_model=Classification,
    summary="Sugere fila, prioridade e etiquetas, e diz por quê",
    dependencies=[SEARCH],
)
async def classification(
    ticket_id: UUID, session: ReadingDep, principal: PrincipalDep
) -> Classification:
    """Suggest where a ticket belongs."""
    return await classify_ticket(session, principal, ticket_id)
