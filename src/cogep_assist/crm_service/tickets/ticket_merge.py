"""Merge two tickets of one person, and take the merge back.

What was written on the one goes to the other; each keeps its number and its own history.
"""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ApiKey,
    MergeChange,
    Role,
    Ticket,
    TicketEntry,
    TicketMerge,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import Act, Principal, PrincipalKind
from cogep_assist.crm_service.customers.merge_journal import (
    change_row,
    move_references,
    undo_changes,
)
from cogep_assist.crm_service.sla.sla import refresh_sla, stop_clock
from cogep_assist.crm_service.tickets.ticket_access import is_withheld, may_see
from cogep_assist.crm_service.tickets.ticket_events import NOW, database_now, note_event, touch
from cogep_assist.crm_service.tickets.ticket_index import index_soon
from cogep_assist.crm_service.tickets.ticket_sensitivity import flag_written
from cogep_assist.edge.entity_tags import check_revision

UNDO_DAYS = 30
TABLE = cast("sa.Table", Ticket.__table__)


async def merge_tickets(
    session: AsyncSession,
    principal: Principal,
    kept_id: UUID,
    other_id: UUID,
    expected: int | None = None,
) -> TicketMerge:
    """Take another ticket into this one and close it; what points to it comes along.

    Raises AppError("ticket_not_found"|"ticket_merged"|"ticket_merge_with_itself"|
    "ticket_merge_people_differ"|"changed_meanwhile"|"ticket_withheld").
    """
    principal.require(Act.WORK_TICKETS)
    if kept_id == other_id:
        raise AppError("ticket_merge_with_itself")
    kept, other = await _lock_two(session, principal, kept_id, other_id)
    for ticket in (kept, other):
        if ticket.merged_into_id is not None:
            raise AppError("ticket_merged", into=str(ticket.merged_into_id))
    check_revision(expected, kept.revision)
    await check_people(session, kept, other)
    merge = TicketMerge(id=uuid7(), kept_id=kept.id, merged_id=other.id, created_by=principal.label)
    session.add(merge)
    await session.flush()
    await _write_down(session, merge.id, kept, other)
    await move_references(session, merge.id, TABLE, other.id, kept.id)
    await _settle(session, principal, merge, "merged")
    await session.refresh(merge)
    return merge


async def undo_merge(session: AsyncSession, principal: Principal, merge_id: UUID) -> TicketMerge:
    """Give both tickets back what was theirs before a merge.

    Raises AppError("ticket_merge_not_found"|"ticket_merge_undone"|"ticket_merge_too_old"|
    "ticket_merge_has_later"|"undo_conflicts").
    """
    principal.require(Act.WORK_TICKETS)
    merge = await session.scalar(
        sa.select(TicketMerge)
        .where(TicketMerge.id == merge_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if merge is None:
        raise AppError("ticket_merge_not_found")
    try:
        kept, _ = await _lock_two(session, principal, merge.kept_id, merge.merged_id)
    except AppError:
        # Who may not see both tickets learns nothing of their merge.
        raise AppError("ticket_merge_not_found") from None
    if merge.undone_at is not None:
        raise AppError("ticket_merge_undone")
    if await database_now(session) - merge.created_at > timedelta(days=UNDO_DAYS):
        raise AppError("ticket_merge_too_old", days=UNDO_DAYS)
    if kept.merged_into_id is not None:
        raise AppError("ticket_merge_has_later")
    await undo_changes(session, merge.id)
    merge.undone_by, merge.undone_at = principal.label, NOW
    await session.flush()
    await _settle(session, principal, merge, "merge_undone")
    await session.refresh(merge)
    return merge


async def moved_entries(session: AsyncSession, merge_id: UUID) -> int:
    """Return how many entries a merge moved."""
    entries = cast("sa.Table", TicketEntry.__table__).fullname
    counted = await session.scalar(
        sa.select(sa.func.count())
        .select_from(MergeChange)
        .where(MergeChange.merge_id == merge_id, MergeChange.table_name == entries)
    )
    return counted or 0


async def _lock_two(
    session: AsyncSession, principal: Principal, kept_id: UUID, other_id: UUID
) -> tuple[Ticket, Ticket]:
    """Lock both in one order, so that two merges the other way round cannot wait in a ring."""
    found = await session.execute(
        sa.select(Ticket, is_withheld(principal).label("withheld"))
        .where(Ticket.id.in_([kept_id, other_id]), may_see(principal))
        .order_by(Ticket.id)
        .with_for_update(of=Ticket)
        .execution_options(populate_existing=True)
    )
    rows = found.all()
    if len(rows) != 2:
        raise AppError("ticket_not_found")
    if any(row.withheld for row in rows):
        raise AppError("ticket_withheld")
    tickets: dict[UUID, Ticket] = {row[0].id: row[0] for row in rows}
    return tickets[kept_id], tickets[other_id]


async def check_people(session: AsyncSession, kept: Ticket, other: Ticket) -> None:
    """Raise AppError unless nobody would come to read what another person wrote."""
    people = {await _person(session, kept), await _person(session, other)} - {None}
    if len(people) > 1:
        raise AppError("ticket_merge_people_differ")


async def _person(session: AsyncSession, ticket: Ticket) -> str | None:
    """Return who reads a ticket from outside the desk, or None when nobody does."""
    if ticket.customer_id is not None:
        return f"customer:{ticket.customer_id}"
    kind, _, key = ticket.opened_by.partition(":")
    if kind in {PrincipalKind.SESSION.value, PrincipalKind.VISITOR.value}:
        return ticket.opened_by
    for model, name in ((User, PrincipalKind.USER), (ApiKey, PrincipalKind.KEY)):
        if kind == name.value:
            role = await session.scalar(sa.select(model.role).where(model.id == UUID(key)))
            return ticket.opened_by if role is Role.REQUESTER else None
    return None


async def _write_down(session: AsyncSession, merge_id: UUID, kept: Ticket, other: Ticket) -> None:
    """Close the one and give its tags to the other, each change journaled."""
    ended: dict[str, Any] = {
        "status": TicketStatus.CLOSED,
        "merged_into_id": kept.id,
        "waiting_on": None,
        "wake_at": None,
        "snoozed": False,
        "closed_at": NOW,
    }
    await change_row(session, merge_id, TABLE, {"id": other.id}, ended)
    tags = list(dict.fromkeys([*kept.tags, *other.tags]))
    if tags != kept.tags:
        await change_row(session, merge_id, TABLE, {"id": kept.id}, {"tags": tags})


async def _settle(
    session: AsyncSession, principal: Principal, merge: TicketMerge, kind: str
) -> None:
    """Give both tickets their next revision, history and clock after rows were changed."""
    for ticket_id, other_id in (
        (merge.kept_id, merge.merged_id),
        (merge.merged_id, merge.kept_id),
    ):
        ticket = await session.get_one(Ticket, ticket_id, populate_existing=True)
        await touch(session, ticket)
        details = {"merge": str(merge.id), "other": str(other_id), "kept": str(merge.kept_id)}
        await flag_written(session, ticket_id)
        await note_event(session, principal, ticket, kind, details)
        await index_soon(session, ticket_id)
        if ticket.merged_into_id is None:
            await refresh_sla(session, ticket)
        else:
            await stop_clock(session, ticket_id)
