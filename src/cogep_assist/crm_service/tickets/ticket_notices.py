"""What somebody is told of tickets in the desk: until they see the ticket, or put it aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access import visible_collections
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import (
    Document,
    Role,
    SlaNotice,
    SubjectFence,
    TeamMember,
    Ticket,
    TicketNotice,
    TicketNoticeKind,
    TicketQueue,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.crm_service.tickets.ticket_access import may_see, shown_subject
from cogep_assist.crm_service.tickets.ticket_moves import ENDED

# What open pages listen for, each with the id of who looks.
NOTICE = "notice"
ATTENDING = (Role.AGENT, Role.ADMIN)
MOST_SHOWN = 50
SEEN_KEPT = timedelta(days=30)
# Long enough for a ticket that is opened again: what was told of it is not told twice.
ENDED_KEPT = timedelta(days=90)
_NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody has not seen yet of one ticket."""

    ticket_id: UUID
    protocol: str
    subject: str
    kind: TicketNoticeKind
    told_at: datetime


async def tell_of_event(
    session: AsyncSession,
    principal: Principal,
    ticket: Ticket,
    event: str,
    details: Mapping[str, Any],
) -> None:
    """Tell whom an event of a ticket concerns; never who did it."""
    if event == "assigned" and details.get("after"):
        await tell(session, principal, ticket, TicketNoticeKind.ASSIGNED, _one(details["after"]))
    elif event == "message_written" and ticket.assignee_id is not None:
        await tell(session, principal, ticket, TicketNoticeKind.MESSAGE, _one(ticket.assignee_id))
    elif event == "reply_written":
        await tell(session, principal, ticket, TicketNoticeKind.REPLIED, _askers(ticket))
    elif event == "moved" and details.get("after") == TicketStatus.RESOLVED.value:
        await tell(session, principal, ticket, TicketNoticeKind.RESOLVED, _askers(ticket))
    if details.get("mentions"):
        named = User.id.in_([UUID(one) for one in details["mentions"]])
        await tell(session, principal, ticket, TicketNoticeKind.MENTIONED, named)


async def tell(
    session: AsyncSession,
    principal: Principal,
    ticket: Ticket,
    kind: TicketNoticeKind,
    people: sa.ColumnElement[bool],
) -> None:
    """Give people a notice of a ticket, or make the one that they have fresh."""
    wanted = sa.select(
        sa.literal(ticket.id, sa.Uuid()), User.id, sa.literal(kind, TicketNotice.kind.type)
    ).where(
        people,
        User.disabled_at.is_(None),
        # Of who is shut away nothing is told.
        ~sa.exists().where(SubjectFence.customer_id == ticket.customer_id),
    )
    if principal.user_id is not None:
        wanted = wanted.where(User.id != principal.user_id)
    told = await session.scalars(
        insert(TicketNotice)
        .from_select(["ticket_id", "user_id", "kind"], wanted)
        .on_conflict_do_update(
            index_elements=[TicketNotice.ticket_id, TicketNotice.user_id, TicketNotice.kind],
            set_={"told_at": _NOW, "closed_at": None},
        )
        .returning(TicketNotice.user_id)
    )
    for user_id in told.all():
        await announce(session, NOTICE, user_id)


async def tell_holders(
    session: AsyncSession, gap_id: UUID, asked: Sequence[UUID], document_id: UUID
) -> None:
    """Tell who attends tickets out of a gap that the base answers it by now.

    ``asked``: the answers that the gap holds, from which tickets were opened too. Only who may
    read the document that answers hears of it.
    """
    origin = sa.or_(
        Ticket.handover["gap_id"].astext == str(gap_id),
        Ticket.answer_id.in_(asked),
    )
    waiting = await session.scalars(
        sa.select(Ticket).where(
            Ticket.status.not_in(ENDED), Ticket.merged_into_id.is_(None), origin
        )
    )
    for ticket in waiting.all():
        holders = await session.scalars(sa.select(User).where(_holders(ticket)))
        readers = [one.id for one in holders if await _may_read(session, one, document_id)]
        if readers:
            kind = TicketNoticeKind.ANSWERABLE
            await tell(session, SYSTEM, ticket, kind, User.id.in_(readers))


async def ticket_notices(session: AsyncSession, principal: Principal) -> list[Told]:
    """Return what somebody has not seen yet, the newest first, at most ``MOST_SHOWN``."""
    rows = await session.execute(
        sa.select(
            Ticket.id,
            Ticket.protocol,
            shown_subject(principal),
            TicketNotice.kind,
            TicketNotice.told_at,
        )
        .join(TicketNotice, TicketNotice.ticket_id == Ticket.id)
        .where(_unseen(principal))
        .order_by(TicketNotice.told_at.desc(), Ticket.id)
        .limit(MOST_SHOWN)
    )
    return [Told(*row) for row in rows]


async def count_ticket_notices(session: AsyncSession, principal: Principal) -> int:
    """Count what somebody has not seen yet."""
    counted = await session.scalar(
        sa.select(sa.func.count())
        .select_from(TicketNotice)
        .join(Ticket, TicketNotice.ticket_id == Ticket.id)
        .where(_unseen(principal))
    )
    return counted or 0


async def see_ticket(session: AsyncSession, principal: Principal, ticket_id: UUID) -> None:
    """Take a ticket as seen by whoever opens it."""
    await _close(session, principal, TicketNotice.ticket_id == ticket_id)


async def see_all(session: AsyncSession, principal: Principal) -> None:
    """Put aside all that somebody was told of tickets."""
    if await _close(session, principal, sa.true()):
        await audit.record(
            session, principal, "ticket_notices_closed", "ticket_notice", principal.label
        )


async def sweep_notices(session: AsyncSession) -> None:
    """Remove what was seen a while ago, and what was told of tickets that are long over."""
    over = sa.select(Ticket.id).where(
        Ticket.status.in_(ENDED), Ticket.updated_at < _NOW - sa.literal(ENDED_KEPT)
    )
    for table in (SlaNotice, TicketNotice):
        await session.execute(sa.delete(table).where(table.ticket_id.in_(over)))
    await session.execute(
        sa.delete(TicketNotice).where(TicketNotice.closed_at < _NOW - sa.literal(SEEN_KEPT))
    )


def _one(user_id: UUID | str) -> sa.ColumnElement[bool]:
    return User.id == (user_id if isinstance(user_id, UUID) else UUID(user_id))


def _holders(ticket: Ticket) -> sa.ColumnElement[bool]:
    """Who attends it, or, while nobody does, the agents who may."""
    if ticket.assignee_id is not None:
        return User.id == ticket.assignee_id
    team = sa.select(TicketQueue.team_id).where(TicketQueue.id == ticket.queue_id).scalar_subquery()
    members = sa.exists().where(TeamMember.team_id == team, TeamMember.user_id == User.id)
    return sa.and_(User.role == Role.AGENT, sa.or_(team.is_(None), members))


async def _may_read(session: AsyncSession, user: User, document_id: UUID) -> bool:
    reader = Principal(PrincipalKind.USER, user.role, user.id)
    readable = sa.select(Document.id).where(
        Document.id == document_id,
        Document.deleted_at.is_(None),
        Document.collection_id.in_(visible_collections(reader)),
    )
    return await session.scalar(readable) is not None


def _askers(ticket: Ticket) -> sa.ColumnElement[bool]:
    """Who asked: the account that opened it, and that of the customer whose it is."""
    opened = sa.and_(
        sa.literal(ticket.opened_by) == sa.literal("user:") + sa.cast(User.id, sa.Text),
        # Who attends and wrote it down for somebody has not asked.
        User.role.not_in(ATTENDING),
    )
    if ticket.customer_id is None:
        return opened
    return sa.or_(opened, User.customer_id == ticket.customer_id)


def _unseen(principal: Principal) -> sa.ColumnElement[bool]:
    """Return what holds for notices that stand: in sight still, and still of this person."""
    kind, mine = TicketNotice.kind, Ticket.assignee_id == principal.user_id
    return sa.and_(
        TicketNotice.user_id == principal.user_id,
        TicketNotice.closed_at.is_(None),
        sa.or_(
            kind.not_in([TicketNoticeKind.ASSIGNED, TicketNoticeKind.MESSAGE]),
            mine,
        ),
        sa.or_(
            kind != TicketNoticeKind.ANSWERABLE,
            sa.and_(Ticket.status.not_in(ENDED), sa.or_(mine, Ticket.assignee_id.is_(None))),
        ),
        may_see(principal),
    )


async def _close(
    session: AsyncSession, principal: Principal, which: sa.ColumnElement[bool]
) -> bool:
    if principal.user_id is None:
        return False
    closed = await session.scalars(
        sa.update(TicketNotice)
        .where(TicketNotice.user_id == principal.user_id, TicketNotice.closed_at.is_(None), which)
        .values(closed_at=_NOW)
        .returning(TicketNotice.ticket_id)
    )
    if not closed.all():
        return False
    # The other windows of the same person.
    await announce(session, NOTICE, principal.user_id)
    return True
