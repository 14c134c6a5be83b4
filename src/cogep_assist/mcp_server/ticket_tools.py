"""The desk's tools: open a ticket for a person, and look up how it stands."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketChannel, TicketLevel
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.desk.desk_tool_schemas import TicketQuery
from cogep_assist.crm_service.desk.saved_views import filter_of
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_from_answer import open_from_answer
from cogep_assist.crm_service.tickets.ticket_list import list_tickets
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_schemas import (
    FromAnswerBody,
    OpenedTicket,
    TicketDetail,
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
)
