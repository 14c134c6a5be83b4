"""What a gap leads to: a ticket that somebody attends to, or the draft of an article."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.articles.article_access import article_reply
from cogep_assist.crm_service.articles.article_draft import draft_from_gap
from cogep_assist.crm_service.articles.article_schemas import ArticleReply, TicketFromGapBody
from cogep_assist.crm_service.tickets.ticket_from_gap import open_from_gap
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_schemas import OpenedTicket
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.state import EdgeState
from cogep_assist.mcp_server.tool import Arguments, Tool


class GapArguments(Arguments):
    """The gap, as GET /gaps tells it."""

    gap_id: Annotated[UUID, Field(description="O id da lacuna.")]


async def _ticket_from_gap(
    edge: EdgeState, principal: Principal, given: GapArguments
) -> OpenedTicket:
    wanted = TicketFromGapBody(gap_id=given.gap_id)
    async with edge.database.begin() as session:
        made = await open_from_gap(session, principal, wanted, edge.settings.timezone)
        reply = await ticket_reply(session, made.id, principal)
    return OpenedTicket(**reply.model_dump(), proof=proof_of(reply.protocol))


async def _article_from_gap(
    edge: EdgeState, principal: Principal, given: GapArguments
) -> ArticleReply:
    async with edge.database.begin() as session:
        made = await draft_from_gap(session, principal, given.gap_id, None)
        return await article_reply(session, made.id)


GAP_TOOLS: tuple[Tool, ...] = (
    Tool(
        name="ticket_from_gap",
        title="Abrir chamado de uma lacuna",
        description="Abre um chamado para que uma pessoa descubra o que a base não respondeu.",
        act=Act.READ_GAPS,
        rate=Rate.ASK,
        arguments=GapArguments,
        reply=OpenedTicket,
        run=_ticket_from_gap,
        read_only=False,
    ),
    Tool(
        name="article_from_gap",
        title="Rascunhar artigo de uma lacuna",
        description=(
            "Faz o rascunho de um artigo com as perguntas de uma lacuna; a resposta é escrita e "
            "aprovada por pessoas antes de entrar na base."
        ),
        act=Act.READ_GAPS,
        rate=Rate.ASK,
        arguments=GapArguments,
        reply=ArticleReply,
        run=_article_from_gap,
        read_only=False,
    ),
)
