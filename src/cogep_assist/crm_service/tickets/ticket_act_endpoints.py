"""What is done on a ticket: write, assign, move, put off, relate, split, rate."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from cogep_assist.core.models import LinkKind, TicketMerge
from cogep_assist.core.pii.sensitive import SensitiveCategory
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_assignment import assign_ticket, claim_ticket
from cogep_assist.crm_service.tickets.ticket_classification import accept_classification
from cogep_assist.crm_service.tickets.ticket_detail import entries_of
from cogep_assist.crm_service.tickets.ticket_endpoints import OPEN, WORK, as_it_stands, zone
from cogep_assist.crm_service.tickets.ticket_links import link_tickets, unlink_tickets
from cogep_assist.crm_service.tickets.ticket_merge import (
    UNDO_DAYS,
    merge_tickets,
    moved_entries,
    undo_merge,
)
from cogep_assist.crm_service.tickets.ticket_move import Move, move_ticket, snooze_ticket
from cogep_assist.crm_service.tickets.ticket_rating import rate_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import (
    AssignBody,
    ClassificationBody,
    EntryBody,
    EntryReply,
    LinkBody,
    MergeBody,
    MergeReply,
    MoveBody,
    RatingBody,
    SensitivityBody,
    SnoozeBody,
    SplitBody,
    TicketReply,
)
from cogep_assist.crm_service.tickets.ticket_sensitivity import decide_sensitivity
from cogep_assist.crm_service.tickets.ticket_split import split_ticket
from cogep_assist.crm_service.tickets.ticket_write import write_entry
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision
from cogep_assist.edge.idempotent import IdempotencyKeyHeader
from cogep_assist.edge.once_door import OnceDoor
from cogep_assist.edge.rules import PrincipalDep, guarded_router
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["tickets"])


class TicketDoor(OnceDoor):
    """A request to change one ticket: does it once, and shows the ticket as it then stands."""

    def __init__(
        self,
        request: Request,
        response: Response,
        ticket_id: UUID,
        session: SessionDep,
        principal: PrincipalDep,
        idempotency_key: IdempotencyKeyHeader = None,
    ) -> None:
        super().__init__(request, response, session, principal, idempotency_key)
        self.ticket_id = ticket_id

    async def change(
        self, work: Callable[[], Awaitable[Any]], body: BaseModel | None = None
    ) -> TicketReply:
        """Do some work in the request's transaction and show the ticket."""
        await self.do(work, body)
        return await as_it_stands(self.response, self.session, self.principal, self.ticket_id)

    @property
    def reopen_days(self) -> int:
        """For how many days an ended ticket may be taken up again by who opened it."""
        return edge_state(self.request).settings.ticket_reopen_days


Door = Annotated[TicketDoor, Depends(TicketDoor)]


@router.post(
    "/crm/tickets/{ticket_id}/comments",
    status_code=201,
    response_model=EntryReply,
    summary="Escreve no chamado: mensagem, resposta ou nota interna",
    dependencies=[OPEN],
)
async def comment(door: Door, body: EntryBody) -> EntryReply:
    """Write on a ticket."""

    async def work() -> Any:
        _, entry = await write_entry(
            door.session,
            door.principal,
            door.ticket_id,
            body.body,
            kind=body.kind,
            mentions=body.mentions,
            reopen_days=door.reopen_days,
        )
        return entry

    made = await door.make(work, body)
    await find_ticket(door.session, door.principal, door.ticket_id)
    staff = door.principal.may(Act.WORK_TICKETS)
    written = await entries_of(
        door.session, door.principal, door.ticket_id, with_notes=staff, only=made
    )
    return written[0]


@router.post(
    "/crm/tickets/{ticket_id}/claim",
    response_model=TicketReply,
    summary="Assume um chamado que ninguém assumiu",
    dependencies=[WORK],
)
async def claim(door: Door) -> TicketReply:
    """Take a ticket."""
    return await door.change(lambda: claim_ticket(door.session, door.principal, door.ticket_id))


@router.post(
    "/crm/tickets/{ticket_id}/classification",
    response_model=TicketReply,
    summary="Aceita a fila, a prioridade ou as etiquetas sugeridas",
    dependencies=[WORK],
)
async def accept(door: Door, body: ClassificationBody) -> TicketReply:
    """Accept what is suggested."""
    return await door.change(
        lambda: accept_classification(door.session, door.principal, door.ticket_id, body), body
    )


@router.put(
    "/crm/tickets/{ticket_id}/sensitivity/{category}",
    response_model=TicketReply,
    summary="Diz se o chamado tem mesmo dados sensíveis de uma categoria (LGPD, art. 5º, II)",
    dependencies=[WORK],
)
async def judge_sensitivity(
    door: Door, category: SensitiveCategory, body: SensitivityBody
) -> TicketReply:
    """Have the last word on a flag, or set one."""
    return await door.change(
        lambda: decide_sensitivity(
            door.session,
            door.principal,
            door.ticket_id,
            category,
            upheld=body.upheld,
            note=body.note,
        ),
        body,
    )


@router.post(
    "/crm/tickets/{ticket_id}/assign",
    response_model=TicketReply,
    summary="Entrega o chamado a uma pessoa, ou o devolve à fila",
    dependencies=[WORK],
)
async def assign(door: Door, body: AssignBody, if_match: IfMatchHeader = None) -> TicketReply:
    """Give a ticket to somebody."""
    expected = expected_revision(if_match)
    return await door.change(
        lambda: assign_ticket(door.session, door.principal, door.ticket_id, body.user_id, expected),
        body,
    )


@router.post(
    "/crm/tickets/{ticket_id}/transition",
    response_model=TicketReply,
    summary="Muda o estado do chamado: resolver, aguardar, reabrir, fechar",
    dependencies=[OPEN],
)
async def transition(door: Door, body: MoveBody, if_match: IfMatchHeader = None) -> TicketReply:
    """Move a ticket to another state."""
    expected = expected_revision(if_match)
    move = Move(body.status, body.reason, body.waiting_on, body.until)
    return await door.change(
        lambda: move_ticket(
            door.session,
            door.principal,
            door.ticket_id,
            move,
            reopen_days=door.reopen_days,
            expected=expected,
        ),
        body,
    )


@router.post(
    "/crm/tickets/{ticket_id}/snooze",
    response_model=TicketReply,
    summary="Adia o chamado até um momento, ou o traz de volta",
    dependencies=[WORK],
)
async def snooze(door: Door, body: SnoozeBody) -> TicketReply:
    """Put a ticket out of sight for a while."""
    return await door.change(
        lambda: snooze_ticket(door.session, door.principal, door.ticket_id, body.until), body
    )


@router.post(
    "/crm/tickets/{ticket_id}/links",
    response_model=TicketReply,
    summary="Relaciona o chamado a outro",
    dependencies=[WORK],
)
async def link(door: Door, body: LinkBody) -> TicketReply:
    """Relate a ticket to another."""
    return await door.change(
        lambda: link_tickets(
            door.session, door.principal, door.ticket_id, body.other_id, body.kind
        ),
        body,
    )


@router.delete(
    "/crm/tickets/{ticket_id}/links/{other_id}",
    response_model=TicketReply,
    summary="Desfaz uma relação entre chamados",
    dependencies=[WORK],
)
async def unlink(door: Door, other_id: UUID, kind: Annotated[LinkKind, Query()]) -> TicketReply:
    """Take a relation back."""
    return await door.change(
        lambda: unlink_tickets(door.session, door.principal, door.ticket_id, other_id, kind)
    )


@router.post(
    "/crm/tickets/{ticket_id}/split",
    status_code=201,
    response_model=TicketReply,
    summary="Separa parte do que foi escrito em um chamado novo",
    dependencies=[WORK],
)
async def split(door: Door, body: SplitBody) -> TicketReply:
    """Make a ticket out of a part of this one."""
    made = await door.make(
        lambda: split_ticket(
            door.session,
            door.principal,
            door.ticket_id,
            body.subject,
            body.entry_ids,
            zone(door.request),
        ),
        body,
    )
    return await as_it_stands(door.response, door.session, door.principal, made)


@router.post(
    "/crm/tickets/{ticket_id}/merge",
    status_code=201,
    response_model=MergeReply,
    summary="Mescla outro chamado da mesma pessoa neste",
    dependencies=[WORK],
)
async def merge(door: Door, body: MergeBody, if_match: IfMatchHeader = None) -> MergeReply:
    """Take another ticket into this one."""
    expected = expected_revision(if_match)
    made = await door.make(
        lambda: merge_tickets(
            door.session, door.principal, door.ticket_id, body.other_id, expected
        ),
        body,
    )
    merged = await door.session.get_one(TicketMerge, made)
    kept = await as_it_stands(door.response, door.session, door.principal, door.ticket_id)
    return MergeReply(
        id=merged.id,
        kept=kept,
        merged_id=merged.merged_id,
        moved_entries=await moved_entries(door.session, merged.id),
        undo_until=merged.created_at + timedelta(days=UNDO_DAYS),
    )


@router.post(
    "/crm/tickets/{ticket_id}/merges/{merge_id}/undo",
    response_model=TicketReply,
    summary="Desfaz uma mescla: cada chamado volta a ser o que era",
    dependencies=[WORK],
)
async def undo(door: Door, merge_id: UUID) -> TicketReply:
    """Take a merge back."""
    return await door.change(lambda: undo_merge(door.session, door.principal, merge_id))


@router.post(
    "/crm/tickets/{ticket_id}/rating",
    response_model=TicketReply,
    summary="Avalia o atendimento de um chamado que terminou",
    dependencies=[OPEN],
)
async def rate(door: Door, body: RatingBody) -> TicketReply:
    """Say how a ticket was attended to."""
    return await door.change(
        lambda: rate_ticket(door.session, door.principal, door.ticket_id, body.score, body.comment),
        body,
    )
