"""The desk's tools: open a ticket for a person, and look up how it stands."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketChannel, TicketLevel, TicketPriority, TicketStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.desk.desk_tool_schemas import TicketQuery
from cogep_assist.crm_service.desk.saved_views import filter_of
from cogep_assist.crm_service.tickets.ticket_deadlines import TicketDeadline
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_from_answer import open_from_answer
from cogep_assist.crm_service.tickets.ticket_list import list_tickets
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_order import TicketOrder, list_in_order
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_schemas import (
    FromAnswerBody,
    OpenedTicket,
    TicketDetail,
    TicketPage,
)
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.state import EdgeState
from cogep_assist.mcp_server.tool import Arguments, Tool


class OpenTicketArguments(Arguments):
    """What is asked of the desk, and the answer that did not help where there is one."""

    subject: Annotated[
        str, Field(min_length=1, max_length=200, description="O pedido, em uma linha.")
    ]
    body: Annotated[
        str,
        Field(min_length=1, max_length=50_000, description="O que a pessoa precisa, com detalhes."),
    ]
    urgency: Annotated[TicketLevel, Field(description="Pressa: low, medium ou high.")] = (
        TicketLevel.MEDIUM
    )
    answer_id: Annotated[
        UUID | None,
        Field(description="O id da resposta de “ask” que não ajudou; a conversa vai junto."),
    ] = None


class TicketArguments(Arguments):
    """The ticket to look up."""

    protocol: Annotated[str, Field(max_length=30, description="O protocolo, como 2026.000123-4.")]


class ListTicketsArguments(Arguments):
    """Which tickets, in which order, and where the list goes on."""

    status: list[TicketStatus] = Field(
        default_factory=list, max_length=5, description="Só nestes estados."
    )
    priority: list[TicketPriority] = Field(
        default_factory=list, max_length=4, description="Só com estas prioridades."
    )
    queue: Annotated[str | None, Field(max_length=80, description="Só desta fila, pelo nome.")] = (
        None
    )
    assignee: Annotated[
        str | None,
        Field(max_length=40, description="me, none (de ninguém) ou o id de quem atende."),
    ] = None
    tag: Annotated[str | None, Field(max_length=40, description="Só com esta etiqueta.")] = None
    deadline: Annotated[
        TicketDeadline | None,
        Field(description="at_risk: prazo perto do fim ou vencido; missed: só vencido."),
    ] = None
    order: Annotated[
        TicketOrder,
        Field(description="newest: do mais novo ao mais antigo; deadline: por prazo."),
    ] = "newest"
    limit: Annotated[int, Field(ge=1, le=50, description="Quantos trazer.")] = 20
    cursor: Annotated[
        str | None, Field(max_length=60, description="O next_cursor da página anterior.")
    ] = None


async def _open_ticket(
    edge: EdgeState, principal: Principal, given: OpenTicketArguments
) -> OpenedTicket:
    zone = edge.settings.timezone
    async with edge.database.begin() as session:
        if given.answer_id is not None:
            wanted = FromAnswerBody(**given.model_dump())
            made = await open_from_answer(session, principal, wanted, zone)
        else:
            told = given.model_dump(exclude={"answer_id"})
            new = NewTicket(**told, channel=TicketChannel.API)
            made = await open_ticket(session, principal, new, zone)
        reply = await ticket_reply(session, made.id, principal)
    return OpenedTicket(**reply.model_dump(), proof=proof_of(reply.protocol))


async def _ticket_status(
    edge: EdgeState, principal: Principal, given: TicketArguments
) -> TicketDetail:
    wanted = filter_of(principal, TicketQuery(protocol=given.protocol))
    async with edge.database.begin() as session:
        found, _ = await list_tickets(session, principal, wanted, limit=1)
        if not found:
            raise AppError("ticket_not_found")
        return await describe_ticket(session, principal, found[0].id)


async def _list_tickets(
    edge: EdgeState, principal: Principal, given: ListTicketsArguments
) -> TicketPage:
    asked = TicketQuery(**given.model_dump(exclude={"limit", "cursor"}))
    async with edge.database.begin() as session:
        found, more = await list_in_order(
            session,
            principal,
            filter_of(principal, asked),
            limit=given.limit,
            cursor=given.cursor,
        )
    return TicketPage(items=found, next_cursor=more)


TICKET_TOOLS: tuple[Tool, ...] = (
    Tool(
        name="open_ticket",
        title="Abrir chamado",
        description=(
            "Abre um chamado para que uma pessoa atenda. Use quando a base não responde, ou quando "
            "alguém pede para falar com uma pessoa. Devolve o protocolo e o código para acompanhar."
        ),
        act=Act.OPEN_TICKETS,
        rate=Rate.ASK,
        arguments=OpenTicketArguments,
        reply=OpenedTicket,
        run=_open_ticket,
        read_only=False,
    ),
    Tool(
        name="ticket_status",
        title="Consultar chamado",
        description="Mostra como está um chamado que esta chave pode ver, pelo protocolo.",
        act=Act.READ_TICKETS,
        rate=Rate.READ,
        arguments=TicketArguments,
        reply=TicketDetail,
        run=_ticket_status,
    ),
    Tool(
        name="list_tickets",
        title="Listar chamados",
        description=(
            "Lista os chamados que esta chave pode ver, dos mais novos aos mais antigos ou por "
            "prazo: primeiro o que venceu há mais tempo, depois o que vence antes."
        ),
        act=Act.READ_TICKETS,
        rate=Rate.READ,
        arguments=ListTicketsArguments,
        reply=TicketPage,
        run=_list_tickets,
    ),
)
