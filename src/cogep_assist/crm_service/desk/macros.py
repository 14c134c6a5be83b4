"""Macros: several steps on a ticket, done together by one word."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import EntryKind, Macro, Ticket
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import (
    AssignStep,
    ChangeStep,
    MacroBody,
    MacroReply,
    MoveStep,
    ReplyStep,
    Step,
    TagStep,
)
from cogep_assist.crm_service.desk.reply_templates import CREATED, check_places, fill
from cogep_assist.crm_service.sla.business_calendars import checked_name
from cogep_assist.crm_service.tickets.ticket_access import find_ticket, lock_ticket
from cogep_assist.crm_service.tickets.ticket_assignment import assign_ticket
from cogep_assist.crm_service.tickets.ticket_edit import edit_ticket
from cogep_assist.crm_service.tickets.ticket_move import Move, move_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import TicketChange
from cogep_assist.crm_service.tickets.ticket_write import write_entry


async def list_macros(session: AsyncSession, principal: Principal) -> list[MacroReply]:
    """Return every macro, by name."""
    principal.require(Act.WORK_TICKETS)
    rows = await session.scalars(
        sa.select(Macro).order_by(Macro.name).execution_options(populate_existing=True)
    )
    return [_reply(row) for row in rows]


async def set_macro(
    session: AsyncSession, principal: Principal, name: str, body: MacroBody
) -> tuple[MacroReply, bool]:
    """Keep steps under a name; return them, and whether they are new.

    Raises AppError("role_not_allowed"|"template_place_unknown"|"request_invalid").
    """
    principal.require(Act.MANAGE_DESK)
    for step in body.steps:
        if isinstance(step, ReplyStep):
            check_places(step.text)
    name = checked_name(name)
    steps = [step.model_dump(mode="json", exclude_unset=True) for step in body.steps]
    row = (
        await session.execute(
            insert(Macro)
            .values(name=name, steps=steps)
            .on_conflict_do_update(index_elements=["name"], set_={"steps": steps})
            .returning(Macro.id, CREATED)
        )
    ).one()
    await audit.record(session, principal, "macro_set", "macro", row.id)
    return MacroReply(id=row.id, name=name, steps=body.steps), bool(row.created)


async def remove_macro(session: AsyncSession, principal: Principal, name: str) -> None:
    """Forget a macro. Raises AppError("role_not_allowed"|"macro_not_found")."""
    principal.require(Act.MANAGE_DESK)
    gone = await session.scalar(sa.delete(Macro).where(Macro.name == name).returning(Macro.id))
    if gone is None:
        raise AppError("macro_not_found", name=name[:60])
    await audit.record(session, principal, "macro_removed", "macro", gone)


async def apply_macro(
    session: AsyncSession, principal: Principal, ticket_id: UUID, name: str, reopen_days: int
) -> Ticket:
    """Do a macro's steps in order, in the caller's transaction: all, or with an error none.

    Raises AppError("ticket_not_found"|"macro_not_found") and what each step raises.
    """
    ticket = await lock_ticket(session, principal, ticket_id)
    macro = await session.scalar(sa.select(Macro).where(Macro.name == name))
    if macro is None:
        raise AppError("macro_not_found", name=name[:60])
    for step in _reply(macro).steps:
        await _do(session, principal, ticket, step, reopen_days)
    return await find_ticket(session, principal, ticket_id)


async def _do(
    session: AsyncSession, principal: Principal, ticket: Ticket, step: Step, reopen_days: int
) -> None:
    match step:
        case ReplyStep():
            text = await fill(session, principal, ticket, step.text)
            kind = EntryKind(step.do)
            await write_entry(
                session, principal, ticket.id, text, kind=kind, reopen_days=reopen_days
            )
        case ChangeStep():
            await edit_ticket(session, principal, ticket.id, step.change)
        case MoveStep():
            # Where a ticket stands there already, nothing is left to do.
            if ticket.status is not step.status:
                move = Move(step.status, step.reason, step.waiting_on)
                await move_ticket(session, principal, ticket.id, move, reopen_days=reopen_days)
        case AssignStep():
            await assign_ticket(session, principal, ticket.id, _whom(principal, step))
        case TagStep():
            tags = [tag for tag in [*ticket.tags, *step.add] if tag not in step.remove]
            await edit_ticket(session, principal, ticket.id, TicketChange(tags=tags))


def _whom(principal: Principal, step: AssignStep) -> UUID | None:
    if step.to != "me":
        return step.to
    if principal.user_id is None:
        raise AppError("claim_needs_person")
    return principal.user_id


def _reply(macro: Macro) -> MacroReply:
    steps = MacroBody.model_validate({"steps": macro.steps}).steps
    return MacroReply(id=macro.id, name=macro.name, steps=steps)
