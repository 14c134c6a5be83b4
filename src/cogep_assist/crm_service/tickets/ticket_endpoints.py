"""Tickets: list, open, look at, change; and the state of one, for who has its protocol."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.articles.article_schemas import TicketFromGapBody
from cogep_assist.crm_service.desk.desk_tool_schemas import TicketListQuery, TicketQuery
from cogep_assist.crm_service.desk.saved_views import asked_by_view, filter_of
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_edit import edit_ticket
from cogep_assist.crm_service.tickets.ticket_from_answer import open_from_answer
from cogep_assist.crm_service.tickets.ticket_from_gap import open_from_gap
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_order import list_in_order
from cogep_assist.crm_service.tickets.ticket_rating import rate_by_proof
from cogep_assist.crm_service.tickets.ticket_rating_schemas import RatingByProofBody
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_schemas import (
    FromAnswerBody,
    OpenedTicket,
    PublicStatus,
    RatingReply,
    StatusQuery,
    TicketBody,
    TicketChange,
    TicketDetail,
    TicketPage,
    TicketReply,
)
from cogep_assist.crm_service.tickets.ticket_status import public_status
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.once_door import Door, raw
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import ReadingDep, SessionDep

router = guarded_router(tags=["tickets"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_TICKETS)
OPEN = rule(Login.KEY_OR_SESSION, Act.OPEN_TICKETS, idempotent=True)
WORK = rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS, idempotent=True)


@router.get(
    "/crm/tickets",
    response_model=TicketPage,
    summary="Lista os chamados que você pode ver, do mais novo ao mais antigo ou por prazo",
    dependencies=[READ],
)
async def tickets(
    asked: Annotated[TicketListQuery, Query()], session: ReadingDep, principal: PrincipalDep
) -> TicketPage:
    """List tickets; what a view asks for gives way to what is asked for besides."""
    query: TicketQuery = asked
    if asked.view is not None:
        view = await asked_by_view(session, principal, asked.view)
        given = asked.model_dump(exclude_unset=True, exclude={"view", "limit", "cursor"})
        query = view.model_copy(update=given)
    found, more = await list_in_order(
        session,
        principal,
        filter_of(principal, query),
        limit=asked.limit,
        cursor=asked.cursor,
    )
    return TicketPage(items=found, next_cursor=more)


@router.post(
    "/crm/tickets",
    status_code=201,
    response_model=OpenedTicket,
    summary="Abre um chamado",
    dependencies=[OPEN],
)
async def open_(
    request: Request,
    response: Response,
    body: TicketBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> OpenedTicket:
    """Open a ticket."""

    async def work() -> StoredReply:
        made = await open_ticket(session, principal, NewTicket(**body.model_dump()), zone(request))
        return StoredReply(201, {"id": str(made.id)})

    raw = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, raw, work)
    return await _opened(response, session, principal, UUID(stored.reply["id"]))


@router.post(
    "/crm/tickets/from-answer",
    status_code=201,
    response_model=OpenedTicket,
    summary="Abre um chamado a partir de uma resposta, com a conversa e o que foi buscado",
    dependencies=[OPEN],
)
async def open_from(
    request: Request,
    response: Response,
    body: FromAnswerBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> OpenedTicket:
    """Hand a question over to a person."""

    async def work() -> StoredReply:
        made = await open_from_answer(session, principal, body, zone(request))
        return StoredReply(201, {"id": str(made.id)})

    raw = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, raw, work)
    return await _opened(response, session, principal, UUID(stored.reply["id"]))


@router.post(
    "/crm/tickets/from-gap",
    status_code=201,
    response_model=OpenedTicket,
    summary="Abre um chamado para que se descubra o que a base não respondeu",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_GAPS, idempotent=True)],
)
async def open_for_gap(door: Door, body: TicketFromGapBody) -> OpenedTicket:
    """Ask a person for what nobody could answer."""

    async def work() -> StoredReply:
        made = await open_from_gap(door.session, door.principal, body, zone(door.request))
        return StoredReply(201, {"id": str(made.id)})

    stored = await door.once(work, raw(body))
    return await _opened(door.response, door.session, door.principal, UUID(stored.reply["id"]))


@router.post(
    "/crm/tickets/status",
    response_model=PublicStatus,
    summary="Mostra como está um chamado a quem tem o protocolo e o código dele",
    dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)],
)
async def status_of(body: StatusQuery, session: SessionDep) -> PublicStatus:
    """Show a ticket to somebody without an account."""
    return await public_status(session, body.protocol, body.proof)


@router.post(
    "/crm/tickets/status/rating",
    response_model=RatingReply,
    summary="Avalia o atendimento, por quem tem o protocolo do chamado e o código dele",
    dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)],
)
async def rate_by_code(body: RatingByProofBody, session: SessionDep) -> RatingReply:
    """Keep what somebody without an account thought; another word takes its place."""
    await rate_by_proof(session, body.protocol, body.proof, body.score, body.comment)
    return RatingReply(score=body.score, comment=body.comment)


@router.get(
    "/crm/tickets/{ticket_id}",
    response_model=TicketDetail,
    summary="Mostra um chamado inteiro",
    dependencies=[READ],
)
async def ticket(
    ticket_id: UUID, response: Response, session: ReadingDep, principal: PrincipalDep
) -> TicketDetail:
    """Look at one ticket."""
    shown = await describe_ticket(session, principal, ticket_id)
    set_entity_tag(response, shown.revision)
    return shown


@router.patch(
    "/crm/tickets/{ticket_id}",
    response_model=TicketReply,
    summary="Muda assunto, fila, níveis, cliente ou etiquetas",
    dependencies=[WORK],
)
async def change(
    request: Request,
    response: Response,
    ticket_id: UUID,
    body: TicketChange,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> TicketReply:
    """Change what a ticket says about itself."""
    expected = expected_revision(if_match)

    async def work() -> StoredReply:
        await edit_ticket(session, principal, ticket_id, body, expected)
        return StoredReply(200, {})

    raw = body.model_dump_json(exclude_unset=True).encode()
    await once(request, session, principal, idempotency_key, raw, work)
    return await as_it_stands(response, session, principal, ticket_id)


async def as_it_stands(
    response: Response, session: AsyncSession, principal: Principal, ticket_id: UUID
) -> TicketReply:
    """Return a ticket after a change, with its ETag."""
    await find_ticket(session, principal, ticket_id, text=False)
    reply = await ticket_reply(session, ticket_id, principal)
    set_entity_tag(response, reply.revision)
    return reply


def zone(request: Request) -> str:
    """Return the time zone that decides which year a protocol is of."""
    return edge_state(request).settings.timezone


async def _opened(
    response: Response, session: AsyncSession, principal: Principal, ticket_id: UUID
) -> OpenedTicket:
    reply = await ticket_reply(session, ticket_id, principal)
    set_entity_tag(response, reply.revision)
    response.headers["Location"] = reply.links["self"]
    return OpenedTicket(**reply.model_dump(), proof=proof_of(reply.protocol))
