"""One act on many tickets: each by itself, so that one that cannot does not hold the others."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import BulkBody, BulkItem, BulkReply
from cogep_assist.crm_service.desk.macros import apply_macro
from cogep_assist.crm_service.tickets.ticket_assignment import assign_ticket
from cogep_assist.crm_service.tickets.ticket_edit import edit_ticket
from cogep_assist.crm_service.tickets.ticket_move import Move, move_ticket


async def act_on_many(
    session: AsyncSession, principal: Principal, body: BulkBody, reopen_days: int
) -> BulkReply:
    """Do one act on each ticket and return what became of each, in the order asked.

    Tickets are taken in the order of their ids, so that two such acts at once cannot wait for
    each other in a ring. Raises AppError("role_not_allowed").
    """
    principal.require(Act.WORK_TICKETS)
    done: dict[UUID, BulkItem] = {}
    for ticket_id in sorted(set(body.ids)):
        try:
            async with session.begin_nested():
                await _act(session, principal, ticket_id, body, reopen_days)
            done[ticket_id] = BulkItem(id=ticket_id, done=True)
        except AppError as error:
            done[ticket_id] = BulkItem(
                id=ticket_id, done=False, code=error.code, message=error.message
            )
    return BulkReply(items=[done[ticket_id] for ticket_id in dict.fromkeys(body.ids)])


async def _act(
    session: AsyncSession, principal: Principal, ticket_id: UUID, body: BulkBody, reopen_days: int
) -> None:
    if body.change is not None:
        await edit_ticket(session, principal, ticket_id, body.change)
    elif body.move is not None:
        asked = body.move
        move = Move(asked.status, asked.reason, asked.waiting_on, asked.until)
        await move_ticket(session, principal, ticket_id, move, reopen_days=reopen_days)
    elif body.assign is not None:
        await assign_ticket(session, principal, ticket_id, body.assign.user_id)
    elif body.macro is not None:
        await apply_macro(session, principal, ticket_id, body.macro, reopen_days)
