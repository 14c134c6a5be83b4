"""The pages of a list of tickets, newest first or by deadline, and the cursors between them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Ticket, TicketSla
from cogep_assist.core.prepared import Prepared
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import may_see
from cogep_assist.crm_service.tickets.ticket_list import (
    STATEMENTS_KEPT,
    TicketFilter,
    conditions_of,
    list_tickets,
)
from cogep_assist.crm_service.tickets.ticket_reply import named_tickets, note_shown, ticket_of
from cogep_assist.crm_service.tickets.ticket_schemas import TicketReply
from cogep_assist.edge.cursors import decode_id_cursor, encode_cursor

TicketOrder = Literal["newest", "deadline"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FENCE = sa.literal_column("0", sa.Integer())
# A ticket and, before it, its deadline in microseconds, or nothing where it has none.
_CURSOR = re.compile(r"([0-9]{0,17})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


async def list_in_order(
    session: AsyncSession,
    principal: Principal,
    wanted: TicketFilter,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[TicketReply], str | None]:
    """Return a page of tickets in the order that is asked for, and the cursor of the next one.

    Raises AppError("cursor_invalid"), also for the cursor of another order.
    """
    if wanted.by_deadline:
        return await _by_deadline(session, principal, wanted, limit, cursor)
    before = decode_id_cursor(cursor)
    found, more = await list_tickets(session, principal, wanted, limit=limit, before=before)
    return found, encode_cursor(more)


async def _by_deadline(
    session: AsyncSession,
    principal: Principal,
    wanted: TicketFilter,
    limit: int,
    cursor: str | None,
) -> tuple[list[TicketReply], str | None]:
    """Return what is owed, the longest missed first; after it the rest, the newest first."""
    principal.require(Act.WORK_TICKETS)
    due_at, last = _read(cursor)
    rows: list[Mapping[str, Any]] = []
    if due_at is not None or last is None:
        given = {} if last is None else {"due_at": due_at, "last": last}
        statement = _dated(principal, wanted, limit, goes_on=bool(given))
        rows = list(await statement.rows(session, **given))
    found = [(_cursor(row["due_at"], row["id"]), _reply(row, principal)) for row in rows]
    await note_shown(session, principal, [one for _, one in found[:limit]])
    if len(found) <= limit:
        rest, _ = await list_tickets(
            session,
            principal,
            replace(wanted, undated=True),
            limit=limit + 1 - len(found),
            before=last if due_at is None else None,
        )
        found += [(_cursor(None, one.id), one) for one in rest]
    shown = found[:limit]
    return [one for _, one in shown], shown[-1][0] if len(found) > limit else None


@lru_cache(STATEMENTS_KEPT)
def _dated(principal: Principal, wanted: TicketFilter, limit: int, *, goes_on: bool) -> Prepared:
    """Select a page and one more of what is owed.

    The index of deadlines is read in order and left as soon as the page is full: fences, since
    without them every open ticket would be joined first where few are thought to be.
    """
    owed: list[sa.ColumnElement[bool]] = [TicketSla.due_at.is_not(None)]
    if goes_on:
        due_at = sa.bindparam("due_at", None, type_=sa.DateTime(timezone=True))
        last = sa.bindparam("last", None, type_=sa.Uuid())
        owed += [
            TicketSla.due_at >= due_at,
            sa.or_(TicketSla.due_at > due_at, TicketSla.ticket_id > last),
        ]
    dated = (
        sa.select(TicketSla.ticket_id, TicketSla.due_at)
        .where(*owed)
        .order_by(TicketSla.due_at, TicketSla.ticket_id)
        .offset(_FENCE)
        .subquery("dated")
    )
    seen = (
        sa.select(Ticket.id)
        .where(
            Ticket.id == dated.c.ticket_id, may_see(principal), *conditions_of(wanted, principal)
        )
        .offset(_FENCE)
        .lateral("seen")
    )
    chosen = (
        sa.select(seen.c.id, dated.c.due_at)
        .select_from(dated.join(seen, sa.true()))
        .order_by(dated.c.due_at, dated.c.ticket_id)
        .limit(limit + 1)
    )
    page = chosen.cte("page").prefix_with("MATERIALIZED")
    named = named_tickets(principal).add_columns(page.c.due_at).join(page, page.c.id == Ticket.id)
    return Prepared.of(named.order_by(page.c.due_at, Ticket.id))


def _reply(row: Mapping[str, Any], principal: Principal) -> TicketReply:
    return ticket_of({name: row[name] for name in row if name != "due_at"}, principal)


def _cursor(due_at: datetime | None, last: UUID) -> str:
    moment = "" if due_at is None else str((due_at - _EPOCH) // _MICROSECOND)
    return f"{moment}.{last}"


def _read(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if not cursor:
        return None, None
    read = _CURSOR.fullmatch(cursor)
    if read is None:
        raise AppError("cursor_invalid")
    try:
        due_at = _EPOCH + int(read[1]) * _MICROSECOND if read[1] else None
    except OverflowError:
        raise AppError("cursor_invalid") from None
    return due_at, UUID(read[2])
